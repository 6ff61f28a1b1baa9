import type { ApiScope } from '#db/api-keys.ts'
import type { LoadedColumn, SiteValues } from '#db/loaded-columns.ts'
import type { LastResult, ShownCertificate, SiteRecord } from '#db/site-records.ts'
import { API_PREFIX, isoTime, isoTimeOrNull } from './operation.ts'

/** What stands in place of a value that is not for this key. */
export const MASK = '***'

/** What a key without the scope `write` does not see of a site: as little as the role of reports does. */
export const maskedColumns = [
  'headers',
  'body',
  'basic_auth_user',
  'basic_auth_password_secret',
  'bearer_token_secret',
  'tls_ca_file',
  'tls_client_cert_file',
  'tls_client_key_file',
  'alert_emails',
] as const satisfies readonly LoadedColumn[]

/** A site as the API tells it: what can be set as it is set, and what is only told beside it. */
export function siteJson(site: SiteRecord, scopes: readonly ApiScope[]): object {
  const { id, slug } = site
  return {
    id,
    slug,
    ...(scopes.includes('write') ? site.values : maskedValues(site)),
    state: site.state,
    state_since: isoTimeOrNull(site.stateSinceMs),
    invalid_reason: site.invalidReason,
    created_at: isoTime(site.createdAtMs),
    updated_at: isoTime(site.updatedAtMs),
    last: site.last && lastJson(site.last),
    certificate: site.certificate && certificateJson(site.certificate),
    self: `${API_PREFIX}/sites/${id}`,
  }
}

function maskedValues({ values, maskedUrl }: SiteRecord): object {
  const masked = maskedColumns.map((column) => [column, mask(values[column])])
  return { ...values, url: maskedUrl, ...Object.fromEntries(masked) }
}

/** Whether there is something, and of headers which, may be seen. */
function mask(value: SiteValues[(typeof maskedColumns)[number]]): unknown {
  if (value === null) return null
  if (typeof value === 'string') return MASK
  if (Array.isArray(value)) return value.map(() => MASK)
  return Object.fromEntries(Object.keys(value).map((name) => [name, MASK]))
}

function lastJson(last: LastResult): object {
  return {
    slot: isoTime(last.slotMs),
    checked_at: isoTime(last.checkedAtMs),
    result: last.result,
    failure: last.failure,
    message: last.message,
    status_code: last.statusCode,
    latency_ms: last.latencyMs,
    remote_address: last.remoteAddress,
    http_version: last.httpVersion,
    worker: last.worker,
  }
}

function certificateJson(certificate: ShownCertificate): object {
  return {
    subject: certificate.subject,
    issuer: certificate.issuer,
    fingerprint: certificate.fingerprint,
    expires_at: isoTimeOrNull(certificate.expiresAtMs),
    problem: certificate.problem,
  }
}
