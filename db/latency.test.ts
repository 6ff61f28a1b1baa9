import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forgetEverything, settle } from '../test/support/rolled-up.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { fleetLatency, latencyOf, latencyPoints } from './latency.ts'

const BASE_S = Date.UTC(2025, 5, 1) / 1000
const DAY_S = 86_400
const DAYS = 4
/** Half the width of a bucket, and the rounding of a real. */
const ERROR = 0.05

let database: TestDatabase
let latencies: readonly number[]

/** Site 1 has a check every ten minutes over four days, whose total is spread over four orders of magnitude. */
beforeAll(async () => {
  database = await openTestDatabase()
  await sql`select make_ping_status_partitions('2025-06-01', '2025-06-06')`.execute(database.db)
  await forgetEverything(database.db, BASE_S + DAYS * DAY_S)
  await sql`
    insert into site_config (id, url, cadence, created_at)
    values (1, 'http://127.0.0.1:9/', '10m', to_timestamp(${BASE_S}::float8))`.execute(database.db)
  latencies = fc
    .sample(fc.double({ min: 0, max: 4, noNaN: true }), { numRuns: DAYS * 144, seed: 1 })
    .map((e) => 10 ** e)
  await sql`
    insert into ping_status (site_id, slot, checked_at, result, failure, worker, latency_ms, ttfb_ms)
    select 1, at, at + interval '20 ms', case when n % 7 = 0 then 'down' else 'up' end,
      case when n % 7 = 0 then 'status' end, 'w', ms, case when n % 2 = 0 then ms / 2 end
    from unnest(${latencies}::float8[]) with ordinality as look (ms, n)
    cross join lateral to_timestamp(${BASE_S}::float8 + (n - 1) * 600) as at`.execute(database.db)
  await sql`
    insert into ping_status (site_id, slot, checked_at, result, worker, latency_ms)
    values (1, to_timestamp(${BASE_S + 1}::float8), now(), 'inconclusive', 'w', 99999)`.execute(
    database.db,
  )
  await settle(database.db)
})
afterAll(() => database.close())

const window = (fromS: number, toS: number) => ({
  fromMs: (BASE_S + fromS) * 1000,
  toMs: (BASE_S + toS) * 1000,
})
const rank = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? Number.NaN
const near = (value: number) => ({
  asymmetricMatch: (actual: number) => Math.abs(actual - value) <= ERROR * value,
})
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length

describe('latency of a site', () => {
  test('over two days is exact, by phase, of results that are not inconclusive', async () => {
    const total = (await latencyOf(database.db, 1, window(0, 2 * DAY_S))).find(
      ({ phase }) => phase === 'total',
    )
    const raw = latencies.slice(0, 288)
    expect(total?.checks).toBe(288)
    expect(total?.maxMs).toBeCloseTo(Math.max(...raw), 1)
    expect(total?.avgMs).toBeCloseTo(mean(raw), 1)
  })

  test.each([
    ['whole days', 0, DAYS * DAY_S],
    ['days that are cut', 50_000, 3 * DAY_S + 40_200],
  ])('over more is right to 5 %%: %s', async (_, fromS, toS) => {
    const phases = await latencyOf(database.db, 1, window(fromS, toS))
    const raw = latencies.filter((__, index) => index * 600 >= fromS && index * 600 < toS)
    expect(phases.map(({ phase }) => phase)).toEqual(['ttfb', 'total'])
    expect(phases.at(-1)).toMatchObject({
      checks: raw.length,
      p50Ms: near(rank(raw, 0.5)),
      p95Ms: near(rank(raw, 0.95)),
      p99Ms: near(rank(raw, 0.99)),
      avgMs: near(mean(raw)),
    })
  })

  test('is a refusal where the window ends before it begins', async () => {
    await expect(latencyOf(database.db, 1, window(1, 0))).rejects.toThrow('is not before until')
  })
})

describe('points of a chart', () => {
  test.each([
    ['of a day', 0, DAY_S, 24, 6],
    ['of four days', 0, DAYS * DAY_S, 32, 18],
  ])(
    '%s are as many as were asked for, each with its part of the checks',
    async (_, fromS, toS, points, checks) => {
      const chart = await latencyPoints(database.db, 1, window(fromS, toS), points)
      expect(chart).toHaveLength(points)
      for (const [index, point] of chart.entries()) {
        const raw = latencies.slice(index * checks, (index + 1) * checks)
        expect(point).toMatchObject({ checks, totalMs: near(mean(raw)), dnsMs: null })
        expect(point.atMs).toBe((BASE_S + fromS + (index * (toS - fromS)) / points) * 1000)
      }
    },
  )

  test('where nothing was seen are left out', async () => {
    expect(await latencyPoints(database.db, 1, window(-DAY_S, DAY_S), 2)).toHaveLength(1)
    expect(await latencyPoints(database.db, 1, window(-9 * DAY_S, DAY_S), 10)).toHaveLength(1)
  })
})

describe('latency of the fleet', () => {
  test('is by site, and right to 5 %', async () => {
    const [site, ...others] = await fleetLatency(database.db, window(0, DAYS * DAY_S))
    expect(site).toMatchObject({
      siteId: 1,
      checks: latencies.length,
      p95Ms: near(rank(latencies, 0.95)),
    })
    expect(others).toEqual([])
  })
})

describe('a bucket', () => {
  test('has a middle that is at most 5 % from whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0.01, max: 120_000, noNaN: true }), async (ms) => {
        const { rows } = await sql<{ middle: number }>`
          select bucket_middle_ms(bucket_of(${ms}::float8)) as middle`.execute(database.db)
        expect(rows[0]?.middle).toEqual(near(ms))
      }),
    )
  })
})
