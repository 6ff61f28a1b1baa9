import { sql } from 'kysely'
import type { Failure } from '#shared/domain/failure.ts'
import type { Outcome } from '#shared/domain/result.ts'
import type { Db } from './connect.ts'
import type { NotificationKind } from './notifications.ts'

/**
 * What the live view shows, read once a second. Everything but the emails comes from `sites`, one
 * row per site: `ping_status` has a row per check and would cost more the longer it runs.
 */
export type LiveView = {
  /** The database's clock, which the instants are to be compared with. */
  readonly nowMs: number
  readonly totals: Totals
  readonly sites: readonly LiveSite[]
  readonly emails: readonly LiveEmail[]
}

export type Totals = {
  readonly up: number
  readonly down: number
  readonly unknown: number
  readonly disabled: number
  readonly invalid: number
  readonly openOutages: number
  /** Checks recorded in the last 10 s. A site at a faster cadence than that counts once. */
  readonly checksPerSecond: number
  /** From slot to start, over the newest check of each site in the last minute; null: there was none. */
  readonly latenessP50Ms: number | null
  readonly latenessP99Ms: number | null
  /** Check jobs that wait for a worker. */
  readonly queuedChecks: number
  /** Batches of results that wait for the consumer, where the stream is Postgres. */
  readonly queuedResults: number
}

export type LiveSite = {
  readonly name: string
  readonly status: 'up' | 'down' | 'unknown' | 'invalid'
  readonly sinceMs: number | null
  readonly lastResult: Outcome | null
  readonly lastFailure: Failure | null
  readonly lastLatencyMs: number | null
  readonly invalidReason: string | null
}

export type LiveEmail = {
  readonly kind: NotificationKind
  readonly siteName: string
  readonly recipient: string
  readonly queuedAtMs: number
  readonly sentAtMs: number | null
  readonly failedAtMs: number | null
}

const EMAILS_SHOWN = 5
const RATE_SECONDS = 10

/** Reads it all in one moment; `siteLimit` sites, worst first. */
export async function readLiveView(db: Db, siteLimit: number): Promise<LiveView> {
  const [{ nowMs, ...totals }, sites, emails] = await Promise.all([
    readTotals(db),
    readWorstSites(db, siteLimit),
    readLastEmails(db),
  ])
  return { nowMs, totals, sites, emails }
}

async function readTotals(db: Db): Promise<Totals & { readonly nowMs: number }> {
  const isWatched = sql`c.enabled and c.validity <> 'invalid'`
  const isRecent = sql`s.last_checked_at > now() - interval '1 minute'`
  const latenessMs = sql`extract(epoch from s.last_checked_at - s.last_slot) * 1000`
  const { rows } = await sql<Totals & { nowMs: number }>`
    select (extract(epoch from now()) * 1000)::float8 as "nowMs",
      count(*) filter (where ${isWatched} and s.status = 'up') as up,
      count(*) filter (where ${isWatched} and s.status = 'down') as down,
      count(*) filter (where ${isWatched} and s.status = 'unknown') as unknown,
      count(*) filter (where not c.enabled) as disabled,
      count(*) filter (where c.enabled and c.validity = 'invalid') as invalid,
      (select count(*) from outages where ended_at is null) as "openOutages",
      (count(*) filter (where s.last_checked_at > now() - make_interval(secs => ${sql.lit(RATE_SECONDS)})))::float8
        / ${sql.lit(RATE_SECONDS)} as "checksPerSecond",
      (percentile_cont(0.5) within group (order by ${latenessMs}) filter (where ${isRecent}))::float8 as "latenessP50Ms",
      (percentile_cont(0.99) within group (order by ${latenessMs}) filter (where ${isRecent}))::float8 as "latenessP99Ms",
      (select count(*) from pgboss.job where name in ('check', 'recheck') and state < 'active') as "queuedChecks",
      (select count(*) from pgboss.job where name = 'result' and state < 'active') as "queuedResults"
    from sites s join site_config c on c.id = s.site_id`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('an aggregate without a row')
  return row
}

/** Down first, and of those the newest; then what begins to fail, what was never seen, and what is up. */
async function readWorstSites(db: Db, limit: number): Promise<readonly LiveSite[]> {
  const { rows } = await sql<LiveSite>`
    select coalesce(c.name, s.url) as name,
      case when c.validity = 'invalid' then 'invalid' else s.status end as status,
      (extract(epoch from s.status_since) * 1000)::float8 as "sinceMs", s.last_result as "lastResult",
      s.last_failure as "lastFailure", s.last_latency_ms as "lastLatencyMs", c.invalid_reason as "invalidReason"
    from sites s join site_config c on c.id = s.site_id
    where c.enabled
    order by case
        when s.status = 'down' then 0 when c.validity = 'invalid' then 1 when s.streak > 0 then 2
        when s.last_result = 'inconclusive' then 3 when s.status = 'unknown' then 4 else 5 end,
      s.status_since desc nulls last, c.id
    limit ${limit}`.execute(db)
  return rows
}

async function readLastEmails(db: Db): Promise<readonly LiveEmail[]> {
  const { rows } = await sql<LiveEmail>`
    select kind, coalesce(facts ->> 'siteName', '') as "siteName", recipient,
      (extract(epoch from queued_at) * 1000)::float8 as "queuedAtMs",
      (extract(epoch from sent_at) * 1000)::float8 as "sentAtMs",
      (extract(epoch from failed_at) * 1000)::float8 as "failedAtMs"
    from notifications order by id desc limit ${sql.lit(EMAILS_SHOWN)}`.execute(db)
  return rows
}
