import { sql } from 'kysely'
import type { Failure } from '#shared/domain/failure.ts'
import type { Db } from './connect.ts'
import type { AlertHold } from './outages.ts'
import { boundsOf, sitesOf, type TimeWindow } from './time-window.ts'

export type ListedOutage = {
  readonly outageId: string
  readonly siteId: number
  /** Its name or, without one, its URL. */
  readonly siteName: string
  readonly url: string
  readonly startedAtMs: number
  readonly detectedAtMs: number
  /** Null: it is open. */
  readonly endedAtMs: number | null
  /** So far, of an open one. */
  readonly durationS: number
  readonly failure: Failure
  readonly message: string | null
  /** Why nobody was told of it; null: told. */
  readonly heldBy: AlertHold | null
}

/** Outages that were under way at any time of the window, newest first, at most `limit`. */
export async function listOutages(
  db: Db,
  window: TimeWindow,
  options: { readonly siteIds?: readonly number[]; readonly limit: number },
): Promise<readonly ListedOutage[]> {
  const { rows } = await sql<ListedOutage>`
    select outage_id as "outageId", site_id as "siteId", site_name as "siteName", url,
      (extract(epoch from started_at) * 1000)::float8 as "startedAtMs",
      (extract(epoch from detected_at) * 1000)::float8 as "detectedAtMs",
      (extract(epoch from ended_at) * 1000)::float8 as "endedAtMs",
      duration_s as "durationS", failure, message, held_by as "heldBy"
    from outage_list
    where started_at < ${new Date(window.toMs)} and coalesce(ended_at, 'infinity') > ${new Date(window.fromMs)}
      and (${sitesOf(options.siteIds ?? null)} is null or site_id = any (${sitesOf(options.siteIds ?? null)}))
    order by started_at desc, outage_id limit ${options.limit}`.execute(db)
  return rows
}

/** Of the outages that began in the window. */
export type OutageStats = {
  readonly siteId: number
  readonly outages: number
  /** Seen down within the window, as `uptime` has it. */
  readonly downS: number
  /** Mean time until they were over; null: none is over. */
  readonly mttrS: number | null
  /** Time seen up for each of them; null: there was none. */
  readonly mtbfS: number | null
  readonly longestS: number | null
  /** Whether one is open now. */
  readonly open: boolean
}

/** Per site; null: all sites. */
export async function outageStats(
  db: Db,
  window: TimeWindow,
  siteIds: readonly number[] | null = null,
): Promise<readonly OutageStats[]> {
  const { rows } = await sql<OutageStats>`
    select site_id as "siteId", outages, down_s as "downS", mttr_s as "mttrS", mtbf_s as "mtbfS",
      longest_s as "longestS", open
    from outage_stats(${boundsOf(window)}, ${sitesOf(siteIds)})`.execute(db)
  return rows
}
