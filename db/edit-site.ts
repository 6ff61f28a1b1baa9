import { sql } from 'kysely'
import type { Db, Trx } from './connect.ts'
import { takeLoadLock } from './load-site-config.ts'
import { type LoadedColumn, loadedColumns, type SiteValues, typeOf } from './loaded-columns.ts'

/** One site, read and changed by a person or by the API. Files of many sites: `load-site-config.ts`. */
export type StoredSite = {
  readonly id: number
  readonly slug: string
  /** Another one after each change of its configuration: microseconds of `updated_at`. */
  readonly version: string
  readonly values: SiteValues
}

export type Added =
  | { readonly outcome: 'added'; readonly site: StoredSite }
  /** A site of this name and URL is there already. */
  | { readonly outcome: 'exists'; readonly id: number }
  | Refused

export type Updated =
  | { readonly outcome: 'updated'; readonly site: StoredSite }
  /** Somebody else has changed it meanwhile: nothing was written. */
  | { readonly outcome: 'changed_meanwhile'; readonly site: StoredSite }
  | { readonly outcome: 'gone' }
  | Refused

/** A constraint of the table that code in front of it does not know; its name says what it asks for. */
export type Refused = { readonly outcome: 'refused'; readonly constraint: string }

const versionOf = sql<string>`((extract(epoch from updated_at) * 1000000)::bigint)::text`
const read = sql`id, slug, ${versionOf} as version, ${sql.join(loadedColumns.map((column) => sql.ref(column)))}`

type Row = SiteValues & { id: number; slug: string; version: string }

export async function readStoredSite(db: Db, id: number): Promise<StoredSite | null> {
  const { rows } = await sql<Row>`select ${read} from site_config where id = ${id}`.execute(db)
  return rows[0] === undefined ? null : storedSite(rows[0])
}

/** Adds a site, which is checked at once. Two of one name and URL would be one in every file. Without a slug it gets one. */
export async function insertSite(
  db: Db,
  values: SiteValues,
  slug: string | null = null,
): Promise<Added> {
  return orRefused(() =>
    db.transaction().execute(async (trx) => {
      // Who sends the same twice at once, or loads a file with it, finds what the other added.
      await takeLoadLock(trx)
      const id = await siteLike(trx, values)
      return id === null
        ? { outcome: 'added', site: await insertNew(trx, values, slug) }
        : { outcome: 'exists', id }
    }),
  )
}

/** The id of the site of this name and URL; of a heartbeat, of this token. */
export async function siteLike(db: Db, { url, name }: SiteValues): Promise<number | null> {
  const { rows } = await sql<{ id: number }>`
    select id from site_config
    where url = ${url} and (kind = 'heartbeat' or name is not distinct from ${name}) limit 1`.execute(
    db,
  )
  return rows[0]?.id ?? null
}

async function insertNew(trx: Trx, values: SiteValues, slug: string | null): Promise<StoredSite> {
  const columns = [...loadedColumns, ...(slug === null ? [] : ['slug'])]
  const given = loadedColumns.map((column) => typedValue(column, values[column]))
  const { rows } = await sql<Row>`
    insert into site_config (${sql.join(columns.map((column) => sql.ref(column)))})
    values (${sql.join(slug === null ? given : [...given, sql.val(slug)])}) returning ${read}`.execute(
    trx,
  )
  if (rows[0] === undefined) throw new Error('an insert without a row')
  return storedSite(rows[0])
}

/** Writes these columns, and a slug where one is given, if the site is still at the version that they were decided by. */
export async function updateSite(
  db: Db,
  { id, version }: Pick<StoredSite, 'id' | 'version'>,
  values: SiteValues,
  columns: readonly LoadedColumn[],
  slug: string | null = null,
): Promise<Updated> {
  const writes = columns.map(
    (column) => sql`${sql.ref(column)} = ${typedValue(column, values[column])}`,
  )
  if (slug !== null) writes.push(sql`slug = ${slug}`)
  return orRefused(async () => {
    if (writes.length > 0) {
      const { rows } = await sql<Row>`
        update site_config set ${sql.join(writes)} where id = ${id} and ${versionOf} = ${version}
        returning ${read}`.execute(db)
      if (rows[0] !== undefined) return { outcome: 'updated', site: storedSite(rows[0]) }
    }
    const site = await readStoredSite(db, id)
    if (site === null) return { outcome: 'gone' }
    return { outcome: site.version === version ? 'updated' : 'changed_meanwhile', site }
  })
}

/** Pauses or resumes a site; asked twice it is as once. */
export async function setEnabled(
  db: Db,
  id: number,
  enabled: boolean,
): Promise<'done' | 'unchanged' | 'gone'> {
  const { rows } = await sql<{ changed: boolean }>`
    with changed as (
      update site_config set enabled = ${enabled} where id = ${id} and enabled <> ${enabled} returning id
    )
    select exists (select from changed) as changed from site_config where id = ${id}`.execute(db)
  if (rows[0] === undefined) return 'gone'
  return rows[0].changed ? 'done' : 'unchanged'
}

/** Removes a site with its results' owner: its outages go with it, its results until their days are dropped. */
export async function removeSite(db: Db, id: number): Promise<'removed' | 'gone'> {
  const { rows } = await sql`delete from site_config where id = ${id} returning id`.execute(db)
  return rows.length > 0 ? 'removed' : 'gone'
}

/** Asks for a check now, whenever its next slot is; a second look that waits becomes it. */
export async function requestCheck(
  db: Db,
  id: number,
): Promise<'asked' | 'paused' | 'invalid' | 'gone'> {
  const { rows } = await sql<{ enabled: boolean; validity: string }>`
    with wanted as (
      select id, enabled, validity from site_config where id = ${id}
    ), asked as (
      insert into check_request (site_id)
      select id from wanted where enabled and validity <> 'invalid'
      on conflict (site_id) do update
        set not_before = least(check_request.not_before, excluded.not_before), occasion = 'request', avoid_worker = null
    )
    select enabled, validity from wanted`.execute(db)
  const [site] = rows
  if (site === undefined) return 'gone'
  if (!site.enabled) return 'paused'
  return site.validity === 'invalid' ? 'invalid' : 'asked'
}

function storedSite({ id, slug, version, ...values }: Row): StoredSite {
  return { id, slug, version, values }
}

function typedValue(column: LoadedColumn, value: unknown) {
  const type = typeOf(column)
  const sent = type === 'jsonb' ? JSON.stringify(value) : Array.isArray(value) ? [...value] : value
  return sql`${sql.val(sent)}::${sql.raw(type)}`
}

/** A value that may not be, and one that is there already. */
const REFUSALS = ['23514', '23505']

async function orRefused<Result>(write: () => Promise<Result>): Promise<Result | Refused> {
  try {
    return await write()
  } catch (error) {
    const constraint = constraintOf(error)
    if (constraint === null) throw error
    return { outcome: 'refused', constraint }
  }
}

function constraintOf(error: unknown): string | null {
  if (!(error instanceof Error && 'code' in error && 'constraint' in error)) return null
  const { code, constraint } = error
  const isRefusal = REFUSALS.some((refusal) => refusal === code)
  return isRefusal && typeof constraint === 'string' ? constraint : null
}
