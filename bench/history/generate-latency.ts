import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'
import { DAY_MS, type HistoryShape } from './history-shape.ts'

/**
 * Latency by hour of 90 days and by day of a year: each site's own histogram again and again, as wide as that of
 * its results. Half of the checks within a tenth of its pace, a few four times as slow.
 */
export async function generateLatency(db: Db, shape: HistoryShape, handMs: number): Promise<void> {
  await sql`create temporary table pace on commit preserve rows as
    select c.id, k.seconds, 20 + abs(hashint8extended(c.id, 1)) % 300 as ms
    from site_config c join cadence k on k.name = c.cadence where c.enabled`.execute(db)
  const { hourlyDays, dailyDays, todayMs } = shape
  for (let dayMs = todayMs - hourlyDays * DAY_MS; dayMs <= todayMs; dayMs += DAY_MS)
    await fillHours(db, dayMs, Math.min(handMs, dayMs + DAY_MS))
  await sql`
    insert into site_latency_days (site_id, day, total, late, dns, connect, tls, ttfb)
    select id, day, ${histogram(1, 12, 86_400)}, ${histogram(1.5, 12, 86_400)}, ${histogram(0.08, 12, 86_400)},
      ${histogram(0.2, 12, 86_400)}, ${histogram(0.3, 12, 86_400)}, ${histogram(0.38, 12, 86_400)}
    from generate_series(${new Date(todayMs - dailyDays * DAY_MS)}::timestamptz,
      ${new Date(todayMs - DAY_MS)}::timestamptz, interval '1 day') day, pace order by day, id`.execute(
    db,
  )
  await sql`drop table pace`.execute(db)
}

async function fillHours(db: Db, fromMs: number, toMs: number): Promise<void> {
  await sql`
    insert into site_latency_hours (site_id, hour, total, late, dns, connect, tls, ttfb)
    select id, hour, ${histogram(1, 4, 3_600)}, ${histogram(1.5, 4, 3_600)}, ${sums(0.08)}, ${sums(0.2)}, ${sums(0.3)},
      ${sums(0.38)}
    from generate_series(${new Date(fromMs)}::timestamptz, ${new Date(toMs)}::timestamptz - interval '1 second',
      interval '1 hour') hour, pace order by hour, id`.execute(db)
}

/** Of a share of the pace: this many buckets, the last two of them far out, with the checks of that time. */
function histogram(share: number, buckets: number, seconds: number) {
  const places = Array.from({ length: buckets }, (_, index) =>
    index < buckets - 2 ? index - Math.floor(buckets / 2) : index + 8,
  )
  const list = places.map((place) => `(bucket_of(ms * ${share}) + (${place}))::smallint`).join(', ')
  const each = `${seconds} / seconds / ${buckets}`
  const counts = places.map((_, index) =>
    index === 2 ? `${each} + ${seconds} / seconds % ${buckets}` : each,
  )
  return sql.raw(`row(${seconds} / seconds, ms * ${share} * (${seconds} / seconds), ms * ${share * 4},
    array[${list}], array[${counts.join(', ')}])::histogram`)
}

/** What an hour keeps of a phase. */
const sums = (share: number) =>
  sql.raw(
    `row(3600 / seconds, ms * ${share} * (3600 / seconds), ms * ${share * 4}, null, null)::histogram`,
  )
