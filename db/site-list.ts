import { sql } from 'kysely'
import type { CheckKind } from '#shared/domain/check.ts'
import type { Failure } from '#shared/domain/failure.ts'
import type { Outcome } from '#shared/domain/result.ts'
import type { Db } from './connect.ts'

/** What a site is, in one word: `paused` and `invalid` are not watched. */
export const siteStates = ['down', 'invalid', 'unknown', 'up', 'paused'] as const
export type SiteState = (typeof siteStates)[number]

export type SiteListWish = {
  /** Sites with any of these; empty: whatever their tags. */
  readonly tags: readonly string[]
  readonly states: readonly SiteState[]
  /** A part of the name or of the URL, in capital letters or not. */
  readonly search: string | null
  readonly limit: number
}

export type ListedSite = {
  readonly id: number
  readonly slug: string
  readonly name: string | null
  /** Of a heartbeat without most of its token. */
  readonly url: string
  readonly kind: CheckKind
  readonly cadence: string
  readonly state: SiteState
  readonly invalidReason: string | null
  /** Since when it is up or down. */
  readonly since: Date | null
  readonly lastCheckedAt: Date | null
  readonly lastResult: Outcome | null
  readonly lastFailure: Failure | null
  readonly lastMessage: string | null
  readonly lastStatusCode: number | null
  readonly lastLatencyMs: number | null
  readonly tags: readonly string[]
  readonly published: boolean
}

export type SiteList = {
  readonly sites: readonly ListedSite[]
  /** How many fit, shown or not. */
  readonly total: number
}

const state = sql<SiteState>`case when not c.enabled then 'paused' when c.validity = 'invalid' then 'invalid' else s.status end`

/** Worst first: down, invalid, unknown, up, paused; those alike in the order of their ids. */
export async function listSites(db: Db, wish: SiteListWish): Promise<SiteList> {
  const { tags, states, search, limit } = wish
  const { rows } = await sql<ListedSite & { total: number }>`
    select c.id, c.slug, c.name, s.url, c.kind, c.cadence, ${state} as state, c.invalid_reason as "invalidReason",
      s.status_since as since, s.last_checked_at as "lastCheckedAt", s.last_result as "lastResult",
      s.last_failure as "lastFailure", s.last_message as "lastMessage", s.last_status_code as "lastStatusCode",
      s.last_latency_ms as "lastLatencyMs", c.tags, c.published, count(*) over () as total
    from site_config c join sites s on s.site_id = c.id
    where (${tags.length === 0} or c.tags && ${sql.val([...tags])}::text[])
      and (${states.length === 0} or ${state} = any(${sql.val([...states])}::text[]))
      and strpos(lower(coalesce(c.name, '') || ' ' || s.url), lower(${search ?? ''})) > 0
    order by array_position(${sql.val([...siteStates])}::text[], ${state}), c.id
    limit ${limit}`.execute(db)
  const sites = rows.map(({ total, ...site }) => site)
  return { sites, total: rows[0]?.total ?? 0 }
}
