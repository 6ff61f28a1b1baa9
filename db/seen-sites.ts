import { sql } from 'kysely'
import type { CheckKind } from '#shared/domain/check.ts'
import type { Failure } from '#shared/domain/failure.ts'
import type { Outcome } from '#shared/domain/result.ts'
import type { Db } from './connect.ts'

/** A site that is watched, by its newest check. Durations in milliseconds; null: not reached, or not of its kind. */
export type SeenSite = {
  readonly siteId: number
  readonly name: string | null
  readonly url: string
  readonly kind: CheckKind
  readonly result: Outcome
  readonly failure: Failure | null
  readonly statusCode: number | null
  readonly latencyMs: number | null
  readonly dnsMs: number | null
  readonly connectMs: number | null
  readonly tlsMs: number | null
  readonly ttfbMs: number | null
  /** Requests of the check, redirects among them; null: one at most. */
  readonly hops: number | null
  readonly httpVersion: string | null
  readonly remoteAddress: string | null
  readonly certExpiresAtMs: number | null
}

/** What was not seen for longer says nothing of now. */
const CADENCES_MAX = 3

/** All sites that were seen within three of their cadences, by id. */
export async function readSeenSites(db: Db): Promise<readonly SeenSite[]> {
  const { rows } = await sql<SeenSite>`
    select s.site_id as "siteId", c.name, s.url, c.kind, s.last_result as result, s.last_failure as failure,
      s.last_status_code as "statusCode", s.last_latency_ms as "latencyMs",
      p.dns_ms as "dnsMs", p.connect_ms as "connectMs", p.tls_ms as "tlsMs", p.ttfb_ms as "ttfbMs",
      jsonb_array_length(p.hops) as hops, s.last_http_version as "httpVersion",
      s.last_remote_address as "remoteAddress",
      (extract(epoch from s.cert_expires_at) * 1000)::float8 as "certExpiresAtMs"
    from sites s
    join site_config c on c.id = s.site_id
    join cadence on cadence.name = c.cadence
    left join lateral (
      select dns_ms, connect_ms, tls_ms, ttfb_ms, hops from ping_status p
      where p.site_id = s.site_id and p.slot = s.last_slot) as p on true
    where c.enabled and s.last_result is not null
      and s.last_checked_at > now() - make_interval(secs => ${sql.lit(CADENCES_MAX)} * cadence.seconds)
    order by s.site_id`.execute(db)
  return rows
}
