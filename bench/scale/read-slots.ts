import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'

/** Epoch milliseconds, whole seconds; the end is not in it. */
export type Window = { readonly fromMs: number; readonly untilMs: number }

/** p50, p99 and the largest. */
export type Spread = { readonly p50: number; readonly p99: number; readonly max: number }

/** Of the slots of one minute. */
export type SlotMinute = {
  readonly minute: number
  /** By the arithmetic of phases alone. */
  readonly expected: number
  /** Of those, how many have a row. */
  readonly done: number
  /** From a slot to the beginning of its check. */
  readonly latenessMs: Spread
  /** From a slot to the commit of its row, as Postgres noted it (`track_commit_timestamp`). */
  readonly storedMs: Spread
}

type Row = {
  minute: number
  expected: number
  done: number
  late: number[] | null
  stored: number[] | null
}

/**
 * What became of each slot of the sites that are watched, minute by minute; the last entry of the
 * answer, minute -1, is the whole window. To be asked when the window has settled: what has no row
 * by then counts as not done.
 */
export async function readSlots(
  db: Db,
  cadenceSeconds: number,
  window: Window,
): Promise<readonly SlotMinute[]> {
  const [from, until] = [window.fromMs / 1_000, window.untilMs / 1_000]
  const spread = sql`array[0.5, 0.99, 1]::float8[]`
  const { rows } = await sql<Row>`
    with expected as (
      select c.id as site_id, instant
      from site_config c
      cross join lateral (select mod(mod(site_phase(c.id, ${cadenceSeconds}::int) - ${from}::int8, ${cadenceSeconds}::int8)
        + ${cadenceSeconds}::int8, ${cadenceSeconds}::int8) as wait_s) w
      cross join lateral generate_series(${from}::int8 + w.wait_s, ${until}::int8 - 1, ${cadenceSeconds}::int8) instant
      where c.enabled and c.validity <> 'invalid'
    ), stored as (
      select site_id, slot, extract(epoch from slot)::int8 as instant, checked_at,
        pg_xact_commit_timestamp(xmin) as stored_at
      from ping_status
      where slot >= to_timestamp(${from}::int8) and slot < to_timestamp(${until}::int8)
    ), joined as (
      select (e.instant - ${from}::int8) / 60 as minute, s.slot is not null as is_done,
        extract(epoch from s.checked_at - s.slot)::float8 * 1000 as late_ms,
        extract(epoch from s.stored_at - s.slot)::float8 * 1000 as stored_ms
      from expected e left join stored s using (site_id, instant)
    )
    select coalesce(minute, -1)::int as minute, count(*) as expected, count(*) filter (where is_done) as done,
      percentile_cont(${spread}) within group (order by late_ms) as late,
      percentile_cont(${spread}) within group (order by stored_ms) as stored
    from joined group by grouping sets ((minute), ()) order by grouping(minute), 1`.execute(db)
  return rows.map(({ minute, expected, done, late, stored }) => ({
    minute,
    expected,
    done,
    latenessMs: spreadOf(late),
    storedMs: spreadOf(stored),
  }))
}

function spreadOf(values: readonly (number | null)[] | null): Spread {
  const [p50, p99, max] = (values ?? []).map((value) => Math.round(value ?? 0))
  return { p50: p50 ?? 0, p99: p99 ?? 0, max: max ?? 0 }
}

/** How many results were committed in each of the spans between these instants, whatever they are of. */
export async function readStored(
  db: Db,
  instantsMs: readonly number[],
): Promise<readonly number[]> {
  const bounds = instantsMs.map((ms) => new Date(ms))
  const [first] = bounds
  if (first === undefined) return []
  const { rows } = await sql<{ span: number; count: number }>`
    select width_bucket(pg_xact_commit_timestamp(xmin), ${sql.val(bounds)}::timestamptz[]) as span, count(*) as count
    from ping_status where slot >= ${first}::timestamptz - interval '10 minutes' group by 1`.execute(
    db,
  )
  const counts = new Map(rows.map(({ span, count }) => [span, count]))
  return instantsMs.slice(1).map((_, index) => counts.get(index + 1) ?? 0)
}
