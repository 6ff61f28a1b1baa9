import { sql } from 'kysely'
import type { Trx } from './connect.ts'
import { loadedColumns, type SiteValues } from './loaded-columns.ts'
import { columnList, isWithin, matchedRows, type Range, rangesOf, settled } from './waiting-rows.ts'

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
const changeable = loadedColumns.filter((column) => column !== 'url')
const isChanged = sql`(${sql.join(changeable.map((column) => sql.ref(`c.${column}`)))})
  is distinct from (${sql.join(changeable.map(settled))})`

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

/** Sites that a range of rows will change, as they will be then; not those that were invalid before. */
export async function changedSites(
  trx: Trx,
  range: Range,
): Promise<readonly { readonly place: string; readonly values: SiteValues }[]> {
  const values = loadedColumns.map((column) => sql`${settled(column)} as ${sql.ref(column)}`)
  const { rows } = await sql<SiteValues & { place: string }>`
    select i.place, ${sql.join(values)} from ${matchedRows}
    where ${isWithin(range)} and c.validity <> 'invalid' and ${isChanged} order by i.position`.execute(
    trx,
  )
  return rows.map(({ place, ...values }) => ({ place, values }))
}

/** The first sites that the merge will insert or change, in the order of the file. */
export async function differences(
  trx: Trx,
  rowCount: number,
  limit: number,
): Promise<readonly Difference[]> {
  const found: Difference[] = []
  for (const range of rangesOf(rowCount)) {
    if (found.length < limit) found.push(...(await differencesIn(trx, range, limit - found.length)))
  }
  return found
}

async function differencesIn(
  trx: Trx,
  range: Range,
  limit: number,
): Promise<readonly Difference[]> {
  const { rows } = await sql<Difference>`
    select coalesce(i.name, i.url) as site, coalesce((
      select jsonb_agg(jsonb_build_object('column', old.key, 'old', old.value, 'new', new.value) order by old.key)
      from jsonb_each(to_jsonb(c)) as old join jsonb_each(to_jsonb(i)) as new using (key)
      where c.id is not null and key = any(i.given) and old.value is distinct from new.value), '[]') as changes
    from ${matchedRows}
    where ${isWithin(range)} and (c.id is null or ${isChanged})
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
  for (const range of rangesOf(rowCount)) {
    const merged = await mergeRange(trx, range)
    inserted += merged.inserted
    updated += merged.updated
    unchanged += merged.unchanged
    onProgress(range.to)
  }
  return { inserted, updated, unchanged }
}

async function mergeRange(trx: Trx, range: Range): Promise<Merged> {
  const { rows } = await sql<Merged>`
    with found as (
      select count(*) as count from waiting_match i where ${isWithin(range)}
    ), merged as (
      merge into site_config c
      using (
        select i.*, m.site_id from waiting_row i left join waiting_match m on m.position = i.position
        where ${isWithin(range)}) i on c.id = i.site_id
      when matched and ${isChanged} then
        update set ${sql.join(changeable.map((column) => sql`${sql.ref(column)} = ${settled(column)}`))}
      when not matched then
        insert (${columnList(loadedColumns)}) values (${columnList(loadedColumns.map((column) => `i.${column}`))})
      returning merge_action() as action
    ), counted as (
      select count(*) filter (where action = 'INSERT') as inserted,
        count(*) filter (where action = 'UPDATE') as updated from merged
    )
    select inserted, updated, found.count - updated as unchanged from counted, found`.execute(trx)
  return rows[0] ?? { inserted: 0, updated: 0, unchanged: 0 }
}
