import { sql } from 'kysely'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { forgetEverything, rollUp, settle } from '../test/support/rolled-up.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import {
  announceRollup,
  areOver,
  dropOldPartitions,
  markTransactions,
  recountDirty,
  rollUpTo,
} from './rollups.ts'
import { uptimeOf } from './uptime.ts'

const BASE_S = Date.UTC(2025, 2, 1) / 1000
const HOUR_S = 3_600

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await sql`select make_ping_status_partitions('2025-02-28', '2025-03-03')`.execute(database.db)
  await forgetEverything(database.db, BASE_S)
  await sql`
    insert into site_config (id, url, cadence, created_at)
    values (1, 'http://127.0.0.1:9/', '1h', to_timestamp(${BASE_S}::float8))`.execute(database.db)
})

/** Checks of site 1, one an hour from here on. */
const insertChecks = (afterS: number, count = 1) => `
  insert into ping_status (site_id, slot, checked_at, result, worker)
  select 1, at, at, 'up', 'w'
  from generate_series(0, ${count - 1}) n cross join lateral to_timestamp(${BASE_S + afterS} + n * 3600) as at`
const check = (afterS: number, count?: number) =>
  sql.raw(insertChecks(afterS, count)).execute(database.db)

const marks = async () => {
  const { rows } = await sql<{ from: number; to: number }>`
    select (extract(epoch from from_at) - ${BASE_S})::float8 as from, (extract(epoch from to_at) - ${BASE_S})::float8 as to
    from rollup_dirty order by id`.execute(database.db)
  return rows
}
const upSecondsByHour = async () => {
  const { rows } = await sql<{ hour: number; up: number }>`
    select ((extract(epoch from hour) - ${BASE_S}) / 3600)::int as hour, up_s as up from site_hours order by 1`.execute(
    database.db,
  )
  return rows.filter(({ up }) => up > 0).map(({ hour, up }) => [hour, up])
}
const seen = (fromS: number, toS: number) =>
  uptimeOf(database.db, 1, { fromMs: (BASE_S + fromS) * 1000, toMs: (BASE_S + toS) * 1000 })

async function otherConnection(): Promise<Client> {
  const client = new Client({ connectionString: database.url })
  await client.connect()
  return client
}

describe('a result', () => {
  test('that comes in time is rolled up in its turn, and leaves no mark', async () => {
    await check(600)
    expect(await marks()).toEqual([])
    await rollUp(database.db, 4)
    expect(await upSecondsByHour()).toEqual([[0, 3_000]])
  })

  test('that comes late is marked for as long as it is good, and counted again', async () => {
    await rollUp(database.db, 8)
    await check(600)
    expect(await marks()).toEqual([{ from: 600, to: 600 + HOUR_S + 1 }])
    expect(await recountDirty(database.db, 100)).toBe(2)
    expect(await marks()).toEqual([])
    expect(await upSecondsByHour()).toEqual([
      [0, 3_000],
      [1, 600],
    ])
  })

  test('that is taken back is counted again', async () => {
    await check(600)
    await rollUp(database.db, 8)
    await sql`update ping_status set result = 'inconclusive'`.execute(database.db)
    await recountDirty(database.db, 100)
    expect(await upSecondsByHour()).toEqual([])
  })

  test('is in the figures at once, however late it comes', async () => {
    await rollUp(database.db, 100)
    await check(600)
    expect(await seen(0, 24 * HOUR_S)).toMatchObject({ upS: HOUR_S })
  })
})

describe('a transaction that is under way', () => {
  test('when a piece of time is announced is waited for: its rows of that time have no marks', async () => {
    const writer = await otherConnection()
    await writer.query('begin')
    await writer.query(insertChecks(60))
    const announced = (await announceRollup(database.db)) ?? ''
    const mark = await markTransactions(database.db)
    expect(await areOver(database.db, mark)).toBe(false)
    await writer.query('commit')
    await writer.end()
    // Another test's transaction on the same server may be under way, too.
    await expect.poll(() => areOver(database.db, mark), { timeout: 15_000 }).toBe(true)
    expect(await rollUpTo(database.db, announced)).toBe(true)
    expect(await marks()).toEqual([])
    expect(await upSecondsByHour()).toEqual([[0, 840]])
  })

  test('and writes after the announcement marks what it writes', async () => {
    const writer = await otherConnection()
    await writer.query('begin')
    await writer.query('select txid_current()')
    const announced = (await announceRollup(database.db)) ?? ''
    await writer.query(insertChecks(60))
    await rollUpTo(database.db, announced)
    await writer.query('commit')
    await writer.end()
    expect(await marks()).toHaveLength(1)
    expect(await upSecondsByHour()).toEqual([])
    await recountDirty(database.db, 100)
    expect(await upSecondsByHour()).toEqual([[0, 840]])
  })

  test('and sees all as it was at its beginning marks what it writes, in time or not', async () => {
    const writer = await otherConnection()
    await writer.query('begin isolation level repeatable read')
    await writer.query('select count(*) from sites')
    await writer.query(insertChecks(60))
    await writer.query('commit')
    await writer.end()
    expect(await marks()).toHaveLength(1)
  })
})

describe('schedulers at once', () => {
  test('roll up a piece of time once', async () => {
    const announced = (await announceRollup(database.db)) ?? ''
    await check(0)
    const done = await Promise.all([1, 2, 3, 4].map(() => rollUpTo(database.db, announced)))
    expect(done.filter((rolled) => rolled)).toHaveLength(1)
  })

  test('do not roll up what was announced to another before', async () => {
    const announced = (await announceRollup(database.db)) ?? ''
    await rollUpTo(database.db, announced)
    const next = await announceRollup(database.db)
    expect(await rollUpTo(database.db, announced)).toBe(false)
    expect(await rollUpTo(database.db, next ?? '')).toBe(true)
  })

  test('are busy while another is at it', async () => {
    const other = await otherConnection()
    await other.query('begin')
    await other.query('select from rollup_hand for update')
    expect(await announceRollup(database.db)).toBe(null)
    expect(await recountDirty(database.db, 1)).toBe(null)
    await other.query('rollback')
    await other.end()
  })
})

describe('retention', () => {
  const keep = { rawDays: 8, hourlyDays: 36_500, dailyDays: 0 }
  const ours = (names: readonly string[]) => names.filter((name) => name.includes('_2025'))

  test('drops days of raw rows that are rolled up, and no others', async () => {
    await rollUp(database.db, 4 * 36)
    await settle(database.db)
    expect(ours(await dropOldPartitions(database.db, keep))).toEqual([
      'ping_status_20250228',
      'ping_status_20250301',
    ])
  })

  test('keeps what is still to be counted again', async () => {
    await rollUp(database.db, 4 * 36)
    await settle(database.db)
    await check(HOUR_S)
    expect(ours(await dropOldPartitions(database.db, keep))).toEqual(['ping_status_20250228'])
  })

  test('leaves for the next time what somebody is reading', async () => {
    await rollUp(database.db, 4 * 36)
    await settle(database.db)
    const reader = await otherConnection()
    await reader.query('begin')
    await reader.query('select count(*) from ping_status')
    expect(await dropOldPartitions(database.db, keep)).toEqual([])
    await reader.query('rollback')
    await reader.end()
    expect(ours(await dropOldPartitions(database.db, keep))).toHaveLength(2)
  })

  test('without raw rows a part of an hour is known where the hour is the same throughout', async () => {
    await check(0, 3)
    await rollUp(database.db, 4 * 36)
    await settle(database.db)
    await dropOldPartitions(database.db, keep)
    expect(await seen(600, 1_800)).toMatchObject({ upS: 1_200, unknownS: 0 })
    expect(await seen(5 * HOUR_S + 600, 5 * HOUR_S + 1_800)).toMatchObject({ unknownS: 1_200 })
  })

  test('without raw rows a part of an hour is unknown where it is not the same, and the whole is known', async () => {
    await check(600)
    await rollUp(database.db, 4 * 36)
    await settle(database.db)
    await dropOldPartitions(database.db, keep)
    expect(await seen(900, 1_800)).toMatchObject({ upS: 0, unknownS: 900 })
    expect(await seen(0, HOUR_S)).toMatchObject({ upS: 3_000, unknownS: 600 })
  })

  test('an hour whose raw rows are gone is never counted again', async () => {
    await check(0, 3)
    await rollUp(database.db, 4 * 36)
    await settle(database.db)
    await dropOldPartitions(database.db, keep)
    await sql`
      insert into rollup_dirty (site_id, from_at, to_at)
      values (1, to_timestamp(${BASE_S}::float8), to_timestamp(${BASE_S + 7_200}::float8))`.execute(
      database.db,
    )
    expect(await recountDirty(database.db, 100)).toBe(0)
    expect(await upSecondsByHour()).toHaveLength(3)
  })

  test('of less than what may still come late is refused', async () => {
    await expect(dropOldPartitions(database.db, { ...keep, rawDays: 7 })).rejects.toThrow(
      'fewer than 8',
    )
  })
})
