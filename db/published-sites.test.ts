import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { connect, type Db } from './connect.ts'
import { readPublishedOutages, readPublishedSites } from './published-sites.ts'

let database: TestDatabase
let db: Db
let asWeb: Db
beforeAll(async () => {
  database = await openTestDatabase()
  db = database.db
  const settings = { applicationName: 'test web', maxConnections: 2 }
  asWeb = connect({ ...settings, connectionString: database.urlAs('uptick_web') }, () => undefined)
  await sql`select make_ping_status_partitions(current_date - 2, current_date + 1)`.execute(db)
})
afterAll(async () => {
  await asWeb.destroy()
  await database.close()
})
beforeEach(() =>
  sql`truncate site_config, ping_status, outages restart identity cascade`.execute(db),
)

async function publish(id: number, change = 'published = true'): Promise<void> {
  await sql`insert into site_config (id, url, cadence, name, published)
    values (${id}, 'http://127.0.0.1/', '5m', ${`site ${id}`}, true)`.execute(db)
  await sql`update site_config set ${sql.raw(change)} where id = ${id}`.execute(db)
}

test('where nothing is published there is nothing but the time', async () => {
  await sql`insert into site_config (url, name) values ('http://127.0.0.1/', 'hidden')`.execute(db)
  const { sites, left, nowMs } = await readPublishedSites(asWeb)
  expect([sites, left]).toEqual([[], 0])
  expect(Math.abs(nowMs - Date.now())).toBeLessThan(60_000)
})

test('sites without a group come first, then groups and names by the alphabet', async () => {
  await publish(1, "page_group='B'")
  await publish(2, "page_group='A'")
  await publish(3)
  await publish(4, "public_name='a public name'")
  const { sites } = await readPublishedSites(asWeb)
  expect(sites.map(({ name, group }) => [name, group])).toEqual([
    ['a public name', null],
    ['site 3', null],
    ['site 2', 'A'],
    ['site 1', 'B'],
  ])
})

test('of many, some are left out and counted', async () => {
  await sql`insert into site_config (url, name, published)
    select 'http://127.0.0.1/', 'n', true from generate_series(1, 1003)`.execute(db)
  const { sites, left } = await readPublishedSites(asWeb)
  expect([sites.length, left]).toEqual([1000, 3])
})

test.each([
  ['seen up two cadences ago', "'up', now() - interval '10 minutes'", true],
  ['seen down two cadences ago', "'down', now() - interval '10 minutes'", true],
  ['seen four cadences ago', "'up', now() - interval '20 minutes'", false],
  ['looked at in vain just now', "'inconclusive', now()", false],
])('a site %s is observed: %s', async (_, seen, isObserved) => {
  await publish(1)
  const [result, slot] = seen.split(', ')
  await sql`insert into ping_status (site_id, slot, checked_at, result, failure, worker)
    select 1, ${sql.raw(slot ?? '')}, now(), r, case r when 'down' then 'timeout' end, 'w'
    from (values (${sql.raw(result ?? '')})) as v (r)`.execute(db)
  const { sites } = await readPublishedSites(asWeb)
  expect(sites.map(({ observedAtMs }) => observedAtMs !== null)).toEqual([isObserved])
})

test.each([
  ['paused', 'enabled = false'],
  ['invalid', "validity = 'invalid', invalid_reason = 'r'"],
])('a site that is %s is not watched', async (_, change) => {
  await publish(1, change)
  expect((await readPublishedSites(asWeb)).sites.map(({ isWatched }) => isWatched)).toEqual([false])
})

test('outages are told while they are open and for some days after, of the sites that are asked about', async () => {
  await publish(1)
  await publish(2)
  const outage = (siteId: number, from: string, to: string | null) =>
    sql`
    insert into outages (id, site_id, started_at, detected_at, failure, opened_slot, ended_at, closed_slot)
    values (gen_random_uuid(), ${siteId}, now() - ${from}::interval, now(), 'timeout', now() - ${from}::interval,
      now() - ${to}::interval, now() - ${to}::interval)`.execute(db)
  await outage(1, '40 days', null)
  await outage(1, '20 days', '13 days')
  await outage(1, '20 days', '15 days')
  await outage(2, '1 day', '1 hour')
  const told = await readPublishedOutages(asWeb, [1], 14)
  expect(told.map(({ endedAtMs }) => endedAtMs === null)).toEqual([false, true])
  expect(told.every(({ key }) => /^[0-9a-f]{32}$/.test(key))).toBe(true)
  expect(Object.keys(told[0] ?? {}).sort()).toEqual(['endedAtMs', 'key', 'siteId', 'startedAtMs'])
})
