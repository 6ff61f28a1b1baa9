import { sql } from 'kysely'
import type { Db } from './connect.ts'
import { boundsOf, sitesOf, type TimeWindow } from './time-window.ts'

/** Medians of a stretch of time in which a site was checked. */
export type LatencyMedian = {
  readonly siteId: number
  /** Where the stretch begins. */
  readonly atMs: number
  readonly p50Ms: number
}

/** Of many sites over one window, in `points` equal stretches: those without checks are left out. */
export async function readLatencyMedians(
  db: Db,
  siteIds: readonly number[],
  window: TimeWindow,
  points: number,
): Promise<readonly LatencyMedian[]> {
  const { rows } = await sql<LatencyMedian>`
    select site as "siteId", (extract(epoch from p.at) * 1000)::float8 as "atMs", p.p50_ms as "p50Ms"
    from unnest(${sitesOf(siteIds)}) as site
    cross join lateral latency_points(site, ${boundsOf(window)}, ${points}::int) as p
    order by site, p.at`.execute(db)
  return rows
}
