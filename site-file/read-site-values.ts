import type { SiteValues } from '#db/loaded-columns.ts'
import { valueOperators } from '#shared/domain/check.ts'
import { isEmailAddress } from '#shared/domain/email-address.ts'
import type { FieldReader } from './field-reader.ts'
import { readUrl } from './read-url.ts'

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
const ipFamilies = ['any', 'ipv4', 'ipv6'] as const
const httpVersions = ['1.1', '2', 'auto'] as const

const BODY_BYTES_MAX = 65_536
const ANSWER_BYTES_MAX = 1_048_576
const LONG_TEXT_MAX = 1_000
const INT_MAX = 2_147_483_647
const YEAR_SECONDS = 31_536_000

/** A file of SECRETS_DIR: a name that leads nowhere else. */
const fileName = {
  maxLength: 100,
  must: {
    match: /^[A-Za-z0-9][A-Za-z0-9_.-]*$/,
    reason: 'be the name of a file in SECRETS_DIR, without a path',
  },
}

/**
 * Reads all columns of a site, by the same rules as the constraints of its table; what is left out
 * has the table's default.
 */
export function readSiteValues(read: FieldReader, cadences: ReadonlySet<string>): SiteValues {
  return {
    name: read.optionalText('name', {
      maxLength: 200,
      must: { match: /^[^\p{Cc}]+$/u, reason: 'not hold control characters' },
    }),
    ...readUrl(read),
    cadence: read.oneOf('cadence', [...cadences], '5m'),
    enabled: read.flag('enabled', true),
    ...readRequest(read),
    ...readCredentials(read),
    ...readTls(read),
    ...readExpectation(read),
    ...readBodyRules(read),
    ...readAlerting(read),
    tags: read.list('tags', { maxLength: 100 }),
    ...readPromise(read),
  }
}

/** What is promised of a site, and what others may see of it. */
function readPromise(read: FieldReader) {
  const onOneLine = { match: /^[^\p{Cc}]+$/u, reason: 'not hold control characters' }
  return {
    slo_target: read.optionalShare('slo_target'),
    published: read.flag('published', false),
    public_name: read.optionalText('public_name', { maxLength: 200, must: onOneLine }),
    page_group: read.optionalText('page_group', { maxLength: 100, must: onOneLine }),
  }
}

function readRequest(read: FieldReader) {
  return {
    method: read.oneOf('method', methods, 'GET'),
    headers: read.object('headers'),
    body: readBody(read),
    timeout_ms: read.whole('timeout_ms', { min: 100, max: 60_000, default: 10_000 }),
    max_redirects: read.whole('max_redirects', { min: 0, max: 20, default: 5 }),
    ip_family: read.oneOf('ip_family', ipFamilies, 'any'),
    http_version: read.oneOf('http_version', httpVersions, '1.1'),
    host_header: read.optionalText('host_header', {
      maxLength: 255,
      must: { match: /^[A-Za-z0-9._~[\]:-]+$/, reason: 'be a host, with a port or without' },
    }),
  }
}

function readBody(read: FieldReader): string | null {
  const body = read.optionalText('body', { maxLength: BODY_BYTES_MAX })
  if (body !== null && Buffer.byteLength(body) > BODY_BYTES_MAX) {
    read.problems.push(`body: must be at most ${BODY_BYTES_MAX} bytes`)
  }
  return body
}

function readCredentials(read: FieldReader) {
  return {
    basic_auth_user: read.optionalText('basic_auth_user', {
      maxLength: 200,
      must: { match: /^[^:\p{Cc}]+$/u, reason: 'hold neither colons nor control characters' },
    }),
    basic_auth_password_secret: read.optionalText('basic_auth_password_secret', fileName),
    bearer_token_secret: read.optionalText('bearer_token_secret', fileName),
  }
}

function readTls(read: FieldReader) {
  return {
    verify_tls: read.flag('verify_tls', true),
    tls_server_name: read.optionalText('tls_server_name', {
      maxLength: 253,
      must: { match: /^[A-Za-z0-9._-]+$/, reason: 'be a name of letters, digits, dots and dashes' },
    }),
    tls_ca_file: read.optionalText('tls_ca_file', fileName),
    tls_client_cert_file: read.optionalText('tls_client_cert_file', fileName),
    tls_client_key_file: read.optionalText('tls_client_key_file', fileName),
    cert_days_min: read.optionalWhole('cert_days_min', { min: 0, max: 3_650 }),
  }
}

function readExpectation(read: FieldReader) {
  return {
    expected_status: read.scalar('expected_status', { maxLength: 500 }) ?? '200-299',
    expected_headers: read.object('expected_headers'),
    sla_ms: read.optionalWhole('sla_ms', { min: 1, max: INT_MAX }),
    sla_is_failure: read.flag('sla_is_failure', false),
    conditions: read.lines('conditions', { maxLength: 4_000 }),
    heartbeat_max_age_s: read.optionalWhole('heartbeat_max_age_s', { min: 1, max: YEAR_SECONDS }),
  }
}

function readBodyRules(read: FieldReader) {
  return {
    body_contains: read.optionalText('body_contains', { maxLength: LONG_TEXT_MAX }),
    body_not_contains: read.optionalText('body_not_contains', { maxLength: LONG_TEXT_MAX }),
    json_path: read.optionalText('json_path', { maxLength: LONG_TEXT_MAX }),
    body_regex: read.optionalText('body_regex', { maxLength: LONG_TEXT_MAX }),
    value_operator: read.oneOf('value_operator', valueOperators, '=='),
    expected_value: read.scalar('expected_value', { maxLength: LONG_TEXT_MAX }),
    body_bytes_min: read.optionalWhole('body_bytes_min', { min: 0, max: ANSWER_BYTES_MAX }),
    body_bytes_max: read.optionalWhole('body_bytes_max', { min: 0, max: ANSWER_BYTES_MAX }),
  }
}

function readAlerting(read: FieldReader) {
  return {
    failure_threshold: read.whole('failure_threshold', { min: 1, max: 10, default: 2 }),
    recovery_threshold: read.whole('recovery_threshold', { min: 1, max: 10, default: 2 }),
    recheck_after_s: read.whole('recheck_after_s', { min: 0, max: 3_600, default: 10 }),
    alert_emails: read.list('alert_emails', {
      maxLength: 254,
      must: { match: { test: isEmailAddress }, reason: 'be one plain email address' },
    }),
  }
}
