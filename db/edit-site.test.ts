import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { judgeSite } from '../site-file/judge-site.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { connect, type Db } from './connect.ts'
import {
  insertSite,
  readStoredSite,
  removeSite,
  requestCheck,
  type StoredSite,
  setEnabled,
  updateSite,
} from './edit-site.ts'
import type { SiteValues } from './loaded-columns.ts'

let database: TestDatabase
/** As the role that web ships with. */
let db: Db
beforeAll(async () => {
  database = await openTestDatabase()
  const connectionString = database.urlAs('uptick_web')
  db = connect({ connectionString, applicationName: 'test', maxConnections: 4 }, () => undefined)
})
afterAll(async () => {
  await db.destroy()
  await database.close()
})
beforeEach(async () => {
  await sql`delete from site_config`.execute(database.db)
})

function valuesOf(fields: Readonly<Record<string, unknown>>): SiteValues {
  const said = { form: 'data', fields: new Map(Object.entries(fields)), stored: null } as const
  const verdict = judgeSite(said, new Set(['1m', '5m']))
  if (verdict.outcome === 'refused') throw new Error(JSON.stringify(verdict.problems))
  return verdict.values
}

const url = 'http://127.0.0.1/'
const everything = valuesOf({
  url,
  name: 'shop',
  headers: { 'X-A': '1' },
  expected_headers: { etag: null },
  tags: ['a b', 'c'],
  alert_emails: ['a@b.test'],
  slo_target: 99.9,
  sla_ms: 250,
})

async function added(values: SiteValues = valuesOf({ url })): Promise<StoredSite> {
  const outcome = await insertSite(db, values)
  if (outcome.outcome !== 'added') throw new Error(outcome.outcome)
  return outcome.site
}
const waiting = async () =>
  (await sql<{ occasion: string }>`select occasion from check_request`.execute(database.db)).rows

describe('a site that is added', () => {
  test('is read back as it was meant, and its check is asked for', async () => {
    const site = await added(everything)
    expect(site.values).toEqual(everything)
    expect(await readStoredSite(db, site.id)).toEqual(site)
    expect(await waiting()).toEqual([{ occasion: 'request' }])
  })

  test('is not added twice, by its name and URL', async () => {
    const { id } = await added()
    expect(await insertSite(db, valuesOf({ url }))).toEqual({ outcome: 'exists', id })
    expect(await insertSite(db, valuesOf({ url, name: 'another' }))).toMatchObject({
      outcome: 'added',
    })
  })

  test('is not added twice by two at once', async () => {
    const twice = await Promise.all([insertSite(db, everything), insertSite(db, everything)])
    expect(twice.map(({ outcome }) => outcome).sort()).toEqual(['added', 'exists'])
  })

  test('of a job is its token, whatever it is called', async () => {
    const { id } = await added(valuesOf({ url: 'heartbeat:12345678', name: 'a' }))
    const again = valuesOf({ url: 'heartbeat:12345678', name: 'b' })
    expect(await insertSite(db, again)).toEqual({ outcome: 'exists', id })
  })

  test('is refused by name of a constraint that only the table knows', async () => {
    const broken = { ...everything, timeout_ms: 1 }
    expect(await insertSite(db, broken)).toEqual({
      outcome: 'refused',
      constraint: 'timeout_between_100_ms_and_60_s',
    })
  })
})

describe('a change', () => {
  test('writes the columns that it names, and no other', async () => {
    const site = await added(everything)
    const values = { ...everything, name: 'store', tags: [] }
    const outcome = await updateSite(db, site, values, ['name'])
    expect(outcome).toMatchObject({
      outcome: 'updated',
      site: { id: site.id, values: { ...everything, name: 'store' } },
    })
  })

  test('after somebody else’s is told, and writes nothing', async () => {
    const site = await added()
    await updateSite(db, site, { ...site.values, name: 'theirs' }, ['name'])
    const outcome = await updateSite(db, site, { ...site.values, name: 'mine' }, ['name'])
    expect(outcome).toMatchObject({
      outcome: 'changed_meanwhile',
      site: { values: { name: 'theirs' } },
    })
    expect((await readStoredSite(db, site.id))?.values.name).toBe('theirs')
  })

  test('may be of its slug, which nobody else may have', async () => {
    const other = await insertSite(db, everything, 'shop')
    expect(other).toMatchObject({ site: { slug: 'shop' } })
    const site = await added()
    expect(await updateSite(db, site, site.values, [], 'store')).toMatchObject({
      outcome: 'updated',
      site: { slug: 'store', values: site.values },
    })
    expect(
      await updateSite(db, await added(valuesOf({ url, name: 'b' })), everything, [], 'shop'),
    ).toEqual({
      outcome: 'refused',
      constraint: 'slugs_are_unique',
    })
  })

  test('of nothing is fine, and still tells of somebody else’s', async () => {
    const site = await added()
    expect(await updateSite(db, site, site.values, [])).toEqual({ outcome: 'updated', site })
    await updateSite(db, site, { ...site.values, name: 'theirs' }, ['name'])
    expect(await updateSite(db, site, site.values, [])).toMatchObject({
      outcome: 'changed_meanwhile',
    })
  })

  test('is not held up by the scheduler’s verdict in between', async () => {
    const site = await added()
    await sql`update site_config set validity = 'valid' where id = ${site.id}`.execute(database.db)
    const outcome = await updateSite(db, site, { ...site.values, name: 'mine' }, ['name'])
    expect(outcome.outcome).toBe('updated')
  })

  test('of a site that is gone says so', async () => {
    const site = await added()
    expect(await removeSite(db, site.id)).toBe('removed')
    expect(await updateSite(db, site, site.values, ['name'])).toEqual({ outcome: 'gone' })
    expect(await removeSite(db, site.id)).toBe('gone')
  })
})

test('a site is paused once, and resumed once', async () => {
  const { id } = await added()
  expect(await setEnabled(db, id, false)).toBe('done')
  expect(await setEnabled(db, id, false)).toBe('unchanged')
  expect(await setEnabled(db, id, true)).toBe('done')
  expect(await setEnabled(db, id + 1, true)).toBe('gone')
})

describe('a check', () => {
  test('is asked for now, and a second look that waits becomes it', async () => {
    const { id } = await added()
    await sql`update check_request set occasion = 'recheck', not_before = now() + interval '1 hour'`.execute(
      database.db,
    )
    expect(await requestCheck(db, id)).toBe('asked')
    const { rows } =
      await sql`select from check_request where occasion = 'request' and not_before <= now()`.execute(
        database.db,
      )
    expect(rows).toHaveLength(1)
  })

  test('of a site that is not checked is not asked for', async () => {
    const { id } = await added()
    await sql`delete from check_request`.execute(database.db)
    await setEnabled(db, id, false)
    expect(await requestCheck(db, id)).toBe('paused')
    expect(await requestCheck(db, id + 1)).toBe('gone')
    expect(await waiting()).toEqual([])
  })
})
