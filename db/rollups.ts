import { sql } from 'kysely'
import type { Db } from './connect.ts'

/**
 * Rolling up: what is known of hours, days and months is kept beside the raw rows. db/migrations/0008
 * has the how; each function here is one short transaction, and may be called by any number of
 * schedulers at once.
 */

/** Announces how far to roll up next. Null: nothing is due, or another scheduler is at it. */
export async function announceRollup(db: Db): Promise<string | null> {
  const { rows } = await sql<{ announced: string | null }>`
    select announce_rollup()::text as announced`.execute(db)
  return rows[0]?.announced ?? null
}

/** A mark that every transaction under way now comes before. */
export async function markTransactions(db: Db): Promise<string> {
  const { rows } = await sql<{ mark: string }>`
    select pg_snapshot_xmax(pg_current_snapshot())::text as mark`.execute(db)
  return rows[0]?.mark ?? '0'
}

/** Whether every transaction that came before a mark is over. */
export async function areOver(db: Db, mark: string): Promise<boolean> {
  const { rows } = await sql<{ over: boolean }>`
    select pg_snapshot_xmin(pg_current_snapshot()) >= ${mark}::text::xid8 as over`.execute(db)
  return rows[0]?.over ?? false
}

/**
 * Rolls up to what was announced; false: another did, or is at it. Only right once every transaction
 * is over that was under way when the announcement was made.
 */
export async function rollUpTo(db: Db, announced: string): Promise<boolean> {
  const { rows } = await sql<{ rolled: boolean }>`
    select roll_up_to(${announced}::text::timestamptz) as rolled`.execute(db)
  return rows[0]?.rolled ?? false
}

/** Rolls up the latency of some sites. Resolves to how many; null: nothing is due, or another is at it. */
export async function rollUpLatency(db: Db, sitesAtOnce: number): Promise<number | null> {
  const { rows } = await sql<{ sites: number | null }>`
    select roll_up_latency(${sitesAtOnce}::int) as sites`.execute(db)
  return rows[0]?.sites ?? null
}

/** Counts again what changed after it was rolled up. Resolves to how many hours of sites; null: another is at it. */
export async function recountDirty(db: Db, most: number): Promise<number | null> {
  const { rows } = await sql<{ hours: number | null }>`
    select recount_dirty(${most}::int) as hours`.execute(db)
  return rows[0]?.hours ?? null
}

/** Makes the partitions of rollups for the months and years around today that are missing. */
export async function makeRollupPartitions(db: Db): Promise<number> {
  const { rows } = await sql<{ made: number }>`
    select make_rollup_partitions(
      (now() at time zone 'utc')::date - 31, (now() at time zone 'utc')::date + 31) as made`.execute(
    db,
  )
  return rows[0]?.made ?? 0
}

/** How long what is kept, in days from the end of its partition; 0: for ever. */
export type Retention = {
  /** Raw rows: one for each check. At least 8, for results are taken that are a week old. */
  readonly rawDays: number
  readonly hourlyDays: number
  readonly dailyDays: number
}

/** Drops the partitions that are old enough and rolled up. Resolves to their names. */
export async function dropOldPartitions(db: Db, retention: Retention): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from drop_old_partitions(
      ${retention.rawDays}::int, ${retention.hourlyDays}::int, ${retention.dailyDays}::int) as name`.execute(
    db,
  )
  return rows.map(({ name }) => name)
}
