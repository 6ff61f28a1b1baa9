import { sql } from 'kysely'
import type { Db } from './connect.ts'
import type { ListedOutage } from './outage-report.ts'
import { sitesOf, type TimeWindow } from './time-window.ts'

export type ToldOutageQuery = TimeWindow & {
  /** Default: of all sites. */
  readonly siteIds?: readonly number[]
  /** Of those that were under way at any time of the window, only those that are open still. */
  readonly isOpenOnly: boolean
  readonly limit: number
}

/** An outage, and who was told. */
export type ToldOutage = ListedOutage & {
  readonly statusCode: number | null
  readonly remoteAddress: string | null
  /** Emails that say that it began. */
  readonly emails: number
  readonly emailsSent: number
  readonly emailsFailed: number
}

/** Outages, those that are open first, then the newest first. */
export async function toldOutages(
  db: Db,
  { fromMs, toMs, siteIds, isOpenOnly, limit }: ToldOutageQuery,
): Promise<readonly ToldOutage[]> {
  const only = sitesOf(siteIds ?? null)
  const { rows } = await sql<ToldOutage>`
    select o.outage_id as "outageId", o.site_id as "siteId", o.site_name as "siteName", o.url,
      (extract(epoch from o.started_at) * 1000)::float8 as "startedAtMs",
      (extract(epoch from o.detected_at) * 1000)::float8 as "detectedAtMs",
      (extract(epoch from o.ended_at) * 1000)::float8 as "endedAtMs",
      o.duration_s as "durationS", o.failure, o.message, o.status_code as "statusCode",
      o.remote_address as "remoteAddress", o.held_by as "heldBy",
      told.emails, told.sent as "emailsSent", told.failed as "emailsFailed"
    from outage_list o
    cross join lateral (
      select count(*) as emails, count(n.sent_at) as sent, count(n.failed_at) as failed
      from notifications n where n.outage_id = o.outage_id and n.kind in ('outage', 'flapping')) as told
    where (${only} is null or o.site_id = any (${only}))
      and o.started_at < ${new Date(toMs)} and coalesce(o.ended_at, 'infinity') > ${new Date(fromMs)}
      and (o.ended_at is null or not ${isOpenOnly}::bool)
    order by o.ended_at is not null, o.started_at desc, o.outage_id
    limit ${limit}`.execute(db)
  return rows
}
