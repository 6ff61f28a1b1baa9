import { sql } from 'kysely'
import type { Failure } from '#shared/domain/failure.ts'
import type { Db } from './connect.ts'
import type { AlertHold } from './outages.ts'

export type OutageWish = {
  /** Null: of all sites. */
  readonly siteIds: readonly number[] | null
  /** Those that have not ended, whenever they began. */
  readonly isOpenOnly: boolean
  /** Outages that lie in it, be it in part: `[fromMs, toMs)`. */
  readonly fromMs: number
  readonly toMs: number
  readonly limit: number
}

export type ListedOutage = {
  readonly outageId: string
  readonly siteId: number
  readonly siteName: string
  /** Without the token of a heartbeat. */
  readonly siteUrl: string
  readonly startedAtMs: number
  readonly detectedAtMs: number
  /** Null while it lasts. */
  readonly endedAtMs: number | null
  /** To its end, or to now. */
  readonly durationS: number
  readonly failure: Failure
  readonly message: string | null
  readonly statusCode: number | null
  readonly remoteAddress: string | null
  /** Why nobody was told of it; null: told, or about to be. */
  readonly heldBy: AlertHold | null
  /** Emails that say that it began. */
  readonly emails: number
  readonly emailsSent: number
  readonly emailsFailed: number
}

/** Outages, those that are open first, then the newest first. */
export async function listOutages(db: Db, wish: OutageWish): Promise<readonly ListedOutage[]> {
  const { siteIds, isOpenOnly, fromMs, toMs, limit } = wish
  const { rows } = await sql<ListedOutage>`
    select o.id as "outageId", o.site_id as "siteId", coalesce(c.name, s.url) as "siteName", s.url as "siteUrl",
      (extract(epoch from o.started_at) * 1000)::float8 as "startedAtMs",
      (extract(epoch from o.detected_at) * 1000)::float8 as "detectedAtMs",
      (extract(epoch from o.ended_at) * 1000)::float8 as "endedAtMs",
      extract(epoch from coalesce(o.ended_at, now()) - o.started_at)::float8 as "durationS",
      o.failure, o.message, o.status_code as "statusCode", o.remote_address as "remoteAddress",
      o.held_by as "heldBy", told.emails::int, told.sent::int as "emailsSent", told.failed::int as "emailsFailed"
    from outages o
    join sites s on s.site_id = o.site_id
    join site_config c on c.id = o.site_id
    cross join lateral (
      select count(*) as emails, count(n.sent_at) as sent, count(n.failed_at) as failed
      from notifications n where n.outage_id = o.id and n.kind in ('outage', 'flapping')) as told
    where (${siteIds === null}::bool or o.site_id = any (${sql.val(siteIds === null ? [] : [...siteIds])}::int8[]))
      and case when ${isOpenOnly}::bool then o.ended_at is null
        else o.started_at < ${new Date(toMs)} and coalesce(o.ended_at, 'infinity') > ${new Date(fromMs)} end
    order by o.ended_at is not null, o.started_at desc, o.id
    limit ${limit}`.execute(db)
  return rows
}
