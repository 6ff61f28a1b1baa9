import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { outageStats } from './outage-report.ts'
import { sloOf } from './slo.ts'
import { fleetUptime, uptimeOf } from './uptime.ts'

const BASE_MS = Date.UTC(2025, 5, 1)
const window = { fromMs: BASE_MS, toMs: BASE_MS + 100 * 60_000 }

let database: TestDatabase

/**
 * A hundred minutes of site 1, at a cadence of one: seen for the first 60, of which the last 10 are an
 * outage that goes on for 5 more, unseen ones; watched until minute 80. Planned work: minutes 50 to 70.
 */
beforeAll(async () => {
  database = await openTestDatabase()
  await sql`select make_ping_status_partitions('2025-06-01', '2025-06-01')`.execute(database.db)
  await sql
    .raw(`
    insert into site_config (id, url, cadence, slo_target, created_at)
      values (1, 'http://127.0.0.1:9/', '1m', 90, '2025-06-01 00:00Z');
    update site_config_history set to_at = '2025-06-01 01:20Z';
    insert into site_config_history
      select site_id, to_at, null, seconds, false, url, tags, 2, 2, 90, null, '{}' from site_config_history;
    insert into ping_status (site_id, slot, checked_at, result, failure, worker)
      select 1, at, at, case when n < 50 then 'up' else 'down' end, case when n >= 50 then 'refused' end, 'w'
      from generate_series(0, 59) n cross join lateral (select '2025-06-01 00:00Z'::timestamptz + n * interval '1 minute') t (at);
    insert into outages (id, site_id, started_at, detected_at, ended_at, failure, opened_slot, closed_slot)
      values (gen_random_uuid(), 1, '2025-06-01 00:50Z', now(), '2025-06-01 01:05Z', 'refused', now(), now());
    insert into maintenance (title, starts_at, ends_at) values ('work', '2025-06-01 00:50Z', '2025-06-01 01:10Z')`)
    .execute(database.db)
})
afterAll(() => database.close())

describe('the same hundred minutes', () => {
  test('are measured alike by every policy', async () => {
    for (const policy of ['observed', 'strict', 'lenient', 'contract', 'generous']) {
      expect(await uptimeOf(database.db, 1, window, policy)).toMatchObject({
        windowS: 6_000,
        upS: 3_000,
        downS: 600,
        unknownS: 2_400,
        unwatchedS: 1_200,
        unknownInOutageS: 300,
        maintenanceS: 1_200,
        coverage: 0.6,
        watchedCoverage: 0.75,
        policy,
      })
    }
  })

  test.each([
    ['observed', 50, 10],
    ['strict', 50, 30],
    ['lenient', 70, 10],
    ['contract', 50, 0],
    ['generous', 80, 0],
  ])('count for "%s" as %i up and %i down', async (policy, up, down) => {
    expect(await uptimeOf(database.db, 1, window, policy)).toMatchObject({
      countedUpS: up * 60,
      countedDownS: down * 60,
      uptime: up / (up + down),
    })
  })

  test('count by a policy that somebody has added', async () => {
    await sql`
      insert into accounting_policy values ('ours', 'down', 'excluded', 'Unseen is down, planned work does not count.')`.execute(
      database.db,
    )
    expect(await uptimeOf(database.db, 1, window, 'ours')).toMatchObject({
      countedUpS: 3_000,
      countedDownS: 600,
    })
  })
})

describe('a question that has no answer', () => {
  test.each([
    ['by a policy that is not there', 1, window, 'nice', 'policy: "nice" is not known'],
    ['of a site that is not there', 7, window, 'observed', 'site: 7 is not there'],
    [
      'of a window that ends before it begins',
      1,
      { fromMs: window.toMs, toMs: window.fromMs },
      'observed',
      'is not before until',
    ],
    [
      'of a window of no length',
      1,
      { fromMs: window.toMs, toMs: window.toMs },
      'observed',
      'is not before until',
    ],
  ])('%s says so', async (_, siteId, asked, policy, message) => {
    await expect(uptimeOf(database.db, siteId, asked, policy)).rejects.toThrow(message)
  })
})

describe('time to come', () => {
  test('is unknown, but neither unwatched nor counted, by any policy', async () => {
    const [fromMs, toMs] = [Date.now() + 3_600_000, Date.now() + 7_200_000]
    const all = await fleetUptime(database.db, { fromMs, toMs, policy: 'strict' })
    expect(all).toMatchObject([
      { unknownS: 3_600, unwatchedS: 0, countedUpS: 0, countedDownS: 0, uptime: null },
    ])
  })
})

describe('an objective', () => {
  test('has its budget from the time that counts', async () => {
    expect(await sloOf(database.db, window)).toEqual([
      {
        siteId: 1,
        sloTarget: 90,
        uptime: 50 / 60,
        coverage: 0.6,
        budgetS: 360,
        spentS: 600,
        leftS: -240,
        leftShare: -240 / 360,
        met: false,
      },
    ])
  })

  test('has the budget of all of the window, as far as it is still to come', async () => {
    const nowMs = Date.now()
    const [slo] = await sloOf(database.db, { fromMs: nowMs + 60_000, toMs: nowMs + 3_660_000 })
    expect(slo).toMatchObject({ budgetS: 360, spentS: 0, leftShare: 1, met: null })
  })
})

describe('outages', () => {
  test('of a window are counted where they begin, with their whole length', async () => {
    expect(await outageStats(database.db, window)).toEqual([
      { siteId: 1, outages: 1, downS: 600, mttrS: 900, mtbfS: 3_000, longestS: 900, open: false },
    ])
  })

  test('that began before it are not, though the site was down', async () => {
    const later = { fromMs: BASE_MS + 55 * 60_000, toMs: window.toMs }
    expect(await outageStats(database.db, later)).toMatchObject([
      { outages: 0, downS: 300, mttrS: null, mtbfS: null, longestS: null },
    ])
  })
})
