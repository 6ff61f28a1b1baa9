import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { makeTopic } from '../../test/support/make-topic.ts'
import { runUptick } from '../../test/support/run-uptick.ts'
import { type SmtpSink, startSmtpSink } from '../../test/support/smtp-sink.ts'
import { startTalkingServer, type TalkingServer } from '../../test/support/talking-server.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'

/** `uptick doctor` on servers that are well, ill, away, and silent. */

let database: TestDatabase
let mail: SmtpSink
let silent: TalkingServer
let page: TalkingServer
beforeAll(async () => {
  database = await openTestDatabase()
  mail = await startSmtpSink()
  silent = await startTalkingServer(() => undefined)
  page = await startTalkingServer((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')),
  )
})
afterAll(async () => {
  await Promise.all([mail.goAway(), silent.stop(), page.stop()])
  await database.close()
})
beforeEach(async () => {
  await sql`delete from site_config`.execute(database.db)
  await sql`delete from dead_letter`.execute(database.db)
  await sql`update schedule_hand set last_slot = date_trunc('second', now())`.execute(database.db)
  await sql`update rollup_hand set rolled_to = now(), closing_to = now()`.execute(database.db)
  await sql`insert into site_config (name, url) values ('a', 'http://127.0.0.1/')`.execute(
    database.db,
  )
})

const healthy = () => ({
  DATABASE_URL: database.url,
  DATABASE_ADMIN_URL: database.url,
  RESULT_STREAM: 'postgres',
  SMTP_URL: mail.url,
  SMTP_FROM: 'uptick@uptick.test',
  ALERT_EMAIL_TO: 'ops@uptick.test',
  WEB_URL: `http://127.0.0.1:${page.port}/`,
  // Nothing runs in this checkout, as far as these tests go.
  UPTICK_STATE: '/nonexistent',
})

async function doctor(env: Readonly<Record<string, string>>) {
  const { code, out, err } = await runUptick(['doctor', '--json'], env)
  expect(err).toBe('')
  const { outcome, checks } = JSON.parse(out)
  const all: { name: string; outcome: string; found: string; todo: string | null }[] = checks
  const byName = Object.fromEntries(all.map((check) => [check.name, check]))
  return { code, outcome, checks: all, byName }
}

describe('uptick doctor', () => {
  test('finds nothing where all is well, and says what it could not look at', async () => {
    const { code, outcome, checks } = await doctor(healthy())
    expect(checks.filter((check) => ['warn', 'fail'].includes(check.outcome))).toEqual([])
    expect({ code, outcome }).toEqual({ code: 0, outcome: 'ok' })
    const skipped = checks.filter((check) => check.outcome === 'skipped').map(({ name }) => name)
    expect(skipped).toEqual(expect.arrayContaining(['processes', 'disk']))
  })

  test('is a page for people', async () => {
    const { code, out } = await runUptick(['doctor'], healthy())
    expect(code).toBe(0)
    expect(out).toMatch(/^ok +node +v24/)
    expect(out).toMatch(/\nok +database +Postgres 1\d[^\n]* answers at 127\.0\.0\.1:\d+\n/)
    expect(out).toMatch(/\nall is well, \d could not be looked at\n$/)
  })

  test.each<[string, string, string, string, RegExp]>([
    [
      'a scheduler that does not run',
      `update schedule_hand set last_slot = now() - interval '1 hour'`,
      'scheduler',
      'fail',
      /1h 00m behind/,
    ],
    [
      'a site that cannot be checked',
      `update site_config set validity = 'invalid', invalid_reason = 'x'`,
      'sites',
      'warn',
      /1 of 1/,
    ],
    [
      'rollups that stand still',
      `update rollup_hand set rolled_to = now() - interval '2 hours'`,
      'rollups',
      'warn',
      /2h 00m behind/,
    ],
    ['no sites', 'delete from site_config', 'sites', 'warn', /none is watched/],
    [
      'a dead letter',
      `insert into dead_letter (topic, reason) values ('statuses', 'not JSON')`,
      'dead letters',
      'warn',
      /1 within a day, the last: not JSON/,
    ],
  ])('finds %s', async (_, statement, name, outcome, found) => {
    await sql.raw(statement).execute(database.db)
    const { code, byName } = await doctor(healthy())
    expect(byName[name]).toMatchObject({ outcome, found: expect.stringMatching(found) })
    expect(byName[name]?.todo).not.toBeNull()
    expect(code).toBe(outcome === 'fail' ? 1 : 0)
  })

  test('finds a schema that is not of this version', async () => {
    const other = await openTestDatabase()
    try {
      await sql`delete from kysely_migration where name like '0001%'`.execute(other.db)
      await sql`insert into kysely_migration values ('9999_of_tomorrow', '')`.execute(other.db)
      const { byName } = await doctor({ ...healthy(), DATABASE_ADMIN_URL: other.url })
      expect(byName.schema).toMatchObject({
        outcome: 'fail',
        found: 'not applied: 0001_sites',
        todo: 'uptick migrate',
      })
    } finally {
      await other.close()
    }
  })

  test('an empty database is migrated first', async () => {
    const empty = Object.assign(new URL(database.url), { pathname: '/postgres' }).href
    const { code, byName } = await doctor({ ...healthy(), DATABASE_ADMIN_URL: empty })
    expect(code).toBe(1)
    expect(byName.database?.outcome).toBe('ok')
    expect(byName.schema).toMatchObject({ outcome: 'fail', todo: 'uptick migrate' })
    expect(byName.sites?.found).toContain('make migrate')
  })

  test.each<[string, Readonly<Record<string, string>>, string, RegExp]>([
    ['a setting', { FLAPPING_OUTAGES: 'many' }, 'settings', /FLAPPING_OUTAGES: "many" must be/],
    ['a misspelt name', { KAFKA_STATUS_TOPCI: 'x' }, 'settings', /did you mean KAFKA_STATUS_TOPIC/],
    ['a mail server that is away', { SMTP_URL: 'smtp://127.0.0.1:1' }, 'mail', /127\.0\.0\.1:1: /],
    ['a web that is away', { WEB_URL: 'http://127.0.0.1:1/' }, 'web', /127\.0\.0\.1:1/],
    [
      'a Kafka that is away',
      { RESULT_STREAM: 'kafka', KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1' },
      'results',
      /Kafka does not answer at 127\.0\.0\.1:1/,
    ],
    [
      'a database that is away, and tells no password',
      { DATABASE_ADMIN_URL: 'postgres://x:hunter2@127.0.0.1:1/x' },
      'database',
      /^the database at 127\.0\.0\.1:1\/x does not answer/,
    ],
  ])('finds %s', async (_, env, name, found) => {
    const { code, byName, checks } = await doctor({ ...healthy(), ...env })
    expect(byName[name]).toMatchObject({ outcome: 'fail', found: expect.stringMatching(found) })
    expect(JSON.stringify(checks)).not.toContain('hunter2')
    expect(code).toBe(1)
  })

  test('warns where a public Uptick may look into its own network', async () => {
    const { byName } = await doctor({ ...healthy(), PUBLIC_URL: 'https://status.example.test' })
    expect(byName['private targets']?.outcome).toBe('warn')
  })

  test('ends by itself where every server takes a connection and says nothing', async () => {
    const address = `127.0.0.1:${silent.port}`
    const { code, byName } = await doctor({
      DATABASE_ADMIN_URL: `postgres://x:y@${address}/x`,
      KAFKA_BOOTSTRAP_SERVERS: address,
      SMTP_URL: `smtp://${address}`,
      SMTP_FROM: 'uptick@uptick.test',
      WEB_URL: `http://${address}/`,
      UPTICK_STATE: '/nonexistent',
    })
    const outcomes = ['database', 'results', 'mail', 'web'].map((name) => byName[name]?.outcome)
    expect({ code, outcomes }).toEqual({ code: 1, outcomes: ['fail', 'fail', 'fail', 'fail'] })
    expect(byName.sites).toMatchObject({ outcome: 'skipped' })
  })

  test('asks for nothing more than a database', async () => {
    const { code, byName } = await doctor({
      DATABASE_ADMIN_URL: database.url,
      UPTICK_STATE: '/nonexistent',
    })
    expect(code).toBe(0)
    expect(byName.settings).toMatchObject({
      outcome: 'skipped',
      found: expect.stringContaining('SMTP_URL'),
    })
  })
})

const kafka = inject('kafka')
describe.skipIf('missing' in kafka)('uptick doctor with Kafka', () => {
  const topic = `doctor-${randomUUID()}`
  const withKafka = () => ({
    ...healthy(),
    RESULT_STREAM: 'kafka',
    KAFKA_BOOTSTRAP_SERVERS: 'brokers' in kafka ? kafka.brokers : '',
    KAFKA_STATUS_TOPIC: topic,
  })

  test('misses the topic, and once it is there counts what waits in it', async () => {
    expect((await doctor(withKafka())).byName.results).toMatchObject({
      outcome: 'fail',
      found: expect.stringContaining(`has no topic ${topic}`),
    })
    await makeTopic('brokers' in kafka ? kafka.brokers : '', topic)
    expect((await doctor(withKafka())).byName.results).toMatchObject({
      outcome: 'ok',
      found: '0 results wait for the consumer',
    })
  })
})
