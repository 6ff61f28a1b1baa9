import { sql } from 'kysely'
import type { Failure } from '#shared/domain/failure.ts'
import type { Db } from './connect.ts'
import type { AlertHold } from './outages.ts'

export type OutagePageWish = {
  /** Null: of all sites. */
  readonly siteId: number | null
  readonly isOpenOnly: boolean
  /** Outages that lie in `[fromMs, toMs)`, be it in part. */
  readonly fromMs: number
  readonly toMs: number
  /** The last one of the page before. */
  readonly before: OutagePlace | null
  readonly limit: number
}

export type OutagePlace = { readonly startedAtMs: number; readonly id: string }

/** Instants are epoch milliseconds. */
export type OutageSummary = {
  readonly id: string
  readonly siteId: number
  readonly siteName: string
  /** Without the token of a heartbeat. */
  readonly siteUrl: string
  readonly startedAtMs: number
  readonly detectedAtMs: number
  /** Null: it lasts. */
  readonly endedAtMs: number | null
  /** To its end, or to now. */
  readonly durationS: number
  readonly failure: Failure
  readonly message: string | null
  readonly heldBy: AlertHold | null
}

const ms = (column: string) => sql`(extract(epoch from ${sql.ref(column)}) * 1000)::float8`

/** Outages by their beginning, the newest first: what begins meanwhile is on no later page. */
export async function readOutagePage(
  db: Db,
  { siteId, isOpenOnly, fromMs, toMs, before, limit }: OutagePageWish,
): Promise<readonly OutageSummary[]> {
  const ofSite = siteId === null ? sql`true` : sql`o.site_id = ${siteId}`
  const isBefore =
    before === null
      ? sql`true`
      : sql`(o.started_at, o.id) < (${new Date(before.startedAtMs)}, ${before.id}::uuid)`
  const { rows } = await sql<OutageSummary>`
    select o.id, o.site_id as "siteId", coalesce(c.name, s.url) as "siteName", s.url as "siteUrl",
      ${ms('o.started_at')} as "startedAtMs", ${ms('o.detected_at')} as "detectedAtMs", ${ms('o.ended_at')} as "endedAtMs",
      extract(epoch from coalesce(o.ended_at, now()) - o.started_at)::float8 as "durationS",
      o.failure, o.message, o.held_by as "heldBy"
    from outages o join site_config c on c.id = o.site_id join sites s on s.site_id = o.site_id
    where ${ofSite} and (o.ended_at is null or not ${isOpenOnly}::bool)
      and o.started_at < ${new Date(toMs)} and coalesce(o.ended_at, 'infinity') > ${new Date(fromMs)} and ${isBefore}
    order by o.started_at desc, o.id desc limit ${limit}`.execute(db)
  return rows
}
