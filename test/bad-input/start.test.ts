import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { migrationState } from '#db/migrate.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { startService } from '../support/stack.ts'
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts'
import { runService } from './run-service.ts'

/**
 * Rows 55 and 56: what a real process finds when it starts. It ends with exit code 75 and says in
 * its log what has to be mended; once that is done, it starts.
 */

let database: TestDatabase
let sink: SmtpSink
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-start-'))
  database = await openTestDatabase()
  sink = await startSmtpSink()
})
afterAll(async () => {
  await Promise.all([sink.goAway(), database.close()])
  await rm(folder, { recursive: true })
})

/** What has to stand as it is, whoever changed it. */
let newest: { readonly name: string; readonly timestamp: string }
beforeAll(async () => {
  const { rows } = await sql<typeof newest>`
    select name, timestamp from kysely_migration order by name desc limit 1`.execute(database.db)
  newest = rows[0] ?? expect.fail()
})
afterEach(async () => {
  await sql`delete from kysely_migration where name like '9999%'`.execute(database.db)
  await sql`insert into kysely_migration values (${newest.name}, ${newest.timestamp}) on conflict do nothing`.execute(
    database.db,
  )
  await sql`grant select on kysely_migration to uptick_consumer`.execute(database.db)
})

const services = ['scheduler', 'consumer', 'web'] as const
type Starting = (typeof services)[number]
const environment = (service: Starting) => ({
  DATABASE_URL: database.urlAs(`uptick_${service}`),
  RESULT_STREAM: 'postgres',
  SMTP_URL: sink.url,
  SMTP_FROM: 'uptick@example.org',
  WEB_PORT: '65535',
})

/** Another clock than that of the database, as a machine without a battery has it. */
const atYear = (year: number) => [
  '--import',
  `data:text/javascript,const apart = Date.UTC(${year}, 0, 1) - Date.now(); const now = Date.now; Date.now = () => now() + apart`,
]

async function refusalOf(service: Starting, nodeArguments: readonly string[] = []) {
  const { code, out } = await runService(service, environment(service), nodeArguments)
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  return { code, reason: lines.find(({ msg }) => msg === 'stopping')?.reason }
}

describe.each(services)('%s does not start', (service) => {
  test.each([1970, 2040])('55: in the year %i, and names both clocks', async (year) => {
    expect(await refusalOf(service, atYear(year))).toEqual({
      code: 75,
      reason: expect.stringMatching(
        new RegExp(
          `^the clock of this machine says ${year}-01-01T.*, that of the database 20.*: set them right$`,
        ),
      ),
    })
  })

  test('56: on a schema that is older than its code, and says what to do', async () => {
    await sql`delete from kysely_migration where name = ${newest.name}`.execute(database.db)
    expect(await refusalOf(service)).toEqual({
      code: 75,
      reason: `the schema is older than this version, ${newest.name} is not applied: run make migrate`,
    })
  })
})

test('56: a schema from before services could ask for its age is an older one', async () => {
  await sql`revoke select on kysely_migration from uptick_consumer`.execute(database.db)
  expect(await refusalOf('consumer')).toEqual({
    code: 75,
    reason: expect.stringMatching(
      /^the schema is older than this version, 0001_sites and \d+ more/,
    ),
  })
})

test.each(['scheduler', 'consumer'] as const)(
  '56: on a schema that is newer by one, %s starts and works',
  async (service) => {
    await sql`insert into kysely_migration values ('9999_of_tomorrow', '')`.execute(database.db)
    expect(await migrationState(database.db)).toEqual({
      pending: [],
      unknown: ['9999_of_tomorrow'],
    })
    const started = await startService(service, service, {
      env: environment(service),
      logFolder: folder,
    })
    expect(await started.stop()).toBe(0)
  },
)
