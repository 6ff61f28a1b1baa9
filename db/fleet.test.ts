import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { type FleetCursor, type FleetFilter, readFleet, readTags } from './fleet.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
  await sql`
    insert into site_config (id, name, url, cadence, enabled, tags) values
      (1, 'up', 'http://127.0.0.1/up', '1m', true, '{prod,eu}'),
      (2, 'down', 'http://127.0.0.1/down', '1m', true, '{prod}'),
      (3, 'failing', 'http://127.0.0.1/failing', '1m', true, '{}'),
      (4, null, 'http://127.0.0.1/new', '1m', true, '{}'),
      (5, 'invalid', 'http://127.0.0.1/invalid', '1m', true, '{}'),
      (6, 'paused', 'tcp://127.0.0.1:1', '1m', false, '{prod}'),
      (7, 'not seen lately', 'http://127.0.0.1/old', '1m', true, '{"a b"}'),
      (8, 'down, not seen lately', 'http://127.0.0.1/old-down', '1m', true, '{}'),
      (9, 'seen as often as it is meant to be', 'http://127.0.0.1/slow', '1h', true, '{}'),
      (10, 'a job', 'heartbeat:secret-token-1', '1m', true, '{}')`.execute(database.db)
  await sql`update site_config set validity = 'invalid', invalid_reason = 'because' where id = 5`.execute(
    database.db,
  )
  const seen = (id: number, status: string, result: string, streak: number, minutesAgo: number) =>
    sql`update sites set status = ${status}, last_result = ${result}, streak = ${streak},
      streak_since = case when ${streak} > 0 then now() end, status_since = now() - make_interval(hours => ${id}),
      last_failure = case when ${result} = 'down' then 'status' end,
      last_checked_at = now() - make_interval(mins => ${minutesAgo}) where site_id = ${id}`.execute(
      database.db,
    )
  await seen(1, 'up', 'up', 0, 1)
  await seen(2, 'down', 'down', 0, 1)
  await seen(3, 'up', 'down', 1, 1)
  await seen(6, 'up', 'up', 0, 1)
  await seen(7, 'up', 'up', 0, 5)
  await seen(8, 'down', 'down', 0, 5)
  await seen(9, 'up', 'up', 0, 150)
})
afterAll(() => database.close())

const all: FleetFilter = { words: [], tag: null, kind: null, state: null }
const read = (filter: Partial<FleetFilter> = {}, after: FleetCursor | null = null, limit = 50) =>
  readFleet(database.db, { ...all, ...filter }, { after, limit })
const idsOf = async (filter: Partial<FleetFilter>) =>
  (await read(filter)).sites.map(({ id }) => id).toSorted((a, b) => a - b)

test('sites are worst first, and what was not seen for three cadences is not known', async () => {
  const { sites } = await read()
  expect(sites.map(({ id, state }) => [id, state])).toEqual([
    [2, 'down'],
    [8, 'down'],
    [5, 'invalid'],
    [3, 'failing'],
    [7, 'unknown'],
    [4, 'unknown'],
    [10, 'unknown'],
    [1, 'up'],
    [9, 'up'],
    [6, 'paused'],
  ])
})

test('every site is counted in its state', async () => {
  const { counts, next } = await read()
  expect(counts).toEqual({ down: 2, invalid: 1, failing: 1, unknown: 3, up: 2, paused: 1 })
  expect(next).toBeNull()
})

test('the token of a job is not shown', async () => {
  expect(JSON.stringify(await read())).not.toContain('secret-token')
})

describe('sites are found', () => {
  test.each<[string, Partial<FleetFilter>, readonly number[]]>([
    ['by a part of the name, whatever its capitals', { words: ['DOWN'] }, [2, 8]],
    ['by a part of the address', { words: ['/new'] }, [4]],
    ['by a tag', { tag: 'prod' }, [1, 2, 6]],
    ['by a word of a tag', { words: ['a b'] }, [7]],
    ['by all words, wherever each is', { words: ['prod', 'up'] }, [1]],
    ['by a kind', { kind: 'tcp' }, [6]],
    ['by a state', { state: 'up' }, [1, 9]],
    ['not by what a pattern would mean', { words: ['%'] }, []],
    ['not by a token', { words: ['secret-token'] }, []],
    ['by everything together', { words: ['p'], tag: 'prod', kind: 'http', state: 'up' }, [1]],
  ])('%s', async (_, filter, ids) => {
    expect(await idsOf(filter)).toEqual(ids)
  })

  test('in a state, while the others are counted still', async () => {
    expect((await read({ state: 'up' })).counts).toMatchObject({ down: 2, up: 2 })
  })
})

test('page by page each site is met once, in the same order', async () => {
  const whole = (await read()).sites.map(({ id }) => id)
  for (const limit of [1, 3, 9, 10]) {
    const met: number[] = []
    let after: FleetCursor | null = null
    do {
      const page = await read({}, after, limit)
      met.push(...page.sites.map(({ id }) => id))
      after = page.next
    } while (after !== null)
    expect([limit, met]).toEqual([limit, whole])
  }
})

test('a week is what its days add up to, and nothing is said of what is not rolled up', async () => {
  await sql`select make_rollup_partitions((now() - interval '10 days')::date, (now() + interval '1 day')::date)`.execute(
    database.db,
  )
  await sql`
    insert into site_days (site_id, day, up_s, down_s, unknown_s, unwatched_s)
    select 1, (now() at time zone 'UTC')::date - ago, 80000, 400, 6000, 1000 from generate_series(0, 9) as ago`.execute(
    database.db,
  )
  const { sites } = await read()
  expect(sites.find(({ id }) => id === 1)?.week).toEqual({
    upS: 560_000,
    downS: 2_800,
    unseenS: 35_000,
  })
  expect(sites.find(({ id }) => id === 2)?.week).toBeNull()
})

test('tags are offered by how many sites have them', async () => {
  expect(await readTags(database.db, 2)).toEqual(['prod', 'a b'])
})
