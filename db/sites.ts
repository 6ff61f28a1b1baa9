import { sql } from 'kysely'
import type { Health, Thresholds } from '#shared/domain/health.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import type { Trx } from './connect.ts'

/** A site as the consumer takes it up: what it remembers, and what its owner asked for. */
export type SiteState = {
  readonly siteId: number
  readonly name: string
  readonly url: string
  readonly health: Health
  readonly thresholds: Thresholds
  /** Empty: the recipients that the consumer is set up with. */
  readonly alertEmails: readonly string[]
  /** After how long the first result that contradicts the status is looked at again; 0: never. */
  readonly recheckAfterSeconds: number
  /** Since when its single outages are not told of, because there are so many. */
  readonly flappingSinceMs: number | null
}

type StateRow = {
  site_id: number
  name: string
  url: string
  status: Health['status']
  since: number | null
  streak: number
  streak_since: number | null
  last_slot: number | null
  failure: number
  recovery: number
  emails: string[]
  recheck_after_s: number
  flapping_since: number | null
}

/** Locks the sites for this transaction, in the order of their ids so that two consumers cannot deadlock. */
export async function lockSites(
  trx: Trx,
  siteIds: readonly number[],
): Promise<ReadonlyMap<number, SiteState>> {
  const { rows } = await sql<StateRow>`
    select s.site_id, coalesce(c.name, s.url) as name, s.url, s.status,
      date_part('epoch', s.status_since) * 1000 as since,
      s.streak, date_part('epoch', s.streak_since) * 1000 as streak_since,
      date_part('epoch', s.last_slot) * 1000 as last_slot,
      c.failure_threshold as failure, c.recovery_threshold as recovery, c.alert_emails as emails,
      c.recheck_after_s, date_part('epoch', s.flapping_since) * 1000 as flapping_since
    from sites s join site_config c on c.id = s.site_id
    where s.site_id = any(${sql.val([...siteIds])}::int8[])
    order by s.site_id
    for no key update of s`.execute(trx)
  return new Map(rows.map((row) => [row.site_id, toState(row)]))
}

function toState(row: StateRow): SiteState {
  return {
    siteId: row.site_id,
    name: row.name,
    url: row.url,
    health: {
      status: row.status,
      statusSinceMs: wholeMs(row.since),
      streak: row.streak,
      streakSinceMs: wholeMs(row.streak_since),
      lastSlotMs: wholeMs(row.last_slot),
    },
    thresholds: { failure: row.failure, recovery: row.recovery },
    alertEmails: row.emails,
    recheckAfterSeconds: row.recheck_after_s,
    flappingSinceMs: wholeMs(row.flapping_since),
  }
}

function wholeMs(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms)
}

/** A site's new memory and the newest result, which the `last_` columns show. */
export type SiteUpdate = {
  readonly siteId: number
  readonly health: Health
  readonly newest: CheckResult | null
}

/** Writes many sites in one statement. Without `newest` the `last_` columns stay as they are. */
export async function updateSites(trx: Trx, updates: readonly SiteUpdate[]): Promise<void> {
  if (updates.length === 0) return
  const column = <T>(pick: (update: SiteUpdate) => T) => sql.val(updates.map(pick))
  await sql`
    update sites s set
      status = u.status, status_since = to_timestamp(u.since / 1000), streak = u.streak,
      streak_since = to_timestamp(u.streak_since / 1000), last_slot = to_timestamp(u.last_slot / 1000),
      last_checked_at = coalesce(to_timestamp(u.checked_at / 1000), s.last_checked_at),
      last_result = coalesce(u.result, s.last_result),
      last_failure = case when u.result is null then s.last_failure else u.failure end,
      last_status_code = case when u.result is null then s.last_status_code else u.status_code end,
      last_latency_ms = case when u.result is null then s.last_latency_ms else u.latency_ms end,
      last_message = case when u.result is null then s.last_message else u.message end,
      last_remote_address = case when u.result is null then s.last_remote_address else u.remote_address end,
      last_http_version = case when u.result is null then s.last_http_version else u.http_version end,
      last_worker = coalesce(u.worker, s.last_worker),
      cert_expires_at = coalesce(to_timestamp(u.cert_expires / 1000), s.cert_expires_at),
      cert_subject = coalesce(u.cert_subject, s.cert_subject),
      cert_issuer = coalesce(u.cert_issuer, s.cert_issuer),
      cert_fingerprint = coalesce(u.cert_fingerprint, s.cert_fingerprint),
      cert_error = case when u.cert_fingerprint is null then s.cert_error else u.cert_error end,
      last_updated = now()
    from unnest(
      ${column((u) => u.siteId)}::int8[], ${column((u) => u.health.status)}::text[],
      ${column((u) => u.health.statusSinceMs)}::float8[], ${column((u) => u.health.streak)}::int[],
      ${column((u) => u.health.streakSinceMs)}::float8[], ${column((u) => u.health.lastSlotMs)}::float8[],
      ${column((u) => u.newest?.checkedAtMs ?? null)}::float8[], ${column((u) => u.newest?.result ?? null)}::text[],
      ${column((u) => u.newest?.failure ?? null)}::text[], ${column((u) => u.newest?.statusCode ?? null)}::int[],
      ${column((u) => u.newest?.latencyMs ?? null)}::real[],
      ${column((u) => u.newest?.message ?? null)}::text[], ${column((u) => u.newest?.remoteAddress ?? null)}::text[],
      ${column((u) => u.newest?.httpVersion ?? null)}::text[], ${column((u) => u.newest?.worker ?? null)}::text[],
      ${column((u) => u.newest?.certExpiresAtMs ?? null)}::float8[],
      ${column((u) => u.newest?.certificate?.subject ?? null)}::text[],
      ${column((u) => u.newest?.certificate?.issuer ?? null)}::text[],
      ${column((u) => u.newest?.certificate?.fingerprint ?? null)}::text[],
      ${column((u) => u.newest?.certificate?.chainError ?? null)}::text[]
    ) as u (site_id, status, since, streak, streak_since, last_slot, checked_at, result, failure, status_code,
      latency_ms, message, remote_address, http_version, worker, cert_expires, cert_subject, cert_issuer,
      cert_fingerprint, cert_error)
    where s.site_id = u.site_id`.execute(trx)
}

/** Marks sites as flapping from now on. */
export async function startFlapping(trx: Trx, siteIds: readonly number[]): Promise<void> {
  if (siteIds.length === 0) return
  await sql`
    update sites set flapping_since = now()
    where site_id = any(${sql.val([...siteIds])}::int8[]) and flapping_since is null`.execute(trx)
}

/** Ends the flapping of sites whose status has held for this long, and resolves to them. */
export async function endFlapping(trx: Trx, calmSeconds: number): Promise<readonly number[]> {
  const { rows } = await sql<{ site_id: number }>`
    with calm as (
      select site_id from sites
      where flapping_since is not null and streak = 0
        and greatest(status_since, flapping_since) < now() - make_interval(secs => ${calmSeconds})
      order by site_id for no key update skip locked
    )
    update sites s set flapping_since = null from calm where s.site_id = calm.site_id
    returning s.site_id`.execute(trx)
  return rows.map((row) => row.site_id)
}
