import { sql } from 'kysely'
import type { CheckKind, Occasion } from '#shared/domain/check.ts'
import type { Failure } from '#shared/domain/failure.ts'
import type { Outcome } from '#shared/domain/result.ts'
import type { Db } from './connect.ts'
import { type FleetState, fleetState } from './fleet.ts'
import type { TimeWindow } from './time-window.ts'

/** All that is known of one site as it is now. Instants are epoch milliseconds. */
export type SiteNow = {
  readonly id: number
  /** By the database's clock. */
  readonly nowMs: number
  readonly name: string
  /** Without the token of a heartbeat. */
  readonly url: string
  readonly kind: CheckKind
  readonly slug: string
  readonly tags: readonly string[]
  readonly cadence: string
  readonly cadenceSeconds: number
  readonly enabled: boolean
  readonly invalidReason: string | null
  readonly published: boolean
  readonly failureThreshold: number
  readonly recoveryThreshold: number
  readonly alertEmails: readonly string[]
  readonly slaMs: number | null
  readonly state: FleetState
  readonly sinceMs: number | null
  readonly streak: number
  readonly flappingSinceMs: number | null
  readonly lastCheckedAtMs: number | null
  readonly lastResult: Outcome | null
  readonly lastFailure: Failure | null
  readonly lastMessage: string | null
  readonly lastStatusCode: number | null
  readonly lastLatencyMs: number | null
  readonly lastRemoteAddress: string | null
  readonly lastHttpVersion: string | null
  readonly lastWorker: string | null
  readonly certExpiresAtMs: number | null
  readonly certSubject: string | null
  readonly certIssuer: string | null
  readonly certError: string | null
  /** When the job last called, of a heartbeat that has. */
  readonly lastBeatAtMs: number | null
  /** A check outside of its slots that waits; null: none does. */
  readonly waitingFor: Exclude<Occasion, 'slot'> | null
  /** The title of planned work that is under way; null: none is. */
  readonly maintenance: string | null
  readonly parents: readonly Relative[]
  readonly dependents: readonly Relative[]
}

/** A site that another waits for. */
export type Relative = { readonly id: number; readonly name: string; readonly state: FleetState }

const ms = (column: string) => sql`(extract(epoch from ${sql.ref(column)}) * 1000)::float8`
const RELATIVES_SHOWN_MAX = 50

/** Null: there is no such site. */
export async function readSiteNow(db: Db, id: number): Promise<SiteNow | null> {
  const { rows } = await sql<SiteNow>`
    select c.id, (extract(epoch from now()) * 1000)::float8 as "nowMs", coalesce(c.name, s.url) as name, s.url,
      c.kind, c.slug, c.tags, c.cadence, cadence.seconds as "cadenceSeconds", c.enabled,
      c.invalid_reason as "invalidReason", c.published, c.failure_threshold as "failureThreshold",
      c.recovery_threshold as "recoveryThreshold", c.alert_emails as "alertEmails", c.sla_ms as "slaMs",
      ${fleetState} as state, ${ms('s.status_since')} as "sinceMs", s.streak,
      ${ms('s.flapping_since')} as "flappingSinceMs", ${ms('s.last_checked_at')} as "lastCheckedAtMs",
      s.last_result as "lastResult", s.last_failure as "lastFailure", s.last_message as "lastMessage",
      s.last_status_code as "lastStatusCode", s.last_latency_ms as "lastLatencyMs",
      s.last_remote_address as "lastRemoteAddress", s.last_http_version as "lastHttpVersion",
      s.last_worker as "lastWorker", ${ms('s.cert_expires_at')} as "certExpiresAtMs",
      s.cert_subject as "certSubject", s.cert_issuer as "certIssuer", s.cert_error as "certError",
      ${ms('h.last_beat_at')} as "lastBeatAtMs", r.occasion as "waitingFor",
      (select m.title from maintenance m
        where ((m.site_ids = '{}' and m.tags = '{}') or c.id = any (m.site_ids) or m.tags && c.tags)
          and exists (select from maintenance_occurrences(m, now())) order by m.id limit 1) as maintenance,
      ${relatives(id, 'parent_id', 'site_id')} as parents, ${relatives(id, 'site_id', 'parent_id')} as dependents
    from site_config c join sites s on s.site_id = c.id join cadence on cadence.name = c.cadence
    left join heartbeats h on h.site_id = c.id left join check_request r on r.site_id = c.id
    where c.id = ${id}`.execute(db)
  return rows[0] ?? null
}

type DependencyEnd = 'parent_id' | 'site_id'

/** The sites at the other end of `depends_on`, by name. */
function relatives(siteId: number, other: DependencyEnd, own: DependencyEnd) {
  return sql`(select coalesce(json_agg(relative order by name), '[]') from (
    select c.id, coalesce(c.name, s.url) as name, ${fleetState} as state
    from depends_on d join site_config c on c.id = ${sql.ref(`d.${other}`)}
    join sites s on s.site_id = c.id join cadence on cadence.name = c.cadence
    where ${sql.ref(`d.${own}`)} = ${siteId} limit ${sql.lit(RELATIVES_SHOWN_MAX)}) as relative)`
}

/** How many results of a site a part of a window has, by what they are. */
export type TimelinePart = {
  readonly ups: number
  readonly downs: number
  readonly inconclusives: number
}

/** A window in so many equal parts, oldest first. */
export async function readTimeline(
  db: Db,
  siteId: number,
  { fromMs, toMs }: TimeWindow,
  parts: number,
): Promise<readonly TimelinePart[]> {
  const { rows } = await sql<TimelinePart & { part: number }>`
    select floor((extract(epoch from slot) * 1000 - ${fromMs}::float8) / ${(toMs - fromMs) / parts}::float8)::int as part,
      count(*) filter (where result = 'up') as ups, count(*) filter (where result = 'down') as downs,
      count(*) filter (where result = 'inconclusive') as inconclusives
    from ping_status
    where site_id = ${siteId} and slot >= ${new Date(fromMs)} and slot < ${new Date(toMs)}
    group by part`.execute(db)
  const byPart = new Map(rows.map(({ part, ...counts }) => [part, counts]))
  const nothing: TimelinePart = { ups: 0, downs: 0, inconclusives: 0 }
  return Array.from({ length: parts }, (_, part) => byPart.get(part) ?? nothing)
}
