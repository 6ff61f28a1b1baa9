import { parseBodyRegex } from './body-regex.ts'
import { secretReferenceProblem } from './secret-reference.ts'

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

export type HeaderValues = Readonly<Record<string, unknown>>

/** Why these headers cannot be sent, or null. Their values are not shown: they may be secrets. */
export function headersProblem(headers: HeaderValues): string | null {
  const entries = Object.entries(headers)
  if (entries.length > HEADERS_MAX) return `headers: ${entries.length} are more than ${HEADERS_MAX}`
  for (const [name, value] of entries) {
    const problem = headerProblem(name, value)
    if (problem !== null) return `headers: ${JSON.stringify(name)} ${problem}`
  }
  return null
}

function headerProblem(name: string, value: unknown): string | null {
  if (!isHeaderName(name)) return 'is not a header name'
  if (FRAMING_HEADERS.has(name.toLowerCase())) return 'cannot be set: it belongs to the transport'
  if (typeof value !== 'string' && typeof value !== 'number') return 'must be a text'
  const text = String(value)
  if (text.length > HEADER_BYTES_MAX) return `is longer than ${HEADER_BYTES_MAX} bytes`
  if (!isHeaderValue(text)) return 'has a value with control or non-Latin-1 characters'
  return secretReferenceProblem(text)
}

/** Why an answer's headers cannot be held against these, naming the header and the regex, or null. */
export function expectedHeadersProblem(expected: HeaderValues): string | null {
  const entries = Object.entries(expected)
  if (entries.length > HEADERS_MAX) {
    return `expected_headers: ${entries.length} are more than ${HEADERS_MAX}`
  }
  for (const [name, value] of entries) {
    const problem = expectedHeaderProblem(name, value)
    if (problem !== null) return `expected_headers: ${JSON.stringify(name)} ${problem}`
  }
  return null
}

function expectedHeaderProblem(name: string, value: unknown): string | null {
  if (!isHeaderName(name)) return 'is not a header name'
  if (value === null) return null
  if (typeof value !== 'string' && typeof value !== 'number') {
    return 'must be a text that is a regex, or null'
  }
  const parsed = parseBodyRegex(String(value))
  return parsed.ok ? null : `${JSON.stringify(value)} ${parsed.reason}`
}

/** Whether a header can carry it: Latin-1 without controls, but for tabs. */
export function isHeaderValue(text: string): boolean {
  return HEADER_VALUE.test(text)
}

export function isHeaderName(text: string): boolean {
  return HEADER_NAME.test(text)
}
