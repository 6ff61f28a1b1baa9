import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'

export type FleetOptions = {
  readonly sites: number
  readonly cadenceSeconds: number
  /** Of the local target. */
  readonly port: number
  /** How many in a hundred sites hang until their timeout of 10 s. */
  readonly hangPercent: number
  /** How many in a hundred sites answer 503 for a while, as the target was told. */
  readonly flapPercent?: number
}

/** Adds sites on the local target, all of one cadence. */
export async function addFleet(db: Db, options: FleetOptions): Promise<void> {
  const { sites, cadenceSeconds, port, hangPercent, flapPercent = 0 } = options
  const cadence = `${cadenceSeconds}s`
  await sql`
    insert into cadence (name, seconds) values (${cadence}, ${cadenceSeconds}) on conflict do nothing`.execute(
    db,
  )
  await sql`
    insert into site_config (url, cadence, timeout_ms)
    select 'http://127.0.0.1:' || ${port}::int || case
      when n % 100 < ${hangPercent}::int then '/hang/'
      when n % 100 < ${hangPercent + flapPercent}::int then '/flap/' else '/s/' end || n, ${cadence}, 10000
    from generate_series(1, ${sites}) n`.execute(db)
}

/** How many results there are. */
export async function allFleet(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from ping_status`.execute(
    db,
  )
  return Number(rows[0]?.count ?? 0)
}

export type SlotFigures = {
  /** By the arithmetic of phases alone. */
  readonly expected: number
  readonly missing: number
  readonly latenessMs: { readonly p50: number; readonly p99: number; readonly max: number }
}

export type SlotWindow = {
  readonly cadenceSeconds: number
  readonly fromMs: number
  readonly toMs: number
}

/** How long after its slot a result may still come in: the hanging ones take their whole timeout. */
const SETTLING_MS = 15_000

/** Expected slots against rows, and how late checks began, in a window that has settled. */
export async function measureSlots(
  db: Db,
  { cadenceSeconds, fromMs, toMs }: SlotWindow,
): Promise<SlotFigures> {
  const from = Math.ceil(fromMs / 1000)
  const to = Math.floor((toMs - SETTLING_MS) / 1000)
  const { rows } = await sql<{
    expected: number
    missing: number
    p50: number
    p99: number
    max: number
  }>`
    with expected as (
      select c.id as site_id, to_timestamp(instant) as slot
      from site_config c, generate_series(${from}::int8, ${to}::int8) instant
      where instant % ${cadenceSeconds}::int = site_phase(c.id, ${cadenceSeconds}::int)
    ), joined as (
      select e.site_id, extract(epoch from p.checked_at - p.slot) * 1000 as late_ms, p.slot is null as is_missing
      from expected e left join ping_status p using (site_id, slot)
    )
    select count(*) as expected, count(*) filter (where is_missing) as missing,
      coalesce(percentile_cont(0.5) within group (order by late_ms), 0)::float8 as p50,
      coalesce(percentile_cont(0.99) within group (order by late_ms), 0)::float8 as p99,
      coalesce(max(late_ms), 0)::float8 as max
    from joined`.execute(db)
  const [figures] = rows
  if (figures === undefined) throw new Error('no figures')
  const { expected, missing, p50, p99, max } = figures
  return {
    expected,
    missing,
    latenessMs: { p50: Math.round(p50), p99: Math.round(p99), max: Math.round(max) },
  }
}
