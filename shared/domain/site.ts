import { parseBodyRegex } from './body-regex.ts'
import type { Check, Expectation, Target } from './check.ts'
import { parseExpectedStatus } from './expected-status.ts'
import { parseJsonPath } from './json-path.ts'

/** A row of `site_config`, as far as a check needs it. */
export type Site = {
  readonly id: number
  readonly cadenceSeconds: number
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string | null
  readonly timeoutMs: number
  readonly maxRedirects: number
  readonly verifyTls: boolean
  readonly expectedStatus: string
  readonly jsonPath: string | null
  readonly bodyRegex: string | null
  readonly expectedValue: string | null
  readonly slaMs: number | null
}

const HEADERS_MAX = 32
const HEADER_BYTES_MAX = 8_192
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
/** Headers that frame the message or name the host: setting them by hand breaks the request. */
const FRAMING_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * What only code can decide about a row: why it cannot be checked, naming the column and the value,
 * or null. The values of headers are not shown, they may be secrets.
 */
export function siteProblem(site: Site): string | null {
  return (
    urlProblem(site.url) ??
    headersProblem(site.headers) ??
    parserProblem('expected_status', site.expectedStatus, parseExpectedStatus) ??
    parserProblem('json_path', site.jsonPath, parseJsonPath) ??
    parserProblem('body_regex', site.bodyRegex, parseBodyRegex)
  )
}

/** The check of a valid site at a slot. */
export function checkOf(site: Site, slotMs: number): Check {
  return {
    siteId: site.id,
    slotMs,
    cadenceSeconds: site.cadenceSeconds,
    target: targetOf(site),
    expectation: expectationOf(site),
  }
}

function targetOf(site: Site): Target {
  const headers = Object.entries(site.headers).map(
    ([name, value]) => [name, String(value)] as const,
  )
  return {
    url: new URL(site.url).href,
    method: site.method,
    headers: Object.fromEntries(headers),
    body: site.body,
    timeoutMs: site.timeoutMs,
    maxRedirects: site.maxRedirects,
    verifyTls: site.verifyTls,
  }
}

function expectationOf(site: Site): Expectation {
  return {
    expectedStatus: site.expectedStatus,
    jsonPath: site.jsonPath,
    bodyRegex: site.bodyRegex,
    expectedValue: site.expectedValue,
    slaMs: site.slaMs,
  }
}

function urlProblem(text: string): string | null {
  const url = URL.parse(text)
  if (url === null) return `url: ${JSON.stringify(text)} cannot be parsed`
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return `url: ${url.protocol} is not http or https`
  if (url.username !== '' || url.password !== '')
    return 'url: must not hold credentials; use headers'
  if (url.port === '0') return 'url: port 0 cannot be connected to'
  return null
}

function headersProblem(headers: Readonly<Record<string, unknown>>): string | null {
  const entries = Object.entries(headers)
  if (entries.length > HEADERS_MAX) return `headers: ${entries.length} are more than ${HEADERS_MAX}`
  for (const [name, value] of entries) {
    const problem = headerProblem(name, value)
    if (problem !== null) return `headers: ${JSON.stringify(name)} ${problem}`
  }
  return null
}

function headerProblem(name: string, value: unknown): string | null {
  if (!HEADER_NAME.test(name)) return 'is not a header name'
  if (FRAMING_HEADERS.has(name.toLowerCase())) return 'cannot be set: it belongs to the transport'
  if (typeof value !== 'string' && typeof value !== 'number') return 'must be a text'
  const text = String(value)
  if (text.length > HEADER_BYTES_MAX) return `is longer than ${HEADER_BYTES_MAX} bytes`
  return HEADER_VALUE.test(text) ? null : 'has a value with control or non-Latin-1 characters'
}

type Parsed = { readonly ok: true } | { readonly ok: false; readonly reason: string }

function parserProblem(
  column: string,
  text: string | null,
  parse: (text: string) => Parsed,
): string | null {
  if (text === null) return null
  const parsed = parse(text)
  return parsed.ok ? null : `${column}: ${JSON.stringify(text)} ${parsed.reason}`
}
