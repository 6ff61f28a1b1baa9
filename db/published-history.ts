import { sql } from 'kysely'
import type { Db } from './connect.ts'

/** How often sites answered in how much time, for small charts of many sites at once. */

export type LatencyRow = { readonly siteId: number; readonly p50Ms: number | null }

/**
 * Medians of each site over the last `hours`, in `points` equal stretches, the oldest first; null
 * where there were no results.
 */
export async function readLatencies(
  db: Db,
  siteIds: readonly number[],
  { hours, points }: { readonly hours: number; readonly points: number },
): Promise<ReadonlyMap<number, readonly (number | null)[]>> {
  const { rows } = await sql<{ siteId: number; latencies: (number | null)[] }>`
    select site as "siteId", array_agg(p.p50_ms::float8 order by p.at) as latencies
    from unnest(${sql.val(siteIds)}::int8[]) as site
    cross join lateral latency_points(site, now() - make_interval(hours => ${hours}), now(), ${points}) as p
    group by site`.execute(db)
  return new Map(rows.map(({ siteId, latencies }) => [siteId, latencies]))
}
