import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

/** Around the ends of summer time in Europe and America. */
const FROM_MS = Date.UTC(2026, 9, 20)
const DAY_MS = 86_400_000

const nullable = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: null, freq: 2 })
const plans = fc.record({
  startsLocal: fc
    .integer({ min: 0, max: 1_439 })
    .map((minute) => `${Math.floor(minute / 60)}:${minute % 60}`),
  durationMinutes: fc.constantFrom(1, 60, 1_440, 1_500, 10_080),
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Auckland'),
  weekdays: nullable(fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 })),
  monthDays: nullable(fc.uniqueArray(fc.integer({ min: 1, max: 31 }), { minLength: 1 })),
  firstDay: nullable(fc.constantFrom('2026-10-22', '2026-11-01')),
  lastDay: nullable(fc.constantFrom('2026-11-02', '2026-11-05')),
})

describe('the spans of a maintenance', () => {
  test('are the instants at which it is under way, from when it counts on', async () => {
    const minutes = fc.array(fc.integer({ min: 0, max: 20 * 1_440 - 1 }), {
      minLength: 20,
      maxLength: 40,
    })
    // Not the end of the window: that is not in it.
    await fc.assert(
      fc.asyncProperty(plans, minutes, async (plan, instants) => {
        await sql`truncate maintenance`.execute(database.db)
        await sql`
          insert into maintenance (title, starts_local, duration_minutes, time_zone, weekdays, month_days, first_day,
            last_day, created_at)
          values ('work', ${plan.startsLocal}, ${plan.durationMinutes}, ${plan.timeZone}, ${plan.weekdays},
            ${plan.monthDays}, ${plan.firstDay}, ${plan.lastDay}, ${new Date(FROM_MS - 30 * DAY_MS)})`.execute(
          database.db,
        )
        const { rows } = await sql<{ in_spans: boolean; under_way: boolean }>`
          select exists (select from maintenance_spans(m, ${new Date(FROM_MS)}, ${new Date(FROM_MS + 20 * DAY_MS)}) as span
              where span @> at) as in_spans,
            exists (select from maintenance_occurrences(m, at)) as under_way
          from maintenance m, unnest(${instants.map((minute) => new Date(FROM_MS + minute * 60_000))}::timestamptz[]) as at`.execute(
          database.db,
        )
        expect(rows.map((row) => row.in_spans)).toEqual(rows.map((row) => row.under_way))
      }),
    )
  })

  test.each([
    ['without a first day from when it was planned on', null, 1],
    ['with a first day from that on, whenever it was planned', '2026-10-20', 4],
  ])('count %s', async (_, firstDay, expected) => {
    await sql`truncate maintenance`.execute(database.db)
    await sql`
      insert into maintenance (title, starts_local, duration_minutes, time_zone, first_day, created_at)
      values ('work', '02:00', 60, 'UTC', ${firstDay}, '2026-10-22 12:00Z')`.execute(database.db)
    const { rows } = await sql`
      select maintenance_spans(m, '2026-10-20 00:00Z', '2026-10-24 00:00Z') from maintenance m`.execute(
      database.db,
    )
    expect(rows).toHaveLength(expected)
  })
})
