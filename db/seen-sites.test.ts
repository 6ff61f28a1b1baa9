import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { connect, type Db } from './connect.ts'
import { readSeenSites } from './seen-sites.ts'

let database: TestDatabase
/** As the role that asks for it, with the rights that it ships with. */
let asWeb: Db
beforeAll(async () => {
  database = await openTestDatabase()
  const connectionString = database.urlAs('uptick_web')
  asWeb = connect({ connectionString, applicationName: 'test', maxConnections: 1 }, () => undefined)
})
afterAll(async () => {
  await asWeb.destroy()
  await database.close()
})

/** A site of a minute's cadence, last checked this long ago, with the row of that check. */
async function addSeen(id: number, agoSeconds: number, enabled = true): Promise<void> {
  await sql`
    insert into site_config (id, name, url, cadence, enabled)
    values (${id}, ${`site ${id}`}, ${`http://site.example/${id}`}, '1m', ${enabled})`.execute(
    database.db,
  )
  await sql`
    update sites set last_slot = now() - make_interval(secs => ${agoSeconds}), last_result = 'down', last_failure = 'status',
      last_checked_at = now() - make_interval(secs => ${agoSeconds}), last_status_code = 503, last_latency_ms = 12.5,
      last_http_version = '1.1', last_remote_address = '127.0.0.1', cert_expires_at = to_timestamp(1800000000)
    where site_id = ${id}`.execute(database.db)
  await sql`
    insert into ping_status (site_id, slot, checked_at, result, failure, worker, dns_ms, connect_ms, tls_ms, ttfb_ms, hops)
    select site_id, last_slot, last_checked_at, 'down', 'status', 'w', 1, 2, 3, 4, '[{}, {}]' from sites
    where site_id = ${id}`.execute(database.db)
}

test('a site is seen as its newest check saw it, for three of its cadences', async () => {
  await addSeen(1, 170)
  await addSeen(2, 200)
  await addSeen(3, 10, false)
  await sql`insert into site_config (id, url) values (4, 'http://never.example/')`.execute(
    database.db,
  )
  expect(await readSeenSites(asWeb)).toEqual([
    {
      siteId: 1,
      name: 'site 1',
      url: 'http://site.example/1',
      kind: 'http',
      result: 'down',
      failure: 'status',
      statusCode: 503,
      latencyMs: 12.5,
      dnsMs: 1,
      connectMs: 2,
      tlsMs: 3,
      ttfbMs: 4,
      hops: 2,
      httpVersion: '1.1',
      remoteAddress: '127.0.0.1',
      certExpiresAtMs: 1_800_000_000_000,
    },
  ])
})

test('a site whose row was dropped with its partition is seen without its phases', async () => {
  await sql`delete from ping_status where site_id = 1`.execute(database.db)
  expect(await readSeenSites(asWeb)).toEqual([
    expect.objectContaining({ siteId: 1, statusCode: 503, dnsMs: null, hops: null }),
  ])
})
