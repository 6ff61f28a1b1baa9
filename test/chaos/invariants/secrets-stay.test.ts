import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../support/test-database.ts'
import { installAuditLog } from '../audit-log.ts'
import type { Evidence } from '../evidence.ts'
import { evidenceOf, mail, published } from './hand-made.ts'
import { formsOf, secretsStay } from './secrets-stay.ts'

const SECRET = 's3cret/with+"odd" signs?'
let database: TestDatabase
let logFolder: string

beforeAll(async () => {
  database = await openTestDatabase()
  await installAuditLog(database.db)
})

beforeEach(async () => {
  logFolder = await mkdtemp(path.join(os.tmpdir(), 'uptick-secrets-'))
  await mkdir(path.join(logFolder, 'deep'))
  await writeFile(path.join(logFolder, 'deep', 'worker-1.log'), '{"level":"info"}\n')
  return () => rm(logFolder, { recursive: true, force: true })
})

afterAll(() => database.close())

const examined = (more: Partial<Evidence> = {}) =>
  secretsStay.examine(
    evidenceOf(database.db, {
      records: [published(0)],
      mails: [arrived('all is well')],
      answers: new Map([['/metrics', 'up 1']]),
      logFolder,
      secrets: [SECRET],
      ...more,
    }),
  )

function arrived(raw: string): Evidence['mails'][number] {
  const { atMs, answer, envelopeTo, parsed } = mail(0, 'outage', 1)
  return {
    atMs,
    answer,
    envelopeTo,
    parsed,
    raw,
    envelopeFrom: 'a@example.org',
    isEncrypted: false,
  }
}

const violation = (where: string) => `${where} has the secret s3cr...`

describe('secrets stay where they are', () => {
  test('holds where they are nowhere', async () => {
    const finding = await examined()
    expect(finding.violations).toEqual([])
    expect(finding.compared).toBeGreaterThan(20)
  })

  test('shows nothing where none was planted', async () => {
    expect((await examined({ secrets: [] })).compared).toBe(0)
  })

  test.each<[string, Partial<Evidence>, string]>([
    [
      'a record',
      {
        records: [
          { place: '0/1', key: '1', value: Buffer.from(`{"message":${JSON.stringify(SECRET)}}`) },
        ],
      },
      'record 0/1',
    ],
    [
      'an email',
      { mails: [arrived(`Authorization: Basic ${btoa(`user:${SECRET}`)}`)] },
      'email <outage-0@uptick>',
    ],
    ['an answer', { answers: new Map([['/api/sites', encodeURIComponent(SECRET)]]) }, '/api/sites'],
  ])('does not hold with one in %s', async (_, more, where) => {
    expect((await examined(more)).violations).toEqual([violation(where)])
  })

  test('does not hold with one in a log', async () => {
    await writeFile(path.join(logFolder, 'deep', 'worker-1.log'), JSON.stringify({ url: SECRET }))
    expect((await examined()).violations).toEqual([violation('log deep/worker-1.log')])
  })

  test.each([
    [
      'ping_status',
      sql`insert into ping_status (site_id, slot, checked_at, result, worker, message) values (1, now(), now(), 'up', 'w', ${SECRET})`,
    ],
    [
      'dead_letter',
      sql`insert into dead_letter (topic, value, reason) values ('statuses', ${SECRET}, 'bad')`,
    ],
    [
      'job',
      sql`insert into pgboss.job (name, data) values ('check', ${JSON.stringify({ header: SECRET })}::jsonb)`,
    ],
  ])('does not hold with one in the table %s', async (table, statement) => {
    await statement.execute(database.db)
    expect((await examined()).violations).toContain(violation(`table ${table}`))
    await sql`truncate ping_status, dead_letter, pgboss.job, chaos_job`.execute(database.db)
  })
})

test('a secret is found in base64 wherever in a text it begins', () => {
  const secret = fc.string({ minLength: 12, maxLength: 40 })
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), (text, before, after) => {
      const coded = Buffer.from(`${before}${text}${after}`).toString('base64')
      return formsOf(text).some((form) => coded.includes(form.text))
    }),
  )
})
