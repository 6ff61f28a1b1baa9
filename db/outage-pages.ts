import { sql } from 'kysely'
import type { Db } from './connect.ts'
import type { ListedOutage } from './outage-report.ts'
import type { TimeWindow } from './time-window.ts'

/** Outages that were under way at any time of the window. */
export type OutagePageWish = TimeWindow & {
  /** Null: of all sites. */
  readonly siteId: number | null
  /** Those that have not ended alone. */
  readonly isOpenOnly: boolean
  /** The last one of the page before. */
  readonly before: OutagePlace | null
  readonly limit: number
}

export type OutagePlace = { readonly startedAtMs: number; readonly id: string }

/** By their beginning, the newest first: what begins meanwhile is on no later page. */
export async function readOutagePage(
  db: Db,
  { siteId, isOpenOnly, fromMs, toMs, before, limit }: OutagePageWish,
): Promise<readonly ListedOutage[]> {
  const isOfSite = siteId === null ? sql`true` : sql`site_id = ${siteId}`
  const isBefore =
    before === null
      ? sql`true`
      : sql`(started_at, outage_id) < (${new Date(before.startedAtMs)}, ${before.id}::uuid)`
  const { rows } = await sql<ListedOutage>`
    select outage_id as "outageId", site_id as "siteId", site_name as "siteName", url,
      (extract(epoch from started_at) * 1000)::float8 as "startedAtMs",
      (extract(epoch from detected_at) * 1000)::float8 as "detectedAtMs",
      (extract(epoch from ended_at) * 1000)::float8 as "endedAtMs",
      duration_s as "durationS", failure, message, held_by as "heldBy"
    from outage_list
    where ${isOfSite} and (ended_at is null or not ${isOpenOnly}::bool)
      and started_at < ${new Date(toMs)} and coalesce(ended_at, 'infinity') > ${new Date(fromMs)} and ${isBefore}
    order by started_at desc, outage_id desc limit ${limit}`.execute(db)
  return rows
}
