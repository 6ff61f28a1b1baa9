import { sql } from 'kysely'
import type { Site } from '#shared/domain/site.ts'
import type { HashRange } from '#shared/domain/slot.ts'
import type { Trx } from './connect.ts'
import { heartbeatColumn } from './heartbeats.ts'

/** Sites whose row is as the scheduler last saw it are `valid`; new and changed ones are `pending`. */
export type ScheduledSite = Site & { readonly validity: 'pending' | 'valid' }

export type DueRange = HashRange & { readonly cadence: string }

const columns = sql`
  c.id, cadence.seconds as "cadenceSeconds", c.url, c.method, c.headers, c.body, c.timeout_ms as "timeoutMs",
  c.max_redirects as "maxRedirects", c.verify_tls as "verifyTls", c.expected_status as "expectedStatus",
  c.json_path as "jsonPath", c.body_regex as "bodyRegex", c.expected_value as "expectedValue",
  c.sla_ms as "slaMs", c.kind, c.basic_auth_user as "basicAuthUser",
  c.basic_auth_password_secret as "basicAuthPasswordSecret", c.bearer_token_secret as "bearerTokenSecret",
  c.host_header as "hostHeader", c.tls_server_name as "tlsServerName", c.tls_ca_file as "tlsCaFile",
  c.tls_client_cert_file as "tlsClientCertFile", c.tls_client_key_file as "tlsClientKeyFile",
  c.ip_family as "ipFamily", c.http_version as "httpVersion", ${heartbeatColumn} as heartbeat,
  c.expected_headers as "expectedHeaders", c.body_contains as "bodyContains",
  c.body_not_contains as "bodyNotContains", c.value_operator as "valueOperator",
  c.body_bytes_min as "bodyBytesMin", c.body_bytes_max as "bodyBytesMax", c.cert_days_min as "certDaysMin",
  c.sla_is_failure as "slaIsFailure", c.conditions, c.validity`

/** Enabled sites in any of the ranges, by the index `site_config_due`. */
export async function sitesInRanges(
  trx: Trx,
  ranges: readonly DueRange[],
): Promise<readonly ScheduledSite[]> {
  if (ranges.length === 0) return []
  const { rows } = await sql<ScheduledSite>`
    select ${columns}
    from unnest(
      ${sql.val(ranges.map((range) => range.cadence))}::text[],
      ${sql.val(ranges.map((range) => range.low))}::int8[],
      ${sql.val(ranges.map((range) => range.high))}::int8[]) as range (cadence, low, high)
    join site_config c on c.cadence = range.cadence and c.hash >= range.low and c.hash < range.high
    join cadence on cadence.name = c.cadence
    where c.enabled and c.validity <> 'invalid'`.execute(trx)
  return rows
}

/** The enabled ones of these sites. A row that was invalid is pending again once it was changed. */
export async function enabledSites(
  trx: Trx,
  ids: readonly number[],
): Promise<readonly ScheduledSite[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<ScheduledSite>`
    select ${columns}
    from site_config c join cadence on cadence.name = c.cadence
    where c.id = any(${sql.val([...ids])}::int8[]) and c.enabled and c.validity <> 'invalid'`.execute(
    trx,
  )
  return rows
}

export type Verdict = { readonly siteId: number; readonly invalidReason: string | null }

/**
 * Writes down which pending rows can be checked, and why the others cannot. A row that somebody
 * holds in a transaction of theirs stays pending: nobody's open session may stop the clock.
 */
export async function recordVerdicts(trx: Trx, verdicts: readonly Verdict[]): Promise<void> {
  if (verdicts.length === 0) return
  await sql`
    update site_config c
    set validity = case when verdict.reason is null then 'valid' else 'invalid' end, invalid_reason = verdict.reason
    from (
      select free.id, verdict.reason
      from unnest(
        ${sql.val(verdicts.map((verdict) => verdict.siteId))}::int8[],
        ${sql.val(verdicts.map((verdict) => verdict.invalidReason))}::text[]) as verdict (site_id, reason)
      join site_config free on free.id = verdict.site_id and free.validity = 'pending'
      for update of free skip locked) as verdict
    where c.id = verdict.id`.execute(trx)
}
