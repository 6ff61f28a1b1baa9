import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { connect, type Db } from './connect.ts'
import { readPublishedIncidents, readPublishedMaintenance } from './published-words.ts'

let database: TestDatabase
let db: Db
let asWeb: Db
beforeAll(async () => {
  database = await openTestDatabase()
  db = database.db
  const settings = { applicationName: 'test web', maxConnections: 2 }
  asWeb = connect({ ...settings, connectionString: database.urlAs('uptick_web') }, () => undefined)
})
afterAll(async () => {
  await asWeb.destroy()
  await database.close()
})
/** Site 1 is published, and site 2 is not; both have the tag `web`. */
beforeEach(async () => {
  await sql`truncate site_config, incidents, incident_updates, maintenance restart identity cascade`.execute(
    db,
  )
  await sql`insert into site_config (id, url, name, tags, published) values
    (1, 'http://127.0.0.1/1', 'one', '{web}', true), (2, 'http://127.0.0.1/2', 'two', '{web,inner}', false)`.execute(
    db,
  )
})

const DAYS = 14

describe('of incidents', () => {
  const tell = (own: { siteIds?: string; tags?: string; resolvedDaysAgo?: number }) =>
    sql`
    with i as (
      insert into incidents (title, site_ids, tags) values ('t', ${own.siteIds ?? '{}'}, ${own.tags ?? '{}'}) returning id)
    insert into incident_updates (incident_id, status, body, posted_at)
    select i.id, ${own.resolvedDaysAgo === undefined ? 'monitoring' : 'resolved'}, 'b',
      now() - make_interval(days => ${own.resolvedDaysAgo ?? 0}) from i`.execute(db)

  test.each([
    ['one about everything concerns everything', {}, [null]],
    ['one about a published site concerns it', { siteIds: '{1}' }, [[1]]],
    ['one about a hidden site is not told', { siteIds: '{2}' }, []],
    ['one about both names only what is published', { siteIds: '{1,2}' }, [[1]]],
    ['one about a tag names the published sites that have it', { tags: '{web}' }, [[1]]],
    ['one about the tag of a hidden site is not told', { tags: '{inner}' }, []],
    ['one about a site that is gone is not told', { siteIds: '{99}' }, []],
    ['one that was resolved 13 days ago is told', { resolvedDaysAgo: 13 }, [null]],
    ['one that was resolved 15 days ago is not', { resolvedDaysAgo: 15 }, []],
  ])('%s', async (_, own, concerned) => {
    await tell(own)
    const told = await readPublishedIncidents(asWeb, DAYS)
    expect(told.map(({ siteIds }) => siteIds)).toEqual(concerned)
  })

  test('one has its updates, the newest first, and one without any is told too', async () => {
    await sql`insert into incidents (title, created_at) values ('none', now() - interval '1 day'), ('two', now())`.execute(
      db,
    )
    await sql`insert into incident_updates (incident_id, status, body, posted_at) values
      (2, 'investigating', 'old', now() - interval '1 hour'), (2, 'identified', 'new', now())`.execute(
      db,
    )
    const told = await readPublishedIncidents(asWeb, DAYS)
    expect(told.map(({ title, updates }) => [title, updates.map(({ body }) => body)])).toEqual([
      ['two', ['new', 'old']],
      ['none', []],
    ])
  })
})

describe('of maintenance', () => {
  const plan = (columns: string, values: string) =>
    sql`insert into maintenance (title, published, created_at, ${sql.raw(columns)})
      values ('t', true, now() - interval '30 days', ${sql.raw(values)})`.execute(db)
  const once = (from: string, to: string) =>
    plan('starts_at, ends_at', `now() + interval '${from}', now() + interval '${to}'`)
  const read = () => readPublishedMaintenance(asWeb, DAYS)

  test.each([
    ['what is under way is told', '-1 hour', '1 hour', 1],
    ['what is over is not', '-2 hours', '-1 hour', 0],
    ['what comes within the days is told', '13 days', '20 days', 1],
    ['what comes later is not', '15 days', '16 days', 0],
  ])('%s', async (_, from, to, count) => {
    await once(from, to)
    expect(await read()).toHaveLength(count)
  })

  test('what is not published is not told, nor what concerns only hidden sites', async () => {
    await once('1 hour', '2 hours')
    await sql`update maintenance set published = false`.execute(db)
    await once('1 hour', '2 hours')
    await sql`update maintenance set site_ids = '{2}' where published`.execute(db)
    expect(await read()).toEqual([])
  })

  test('what comes again is told once, with its next time', async () => {
    await plan('starts_local, duration_minutes, time_zone', `'00:00', 60, 'UTC'`)
    const [next, ...others] = await read()
    const hour = 3_600_000
    expect(others).toEqual([])
    expect(next).toMatchObject({ repeats: true, siteIds: null })
    expect((next?.endsAtMs ?? 0) - (next?.startsAtMs ?? 0)).toBe(hour)
    expect(next?.endsAtMs).toBeGreaterThan(Date.now() - 60_000)
    expect(next?.startsAtMs).toBeLessThan(Date.now() + 25 * hour)
  })
})
