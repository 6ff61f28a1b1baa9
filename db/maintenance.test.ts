import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())
beforeEach(() =>
  sql`truncate maintenance, site_config restart identity cascade`.execute(database.db),
)

type Planned = Readonly<Record<string, string | number | number[]>>

async function plan(columns: Planned): Promise<void> {
  const all = { title: 'work', ...columns }
  const names = Object.keys(all).map((name) => sql.ref(name))
  const values = Object.values(all).map((value) => sql.val(value))
  await sql`insert into maintenance (${sql.join(names)}) values (${sql.join(values)})`.execute(
    database.db,
  )
}

async function isInMaintenance(at: string, siteId = 1, tags = '{}'): Promise<boolean | undefined> {
  const { rows } = await sql<{ answer: boolean }>`
    select is_in_maintenance(${siteId}::int8, ${tags}::text[], ${at}::timestamptz) as answer`.execute(
    database.db,
  )
  return rows[0]?.answer
}

const once = { starts_at: '2026-06-01T10:00:00Z', ends_at: '2026-06-01T11:00:00Z' }
const nightly = { starts_local: '23:30', duration_minutes: 60, time_zone: 'Europe/Berlin' }

describe('maintenance', () => {
  test.each<[string, Planned, string, boolean]>([
    ['once: not before it starts', once, '2026-06-01T09:59:59Z', false],
    ['once: from its start on', once, '2026-06-01T10:00:00Z', true],
    ['once: not at its end', once, '2026-06-01T11:00:00Z', false],
    ['every night: in summer, at the local time', nightly, '2026-07-01T21:30:00Z', true],
    ['every night: not an hour before', nightly, '2026-07-01T21:29:59Z', false],
    ['every night: over midnight', nightly, '2026-07-01T22:29:59Z', true],
    ['every night: not at its end', nightly, '2026-07-01T22:30:00Z', false],
    ['every night: in winter an hour later in UTC', nightly, '2026-12-01T22:30:00Z', true],
    ['every night: in winter not at the time of summer', nightly, '2026-12-01T21:30:00Z', false],
    [
      'an hour is an hour where the clock goes forward: 01:30 to 03:30, local time',
      { ...nightly, starts_local: '01:30' },
      '2026-03-29T01:29:59Z',
      true,
    ],
    ['and not longer', { ...nightly, starts_local: '01:30' }, '2026-03-29T01:30:00Z', false],
    ['on Mondays: on a Monday', { ...nightly, weekdays: [1] }, '2026-06-01T21:45:00Z', true],
    [
      'on Mondays: what began on it, after midnight',
      { ...nightly, weekdays: [1] },
      '2026-06-01T22:15:00Z',
      true,
    ],
    ['on Mondays: not on a Tuesday', { ...nightly, weekdays: [1] }, '2026-06-02T21:45:00Z', false],
    ['on the 1st: on it', { ...nightly, month_days: [1] }, '2026-06-01T21:45:00Z', true],
    ['on the 1st: not on the 2nd', { ...nightly, month_days: [1] }, '2026-06-02T21:45:00Z', false],
    [
      'on a Monday that is the 1st: on it',
      { ...nightly, weekdays: [1], month_days: [1] },
      '2026-06-01T21:45:00Z',
      true,
    ],
    [
      'on a Monday that is the 1st: not on another Monday',
      { ...nightly, weekdays: [1], month_days: [1] },
      '2026-06-08T21:45:00Z',
      false,
    ],
    [
      'not before its first day',
      { ...nightly, first_day: '2026-06-02' },
      '2026-06-01T21:45:00Z',
      false,
    ],
    [
      'not after its last day',
      { ...nightly, last_day: '2026-06-01' },
      '2026-06-02T21:45:00Z',
      false,
    ],
    [
      'a week long: on its last day',
      { ...nightly, duration_minutes: 10_080, weekdays: [1] },
      '2026-06-08T21:29:59Z',
      true,
    ],
    [
      'a week long, on one Monday: over a week later',
      { ...nightly, duration_minutes: 10_080, first_day: '2026-06-01', last_day: '2026-06-01' },
      '2026-06-08T21:30:00Z',
      false,
    ],
  ])('%s', async (_, columns, at, expected) => {
    await plan(columns)
    expect(await isInMaintenance(at)).toBe(expected)
  })

  test.each<[string, Planned, number, string, boolean]>([
    ['without sites and tags concerns everybody', {}, 7, '{}', true],
    ['of a site concerns it', { site_ids: [7, 8] }, 7, '{}', true],
    ['of a site does not concern another', { site_ids: [7, 8] }, 9, '{}', false],
    ['of a tag concerns a site with it', { tags: '{db,web}' }, 9, '{web}', true],
    ['of a tag does not concern a site without', { tags: '{db,web}' }, 9, '{mail}', false],
    ['of a site or a tag concerns both', { site_ids: [7], tags: '{web}' }, 9, '{web}', true],
  ])('%s', async (_, columns, siteId, tags, expected) => {
    await plan({ ...once, ...columns })
    expect(await isInMaintenance('2026-06-01T10:30:00Z', siteId, tags)).toBe(expected)
  })

  test.each<[string, Planned, string]>([
    ['with neither an instant nor a time', {}, 'once_or_again_and_again'],
    ['with both', { ...once, ...nightly }, 'once_or_again_and_again'],
    ['without a zone', { starts_local: '23:30', duration_minutes: 60 }, 'once_or_again_and_again'],
    [
      'that ends before it starts',
      { starts_at: once.ends_at, ends_at: once.starts_at },
      'ends_after_it_starts',
    ],
    [
      'that lasts for nothing',
      { ...nightly, duration_minutes: 0 },
      'duration_between_1_minute_and_7_days',
    ],
    ['on an eighth day', { ...nightly, weekdays: [8] }, 'weekdays_are_1_to_7'],
    ['on no day', { ...nightly, weekdays: [] }, 'weekdays_are_1_to_7'],
    ['on the 32nd', { ...nightly, month_days: [32] }, 'month_days_are_1_to_31'],
    [
      'whose days are the wrong way round',
      { ...nightly, first_day: '2026-06-02', last_day: '2026-06-01' },
      'first_day_not_after_last',
    ],
  ])('%s is refused', async (_, columns, constraint) => {
    await expect(plan(columns)).rejects.toMatchObject({ constraint })
  })

  test('in a zone that does not exist is refused, with its name', async () => {
    await expect(plan({ ...nightly, time_zone: 'Europe/Atlantis' })).rejects.toThrow(
      'time zone "Europe/Atlantis" not recognized',
    )
  })
})

describe('a dependency', () => {
  beforeEach(() =>
    sql`insert into site_config (url) select 'http://127.0.0.1:9/' || n from generate_series(1, 4) n`.execute(
      database.db,
    ),
  )
  const depend = (site: number, parent: number) =>
    sql`insert into depends_on (site_id, parent_id) values (${site}, ${parent})`.execute(
      database.db,
    )

  test('may be one of many, and have many', async () => {
    await depend(1, 2)
    await depend(1, 3)
    await depend(4, 3)
    await depend(2, 3)
  })

  test.each<[string, readonly (readonly [number, number])[], string]>([
    ['on itself', [[1, 1]], 'depends_on_has_no_circles'],
    [
      'that makes a circle of two',
      [
        [1, 2],
        [2, 1],
      ],
      'depends_on_has_no_circles',
    ],
    [
      'that makes a circle of four',
      [
        [1, 2],
        [2, 3],
        [3, 4],
        [4, 1],
      ],
      'depends_on_has_no_circles',
    ],
    ['on a site that is not there', [[1, 99]], 'depends_on_parent_id_fkey'],
  ])('%s is refused', async (_, pairs, constraint) => {
    const last = pairs.at(-1) ?? [0, 0]
    for (const [site, parent] of pairs.slice(0, -1)) await depend(site, parent)
    await expect(depend(...last)).rejects.toMatchObject({ constraint })
  })

  test('whose two halves are written at once makes no circle either', async () => {
    const outcomes = await Promise.allSettled([depend(1, 2), depend(2, 1)])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})
