import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'
import { generateLatency } from './generate-latency.ts'
import { DAY_MS, type HistoryShape } from './history-shape.ts'

const HOUR_MS = 3_600_000
/** How much is made at once: sorted in memory. */
const PIECE_DAYS = 10

/**
 * Hours of 90 days, days and months of a year, as turns of the scheduler would have left them: down as long as
 * the outages say, and now and then with a slot that nobody looked at. Rolled up to the newest mark of five minutes
 * by the shipped function, from the raw rows of the last hour.
 */
export async function generateRollups(pool: Db, shape: HistoryShape): Promise<void> {
  await pool.connection().execute(async (session) => {
    await sql`set work_mem = '256MB'`.execute(session)
    await fillAll(session, shape)
  })
}

async function fillAll(db: Db, shape: HistoryShape): Promise<void> {
  const handMs = Math.floor(shape.nowMs / HOUR_MS) * HOUR_MS
  const hoursFromMs = shape.todayMs - shape.hourlyDays * DAY_MS
  await fill(db, 'site_days', {
    fromMs: shape.todayMs - shape.dailyDays * DAY_MS,
    toMs: hoursFromMs,
  })
  await fill(db, 'site_hours', { fromMs: hoursFromMs, toMs: handMs })
  await sql`
    insert into site_days (site_id, day, ${measures('%I')})
    select site_id, (hour at time zone 'utc')::date, ${measures('sum(%I)')}
    from site_hours group by 1, 2 order by 2, 1`.execute(db)
  await sql`
    insert into site_months (site_id, month, ${measures('%I')})
    select site_id, date_trunc('month', day)::date, ${measures('sum(%I)')}
    from site_days group by 1, 2 order by 2, 1`.execute(db)
  await generateLatency(db, shape, handMs)
  await sql`delete from rollup_dirty`.execute(db)
  const hand = new Date(handMs)
  await sql`update rollup_hand set rolled_to = ${hand}, closing_to = ${hand}, latency_hour = ${hand},
    latency_day = ${dayOf(shape.todayMs)}::date`.execute(db)
  await rollOn(db, handMs, shape.nowMs)
  await sql`vacuum analyze site_hours, site_days, site_months, site_latency_hours, site_latency_days,
    rollup_dirty`.execute(db)
}

type Stretch = { readonly fromMs: number; readonly toMs: number }

async function fill(
  db: Db,
  table: 'site_hours' | 'site_days',
  { fromMs, toMs }: Stretch,
): Promise<void> {
  await sql`select make_rollup_partitions(${dayOf(fromMs)}::date, ${dayOf(toMs)}::date)`.execute(db)
  for (let pieceMs = fromMs; pieceMs < toMs; pieceMs += PIECE_DAYS * DAY_MS)
    await fillPiece(db, table, {
      fromMs: pieceMs,
      toMs: Math.min(toMs, pieceMs + PIECE_DAYS * DAY_MS),
    })
}

const dayOf = (atMs: number) => new Date(atMs).toISOString().slice(0, 10)

async function fillPiece(
  db: Db,
  table: 'site_hours' | 'site_days',
  { fromMs, toMs }: Stretch,
): Promise<void> {
  const isHours = table === 'site_hours'
  const step = isHours ? sql`interval '1 hour'` : sql`interval '1 day'`
  const key = isHours ? sql`hour` : sql`day`
  const keyOf = isHours ? sql`bucket` : sql`(bucket at time zone 'utc')::date`
  const to = sql`${new Date(toMs)}::timestamptz`
  await sql`
    insert into ${sql.table(table)} (site_id, ${key}, up_s, down_s, unknown_s, unwatched_s, unknown_in_outage_s,
      maintenance_up_s, maintenance_down_s, maintenance_unknown_s, checks, ups, downs, inconclusives, expected,
      missed, sla_checks, sla_met)
    select c.id, ${keyOf}, case when c.enabled then length_s - failed_s - unseen_s else 0 end, failed_s,
      case when c.enabled then unseen_s else length_s end, case when c.enabled then 0 else length_s end,
      0, 0, 0, 0, due - missed, due - missed - downs, downs, 0, due, missed, due - missed - downs,
      due - missed - downs - (c.id % 100 = 0)::int
    from generate_series(${new Date(fromMs)}::timestamptz, ${to} - interval '1 second', ${step}) bucket
      cross join site_config c join cadence k on k.name = c.cadence
      cross join lateral (select extract(epoch from least(bucket + ${step}, ${to}) - bucket)::float8 as length_s) l
      left join (
        select site_id, hit, sum(extract(epoch from
          least(coalesce(ended_at, ${to}), hit + ${step}, ${to}) - greatest(started_at, hit)))::float8 as down_s
        from outages
          cross join generate_series(date_trunc(${isHours ? 'hour' : 'day'}, started_at, 'UTC'),
            least(coalesce(ended_at, ${to}), ${to}), ${step}) hit
        where started_at < ${to} and (ended_at is null or ended_at > ${new Date(fromMs)}::timestamptz)
        group by site_id, hit) o on o.site_id = c.id and o.hit = bucket
      cross join lateral (select coalesce(greatest(0, down_s), 0) as failed_s,
        case when c.enabled then (length_s / k.seconds)::int else 0 end as due) d
      cross join lateral (select (failed_s / k.seconds)::int as downs,
        (c.enabled and failed_s = 0 and hashint8(c.id * 100003 + extract(epoch from bucket)::int8 / 3600) % ${isHours ? 60 : 3}::int = 0)::int as missed) m
      cross join lateral (select missed * k.seconds as unseen_s) u
    order by bucket, c.id`.execute(db)
}

/** From the last whole hour on, in steps as long as the scheduler's. */
async function rollOn(db: Db, handMs: number, nowMs: number): Promise<void> {
  const MARK_MS = 5 * 60_000
  for (let atMs = handMs + MARK_MS; atMs <= nowMs - 75_000; atMs += MARK_MS) {
    await sql`update rollup_hand set closing_to = ${new Date(atMs)}`.execute(db)
    await sql`select roll_up_to(${new Date(atMs)}::timestamptz)`.execute(db)
  }
}

/** Each column of what is measured, in a form. */
const measures = (form: string) =>
  sql.raw(
    [
      ...['up_s', 'down_s', 'unknown_s', 'unwatched_s', 'unknown_in_outage_s'],
      ...['maintenance_up_s', 'maintenance_down_s', 'maintenance_unknown_s'],
      ...['checks', 'ups', 'downs', 'inconclusives', 'expected', 'missed', 'sla_checks', 'sla_met'],
    ]
      .map((column) => form.replace('%I', column))
      .join(', '),
  )
