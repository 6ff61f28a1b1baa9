import { sql } from 'kysely'
import type { Db } from './connect.ts'
import { boundsOf, sitesOf, type TimeWindow } from './time-window.ts'

export type Phase = 'dns' | 'connect' | 'tls' | 'ttfb' | 'total'

export type PhaseLatency = {
  readonly phase: Phase
  readonly checks: number
  readonly avgMs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** By phase, in the order they happen; a phase that no check of the window got to is left out. */
export async function latencyOf(
  db: Db,
  siteId: number,
  window: TimeWindow,
): Promise<readonly PhaseLatency[]> {
  const { rows } = await sql<PhaseLatency>`
    select phase, checks, avg_ms as "avgMs", p50_ms as "p50Ms", p95_ms as "p95Ms", p99_ms as "p99Ms", max_ms as "maxMs"
    from latency(${siteId}::bigint, ${boundsOf(window)})`.execute(db)
  return rows
}

export type LatencyPoint = {
  /** Where its part of the window begins. */
  readonly atMs: number
  readonly p50Ms: number
  readonly p95Ms: number
  /** Means of the checks that have the phase; null: none has. */
  readonly dnsMs: number | null
  readonly connectMs: number | null
  readonly tlsMs: number | null
  readonly ttfbMs: number | null
  readonly totalMs: number
  readonly checks: number
}

/** The window in `points` equal parts, oldest first, without those that nothing is known of. */
export async function latencyPoints(
  db: Db,
  siteId: number,
  window: TimeWindow,
  points: number,
): Promise<readonly LatencyPoint[]> {
  const { rows } = await sql<LatencyPoint>`
    select (extract(epoch from at) * 1000)::float8 as "atMs", p50_ms as "p50Ms", p95_ms as "p95Ms", dns_ms as "dnsMs",
      connect_ms as "connectMs", tls_ms as "tlsMs", ttfb_ms as "ttfbMs", total_ms as "totalMs", checks
    from latency_points(${siteId}::bigint, ${boundsOf(window)}, ${points}::int)`.execute(db)
  return rows
}

export type SiteLatency = Omit<PhaseLatency, 'phase'> & { readonly siteId: number }

/** Of whole checks, for each site with a check in the window; null: all sites. */
export async function fleetLatency(
  db: Db,
  window: TimeWindow,
  siteIds: readonly number[] | null = null,
): Promise<readonly SiteLatency[]> {
  const { rows } = await sql<SiteLatency>`
    select site_id as "siteId", checks, avg_ms as "avgMs", p50_ms as "p50Ms", p95_ms as "p95Ms", p99_ms as "p99Ms",
      max_ms as "maxMs"
    from fleet_latency(${boundsOf(window)}, ${sitesOf(siteIds)})`.execute(db)
  return rows
}
