import { type LoadedColumn, loadedColumns, type SiteValues } from '#db/waiting-rows.ts'
import { defaultExpectation, defaultTarget } from '#shared/domain/check.ts'
import { suggestion } from '#shared/domain/nearest-name.ts'
import { siteProblem } from '#shared/domain/site.ts'
import { FieldReader } from './field-reader.ts'
import { readerFields, translateReader } from './reader-dialect.ts'
import { type Problem, problem, type SourceRow } from './source-row.ts'

export type SiteRow = {
  readonly kind: 'site'
  readonly place: string
  /** The columns that the file says something of; the others keep what they have. */
  readonly given: readonly LoadedColumn[]
  readonly values: SiteValues
}

/** What a file may say of a site, in its own words and in a reader's. */
export const acceptedFields: readonly string[] = [...loadedColumns, ...readerFields]

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const BODY_BYTES_MAX = 65_536
const LONG_TEXT_MAX = 1_000
const INT_MAX = 2_147_483_647

/** Judges one row of a file: a site that may be stored, or every reason why it may not. Pure. */
export function readSiteRow(
  row: SourceRow,
  cadences: ReadonlySet<string>,
): SiteRow | readonly Problem[] {
  const translated = translateReader(row.fields)
  if (!translated.ok) return [problem(row.place, translated.reason)]
  const read = new FieldReader(row.form, translated.fields)
  const values = readValues(read, cadences)
  const reasons = [...unknownFields(translated.fields), ...read.problems]
  // The scheduler's own judgement needs fields that could be read.
  const verdict = reasons.length === 0 ? verdictOn(values) : null
  if (verdict !== null) reasons.push(verdict)
  if (reasons.length > 0) return reasons.map((reason) => problem(row.place, reason))
  const given = loadedColumns.filter((column) => translated.fields.has(column))
  return { kind: 'site', place: row.place, given, values }
}

function readValues(read: FieldReader, cadences: ReadonlySet<string>): SiteValues {
  return {
    name: read.optionalText('name', {
      maxLength: 200,
      must: { match: /^[^\p{Cc}]+$/u, reason: 'not hold control characters' },
    }),
    url: readUrl(read),
    cadence: read.oneOf('cadence', cadences, '5m'),
    enabled: read.flag('enabled', true),
    method: read.oneOf('method', methods, 'GET'),
    headers: read.object('headers'),
    body: readBody(read),
    timeout_ms: read.whole('timeout_ms', { min: 100, max: 60_000, default: 10_000 }),
    max_redirects: read.whole('max_redirects', { min: 0, max: 20, default: 5 }),
    verify_tls: read.flag('verify_tls', true),
    expected_status: read.textOrNumber('expected_status', { maxLength: 500, default: '200-299' }),
    json_path: read.optionalText('json_path', { maxLength: LONG_TEXT_MAX }),
    body_regex: read.optionalText('body_regex', { maxLength: LONG_TEXT_MAX }),
    expected_value: read.optionalText('expected_value', { maxLength: LONG_TEXT_MAX }),
    sla_ms: read.optionalWhole('sla_ms', { min: 1, max: INT_MAX }),
    failure_threshold: read.whole('failure_threshold', { min: 1, max: 10, default: 2 }),
    recovery_threshold: read.whole('recovery_threshold', { min: 1, max: 10, default: 2 }),
    alert_emails: read.list('alert_emails', {
      maxLength: 254,
      must: { match: /^[^\s,;:<>"()@]+@[^\s,;:<>"()@]+$/, reason: 'be one plain email address' },
    }),
    tags: read.list('tags', { maxLength: 100 }),
  }
}

function readUrl(read: FieldReader): string {
  const problemsBefore = read.problems.length
  const url = read.optionalText('url', {
    maxLength: 2_048,
    must: {
      match: /^https?:\/\/[^/?#\s\p{Cc}][^\s\p{Cc}]*$/iu,
      reason: 'begin with http:// or https:// and hold no spaces',
    },
  })
  if (url === null && read.problems.length === problemsBefore) read.problems.push('url: is missing')
  if (url !== null && /^[a-z]+:\/\/[^/?#]*@/i.test(url)) {
    read.problems.push('url: must not hold credentials; use headers')
  }
  return url ?? ''
}

function readBody(read: FieldReader): string | null {
  const body = read.optionalText('body', { maxLength: BODY_BYTES_MAX })
  if (body !== null && Buffer.byteLength(body) > BODY_BYTES_MAX) {
    read.problems.push(`body: must be at most ${BODY_BYTES_MAX} bytes`)
  }
  return body
}

function unknownFields(fields: ReadonlyMap<string, unknown>): string[] {
  return [...fields.keys()]
    .filter((name) => !acceptedFields.includes(name))
    .map((name) => `unknown field ${JSON.stringify(name)}${suggestion(name, acceptedFields)}`)
}

function verdictOn(values: SiteValues): string | null {
  return siteProblem({
    ...defaultTarget,
    ...defaultExpectation,
    // Neither has a say in the verdict: the id is not given yet.
    id: 0,
    cadenceSeconds: 0,
    url: values.url,
    method: values.method,
    headers: values.headers,
    body: values.body,
    timeoutMs: values.timeout_ms,
    maxRedirects: values.max_redirects,
    verifyTls: values.verify_tls,
    expectedStatus: values.expected_status,
    jsonPath: values.json_path,
    bodyRegex: values.body_regex,
    expectedValue: values.expected_value,
    slaMs: values.sla_ms,
  })
}
