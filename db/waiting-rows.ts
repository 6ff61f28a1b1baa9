import { sql } from 'kysely'
import type { Db, Trx } from './connect.ts'
import { type LoadedColumn, loadedColumns, type SiteValues, typeOf } from './loaded-columns.ts'

export type IncomingSite = {
  readonly place: string
  readonly given: readonly LoadedColumn[]
  readonly values: SiteValues
  /** Why it could not be checked, if it is a new site. */
  readonly doubt: string | null
}

export type PlacedReason = { readonly place: string; readonly reason: string }
export type Refusals = { readonly count: number; readonly shown: readonly PlacedReason[] }

/** Work is cut into statements of this many rows: a statement has a time limit, and a file has none. */
const ROWS_PER_STATEMENT = 10_000
const SITES_PER_STATEMENT = 50_000

/** Columns for a statement. */
export const columnList = (columns: readonly string[]) =>
  sql.join(columns.map((column) => sql.ref(column)))
const columnDefinitions = sql.join(
  loadedColumns.map((column) => sql`${sql.ref(column)} ${sql.raw(typeOf(column))}`),
)

/** The name, as far as it tells sites of one address apart. A heartbeat is its token, whatever it is called. */
const nameOf = (row: 'c' | 'incoming' | 'i') => {
  const [kind, name] = [sql.ref(`${row}.kind`), sql.ref(`${row}.name`)]
  return sql`case when ${kind} = 'heartbeat' then '' else coalesce(${name}, '') end`
}
/** What a site is found by, as one short number: an index of addresses would have no limit of width. */
const keyOf = (row: 'c' | 'incoming') =>
  sql`hashtextextended(${sql.ref(`${row}.url`)} || ' ' || ${nameOf(row)}, 0)`

/** Makes the tables that rows of a file wait in: seen by this connection alone, and gone with it. */
export async function makeWaitingRows(connection: Db): Promise<void> {
  // A connection from a pool may have had a load before.
  await sql`drop table if exists pg_temp.waiting_row, pg_temp.waiting_match`.execute(connection)
  await sql`
    create temp table waiting_row (
      position int primary key, place text, doubt text, given text[], key bigint, ${columnDefinitions})`.execute(
    connection,
  )
  await sql`create index on waiting_row (key)`.execute(connection)
  await sql`
    create temp table waiting_match (position int, site_id bigint, primary key (position, site_id))`.execute(
    connection,
  )
}

/** Adds rows in one statement; `firstPosition` is the place of the first among all rows of the file. */
export async function addWaitingRows(
  connection: Db,
  rows: readonly IncomingSite[],
  firstPosition: number,
): Promise<void> {
  const json = JSON.stringify(
    rows.map(({ place, given, values, doubt }, index) => ({
      position: firstPosition + index,
      place,
      doubt,
      given,
      ...values,
    })),
  )
  await sql`
    insert into waiting_row (position, place, doubt, given, key, ${columnList(loadedColumns)})
    select position, place, doubt, given, ${keyOf('incoming')}, ${columnList(loadedColumns)}
    from json_to_recordset(${json}::json) as incoming (
      position int, place text, doubt text, given text[], ${columnDefinitions})`.execute(connection)
}

/** Sites that the file has twice. */
export async function repeatedRows(connection: Db, limit: number): Promise<Refusals> {
  const { rows } = await sql<{ places: string[]; kind: string; count: number }>`
    select array_agg(place order by position) as places, min(kind) as kind, count(*) over () as count
    from waiting_row i
    where key in (select key from waiting_row group by key having count(*) > 1)
    group by url, ${nameOf('i')} having count(*) > 1
    order by min(position) limit ${limit}`.execute(connection)
  const shown = rows.map(({ places: [first = '', ...others], kind }) => ({
    place: others.slice(0, 5).join(' and '),
    reason: kind === 'heartbeat' ? `has the token of ${first}` : `has the url and name of ${first}`,
  }))
  return { count: rows[0]?.count ?? 0, shown }
}

/**
 * Finds the site of each row: the one with its address and name, where two without a name are the
 * same. The planner is told of the rows first: it cannot know a temporary table by itself.
 */
export async function matchWaitingRows(trx: Trx): Promise<void> {
  await sql`analyze waiting_row`.execute(trx)
  for (let after = 0; ; ) {
    const { rows } = await sql<{ last: number | null }>`
      with c as (
        select id, url, name, kind from site_config where id > ${after} order by id limit ${sql.lit(SITES_PER_STATEMENT)}
      ), matched as (
        insert into waiting_match (position, site_id)
        select i.position, c.id from c join waiting_row i on i.key = ${keyOf('c')}
        where i.url = c.url and ${nameOf('i')} = ${nameOf('c')}
      )
      select max(id) as last from c`.execute(trx)
    const last = rows[0]?.last ?? null
    if (last === null) break
    after = last
  }
  await sql`analyze waiting_match`.execute(trx)
}

/** Positions from `from` on and before `to`. */
export type Range = { readonly from: number; readonly to: number }

/** All positions of a file, in parts that one statement can take. */
export function* rangesOf(rowCount: number): Generator<Range> {
  for (let from = 0; from < rowCount; from += ROWS_PER_STATEMENT) {
    yield { from, to: Math.min(rowCount, from + ROWS_PER_STATEMENT) }
  }
}

export function isWithin({ from, to }: Range) {
  return sql`i.position >= ${sql.lit(from)} and i.position < ${sql.lit(to)}`
}

/** Rows of the file (i), each with the site (c) that it changes, if it changes one. */
export const matchedRows = sql`
  waiting_row i left join waiting_match m on m.position = i.position left join site_config c on c.id = m.site_id`

/** What a column of such a pair will be: the file's word, where it has one. */
export function settled(column: LoadedColumn) {
  const [ofFile, ofSite] = [sql.ref(`i.${column}`), sql.ref(`c.${column}`)]
  return sql`case when c.id is null or ${column} = any(i.given) then ${ofFile} else ${ofSite} end`
}
