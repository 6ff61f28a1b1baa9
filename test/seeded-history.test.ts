import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededGap, seededSites } from './support/history/seeded-sites.ts'
import { seedHistory } from './support/seeded-history.ts'
import { openTestDatabase, type TestDatabase } from './support/test-database.ts'

/** The history that pages are pictured with: it contradicts nothing that Uptick would have written. */

const nowMs = Date.UTC(2026, 4, 20, 14, 22, 10)
let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
  await seedHistory(database.db, { nowMs, days: 30 })
})
afterAll(() => database.close())

const ask = async <T>(query: ReturnType<typeof sql<T>>) => (await query.execute(database.db)).rows

test('every site that is watched has its results up to now', async () => {
  const watched = seededSites.filter(({ enabled }) => enabled !== false)
  const newest = await ask(sql<{ age: number }>`
    select extract(epoch from ${new Date(nowMs)} - max(slot))::float8 as age from ping_status group by site_id`)
  expect(newest).toHaveLength(watched.length)
  for (const { age } of newest) expect(age).toBeLessThan(600)
})

test('results stand at slots of their sites', async () => {
  const off = sql<object>`select from ping_status p join site_config c on c.id = p.site_id
    join cadence k on k.name = c.cadence
    where extract(epoch from slot)::int8 % k.seconds <> site_phase(c.id, k.seconds)`
  expect(await ask(off)).toEqual([])
})

test('a result is down exactly within an outage', async () => {
  const wrong = sql<object>`select from ping_status p where (result = 'down') <> exists (
    select from outages o where o.site_id = p.site_id and slot >= o.started_at
      and (o.ended_at is null or slot < o.ended_at))`
  expect(await ask(wrong)).toEqual([])
  expect(await ask(sql`select from outages where ended_at is null`)).toHaveLength(1)
})

test('nobody looked in the gap', async () => {
  const from = new Date(nowMs - seededGap.agoMinutes * 60_000)
  const to = new Date(from.getTime() + seededGap.minutes * 60_000)
  expect(await ask(sql`select from ping_status where slot between ${from} and ${to}`)).toEqual([])
  expect((await ask(sql`select from ping_status where slot < ${from} limit 1`)).length).toBe(1)
})

test('a state is that of the outages', async () => {
  const states = await ask(sql<{ name: string; status: string }>`
    select name, status from sites join site_config on id = site_id where status <> 'up' order by 1`)
  expect(states).toEqual([
    { name: 'Product search', status: 'down' },
    { name: 'Staging', status: 'unknown' },
  ])
})
