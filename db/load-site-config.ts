import { sql } from 'kysely'
import type { Db, Trx } from './connect.ts'

/** What a file may set of a site; `name` and `url` together say which site is meant. */
export type SiteValues = {
  readonly name: string | null
  readonly url: string
  readonly cadence: string
  readonly enabled: boolean
  readonly method: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string | null
  readonly timeout_ms: number
  readonly max_redirects: number
  readonly verify_tls: boolean
  readonly expected_status: string
  readonly json_path: string | null
  readonly body_regex: string | null
  readonly expected_value: string | null
  readonly sla_ms: number | null
  readonly failure_threshold: number
  readonly recovery_threshold: number
  readonly alert_emails: readonly string[]
  readonly tags: readonly string[]
}

export type LoadedColumn = keyof SiteValues

const columnTypes = {
  name: 'text',
  url: 'text',
  cadence: 'text',
  enabled: 'boolean',
  method: 'text',
  headers: 'jsonb',
  body: 'text',
  timeout_ms: 'int',
  max_redirects: 'int',
  verify_tls: 'boolean',
  expected_status: 'text',
  json_path: 'text',
  body_regex: 'text',
  expected_value: 'text',
  sla_ms: 'int',
  failure_threshold: 'int',
  recovery_threshold: 'int',
  alert_emails: 'text[]',
  tags: 'text[]',
} as const satisfies Record<LoadedColumn, string>

export const loadedColumns = Object.keys(columnTypes) as readonly LoadedColumn[]

export type IncomingSite = {
  readonly place: string
  readonly given: readonly LoadedColumn[]
  readonly values: SiteValues
}

export type PlacedReason = { readonly place: string; readonly reason: string }
export type Refusals = { readonly count: number; readonly shown: readonly PlacedReason[] }

export type Difference = {
  readonly site: string
  /** Empty for a site that is new. */
  readonly changes: readonly {
    readonly column: string
    readonly old: unknown
    readonly new: unknown
  }[]
}

export type Merged = {
  readonly inserted: number
  readonly updated: number
  readonly unchanged: number
}

/** Two loads at once take turns: each must see what the other inserted. "load" on a phone's keys. */
const LOAD_LOCK = 5623
/** Rows of one statement: each stays far below the time limit of statements. */
const ROWS_PER_MERGE = 10_000

const list = (columns: readonly string[]) => sql.join(columns.map((column) => sql.ref(column)))
const columnDefinitions = sql.join(
  loadedColumns.map((column) => sql`${sql.ref(column)} ${sql.raw(columnTypes[column])}`),
)

/** A site is found by its address and name; two without a name are the same. A name is never empty. */
const isSameSite = sql`c.url = i.url and coalesce(c.name, '') = coalesce(i.name, '')`
/** What a site's column will be: the file's word, where it has one. */
const settled = (column: LoadedColumn) =>
  sql`case when ${column} = any(i.given) then ${sql.ref(`i.${column}`)} else ${sql.ref(`c.${column}`)} end`

const changeable = loadedColumns.filter((column) => column !== 'url' && column !== 'name')
const isChanged = sql`(${sql.join(changeable.map((column) => sql.ref(`c.${column}`)))})
  is distinct from (${sql.join(changeable.map(settled))})`

/** Makes the table that rows of a file wait in: seen by this connection alone, and gone with it. */
export async function makeWaitingRows(connection: Db): Promise<void> {
  // A connection from a pool may have had a load before.
  await sql`drop table if exists pg_temp.waiting_row`.execute(connection)
  await sql`
    create temp table waiting_row (
      position int primary key, place text, given text[], ${columnDefinitions})`.execute(connection)
}

/** Adds rows in one statement; `firstPosition` is the place of the first among all rows of the file. */
export async function addWaitingRows(
  connection: Db,
  rows: readonly IncomingSite[],
  firstPosition: number,
): Promise<void> {
  const json = JSON.stringify(
    rows.map(({ place, given, values }, index) => ({
      position: firstPosition + index,
      place,
      given,
      ...values,
    })),
  )
  await sql`
    insert into waiting_row (position, place, given, ${list(loadedColumns)})
    select position, place, given, ${list(loadedColumns)}
    from json_to_recordset(${json}::json) as row (position int, place text, given text[], ${columnDefinitions})`.execute(
    connection,
  )
}

/** Told to the planner before the rows are joined with anything: it cannot know a temporary table by itself. */
export async function analyzeWaitingRows(connection: Db): Promise<void> {
  await sql`analyze waiting_row`.execute(connection)
}

export async function takeLoadLock(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(LOAD_LOCK)})`.execute(trx)
}

/** Adds cadences that are not there yet. */
export async function addCadences(trx: Trx, cadences: ReadonlyMap<string, number>): Promise<void> {
  if (cadences.size === 0) return
  await sql`
    insert into cadence (name, seconds)
    select * from unnest(${sql.val([...cadences.keys()])}::text[], ${sql.val([...cadences.values()])}::int[])
    on conflict (name) do nothing`.execute(trx)
}

/** Sites that the file has twice. */
export async function repeatedRows(connection: Db, limit: number): Promise<Refusals> {
  const { rows } = await sql<{ places: string[]; count: number }>`
    select array_agg(place order by position) as places, count(*) over () as count
    from waiting_row group by url, coalesce(name, '') having count(*) > 1
    order by min(position) limit ${limit}`.execute(connection)
  const shown = rows.map(({ places: [first = '', ...others] }) => ({
    place: others.slice(0, 5).join(' and '),
    reason: `has the url and name of ${first}`,
  }))
  return { count: rows[0]?.count ?? 0, shown }
}

/** Rows whose columns do not go together, seen with what the site in the database has already. */
export async function contradictoryRows(trx: Trx, limit: number): Promise<Refusals> {
  const columns = ['method', 'body', 'json_path', 'body_regex', 'expected_value'] as const
  const { rows } = await sql<PlacedReason & { count: number }>`
    select place, reason, count(*) over () as count from (
      select position, place, case
        when json_path is not null and body_regex is not null then 'json_path and body_regex exclude each other'
        when expected_value is not null and json_path is null and body_regex is null
          then 'expected_value needs a json_path or a body_regex'
        when body is not null and method in ('GET', 'HEAD') then 'body needs a method that carries one, such as POST'
      end || case when is_there then ' (see what the site has in the database)' else '' end as reason
      from (
        select i.position, i.place, c.id is not null as is_there,
          ${sql.join(
            columns.map(
              (column) => sql`case when c.id is null then ${sql.ref(`i.${column}`)}
            else ${settled(column)} end as ${sql.ref(column)}`,
            ),
          )}
        from waiting_row i left join site_config c on ${isSameSite}) as site) as judged
    where reason is not null order by position limit ${limit}`.execute(trx)
  return { count: rows[0]?.count ?? 0, shown: rows.map(({ place, reason }) => ({ place, reason })) }
}

/** The first sites that the merge will insert or change, in the order of the file. */
export async function differences(trx: Trx, limit: number): Promise<readonly Difference[]> {
  const { rows } = await sql<Difference>`
    select coalesce(i.name, i.url) as site, coalesce((
      select jsonb_agg(jsonb_build_object('column', old.key, 'old', old.value, 'new', new.value) order by old.key)
      from jsonb_each(to_jsonb(c)) as old join jsonb_each(to_jsonb(i)) as new using (key)
      where c.id is not null and key = any(i.given) and old.value is distinct from new.value), '[]') as changes
    from waiting_row i left join site_config c on ${isSameSite}
    where c.id is null or ${isChanged}
    order by i.position limit ${limit}`.execute(trx)
  return rows
}

/**
 * Merges the rows into `site_config`: new sites are inserted, and only those that really differ are
 * updated, because an update asks for a check at once. A row that fits several sites changes each.
 */
export async function mergeWaitingRows(
  trx: Trx,
  rowCount: number,
  onProgress: (rows: number) => void,
): Promise<Merged> {
  let inserted = 0
  let updated = 0
  let unchanged = 0
  for (let from = 0; from < rowCount; from += ROWS_PER_MERGE) {
    const merged = await mergeRange(trx, from, from + ROWS_PER_MERGE)
    inserted += merged.inserted
    updated += merged.updated
    unchanged += merged.unchanged
    onProgress(Math.min(rowCount, from + ROWS_PER_MERGE))
  }
  return { inserted, updated, unchanged }
}

async function mergeRange(trx: Trx, from: number, to: number): Promise<Merged> {
  const range = sql`position >= ${sql.lit(from)} and position < ${sql.lit(to)}`
  const { rows } = await sql<Merged>`
    with found as (
      select count(*) as count from waiting_row i join site_config c on ${isSameSite} where ${range}
    ), merged as (
      merge into site_config c
      using (select * from waiting_row where ${range}) i on ${isSameSite}
      when matched and ${isChanged} then
        update set ${sql.join(changeable.map((column) => sql`${sql.ref(column)} = ${settled(column)}`))}
      when not matched then
        insert (${list(loadedColumns)}) values (${list(loadedColumns.map((column) => `i.${column}`))})
      returning merge_action() as action
    ), counted as (
      select count(*) filter (where action = 'INSERT') as inserted,
        count(*) filter (where action = 'UPDATE') as updated from merged
    )
    select inserted, updated, found.count - updated as unchanged from counted, found`.execute(trx)
  return rows[0] ?? { inserted: 0, updated: 0, unchanged: 0 }
}
