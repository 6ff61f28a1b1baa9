import { isFailure } from '#shared/domain/failure.ts'
import { type CheckResult, outcomes } from '#shared/domain/result.ts'

/**
 * The public contract of the result stream: topic `statuses`, key = site id as text, value = UTF-8
 * JSON of one check's result. docs/result-record.md is its description for other consumers. A reader
 * ignores fields that it does not know; a change of meaning gets a new `v`.
 */
export type ResultRecordV1 = {
  readonly v: 1
  readonly site_id: number
  /** RFC 3339, UTC, milliseconds: when the check was due. With `site_id` the record's identity. */
  readonly slot: string
  readonly checked_at: string
  readonly result: CheckResult['result']
  readonly failure: CheckResult['failure']
  readonly message: string | null
  readonly status_code: number | null
  readonly latency_ms: number | null
  readonly dns_ms: number | null
  readonly connect_ms: number | null
  readonly tls_ms: number | null
  readonly ttfb_ms: number | null
  readonly response_bytes: number | null
  readonly extracted_value: string | null
  readonly sla_met: boolean | null
  readonly cert_expires_at: string | null
  readonly worker: string
}

/** A record is refused when its slot lies further ahead than clocks may differ, or too far back. */
export const SLOT_AHEAD_MAX_MS = 60_000
export const SLOT_AGE_MAX_MS = 7 * 24 * 3_600_000
const RECORD_BYTES_MAX = 64 * 1024
const TEXT_MAX = 500
const MS_MAX = 3_600_000
/** The length of a full RFC 3339 instant, `2026-01-01T00:00:00.000Z`. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/

export function resultKey(result: Pick<CheckResult, 'siteId'>): string {
  return String(result.siteId)
}

export function encodeResult(result: CheckResult): string {
  const record: ResultRecordV1 = {
    v: 1,
    site_id: result.siteId,
    slot: new Date(result.slotMs).toISOString(),
    checked_at: new Date(result.checkedAtMs).toISOString(),
    result: result.result,
    failure: result.failure,
    message: result.message,
    status_code: result.statusCode,
    latency_ms: result.latencyMs,
    dns_ms: result.dnsMs,
    connect_ms: result.connectMs,
    tls_ms: result.tlsMs,
    ttfb_ms: result.ttfbMs,
    response_bytes: result.responseBytes,
    extracted_value: result.extractedValue,
    sla_met: result.slaMet,
    cert_expires_at:
      result.certExpiresAtMs === null ? null : new Date(result.certExpiresAtMs).toISOString(),
    worker: result.worker,
  }
  return JSON.stringify(record)
}

export type Decoded =
  | { readonly ok: true; readonly result: CheckResult }
  | { readonly ok: false; readonly reason: string }

/**
 * Reads one record. Whatever is wrong with it is told as a reason that names the field and the
 * value; it never throws. Texts longer than 500 characters are cut.
 */
export function decodeResult(value: Buffer | null, key: string | null, nowMs: number): Decoded {
  if (value === null || value.length === 0) return { ok: false, reason: 'the value is empty' }
  if (value.length > RECORD_BYTES_MAX) {
    return {
      ok: false,
      reason: `the value has ${value.length} bytes, more than ${RECORD_BYTES_MAX}`,
    }
  }
  try {
    const fields = parseObject(value)
    const result = readResult(new FieldReader(fields), nowMs)
    if (key !== null && key !== String(result.siteId)) {
      throw new Unreadable(`the key ${quote(key)} is not the site_id ${result.siteId}`)
    }
    return { ok: true, result }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    return { ok: false, reason: error.message }
  }
}

class Unreadable extends Error {}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function parseObject(value: Buffer): Readonly<Record<string, unknown>> {
  let parsed: unknown
  try {
    parsed = JSON.parse(utf8.decode(value))
  } catch (error) {
    const what = error instanceof SyntaxError ? 'JSON' : 'UTF-8'
    throw new Unreadable(`the value is not ${what}`)
  }
  if (!isObject(parsed)) throw new Unreadable('the value is not a JSON object')
  return parsed
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readResult(read: FieldReader, nowMs: number): CheckResult {
  read.version()
  const siteId = read.integer('site_id', 1, Number.MAX_SAFE_INTEGER)
  const slotMs = read.instant('slot')
  if (slotMs > nowMs + SLOT_AHEAD_MAX_MS)
    throw new Unreadable(`slot ${new Date(slotMs).toISOString()} is in the future`)
  if (slotMs < nowMs - SLOT_AGE_MAX_MS)
    throw new Unreadable(`slot ${new Date(slotMs).toISOString()} is older than 7 days`)
  const result = read.outcome()
  return {
    siteId,
    slotMs,
    checkedAtMs: read.instant('checked_at'),
    result,
    failure: read.failure(result),
    message: read.text('message'),
    statusCode: read.optional('status_code', (name) => read.integer(name, 100, 599)),
    latencyMs: read.optional('latency_ms', (name) => read.duration(name)),
    dnsMs: read.optional('dns_ms', (name) => read.duration(name)),
    connectMs: read.optional('connect_ms', (name) => read.duration(name)),
    tlsMs: read.optional('tls_ms', (name) => read.duration(name)),
    ttfbMs: read.optional('ttfb_ms', (name) => read.duration(name)),
    responseBytes: read.optional('response_bytes', (name) => read.integer(name, 0, 2_147_483_647)),
    extractedValue: read.text('extracted_value'),
    slaMet: read.optional('sla_met', (name) => read.boolean(name)),
    certExpiresAtMs: read.optional('cert_expires_at', (name) => read.instant(name)),
    worker: read.text('worker') ?? read.refuse('worker', 'must be a text'),
  }
}

class FieldReader {
  readonly #fields: Readonly<Record<string, unknown>>
  constructor(fields: Readonly<Record<string, unknown>>) {
    this.#fields = fields
  }

  refuse(name: string, reason: string): never {
    throw new Unreadable(`${name} ${reason}, not ${quote(this.#fields[name])}`)
  }

  version(): void {
    if (this.#fields.v !== 1) this.refuse('v', 'must be 1')
  }

  optional<T>(name: string, read: (name: string) => T): T | null {
    const value = this.#fields[name]
    return value === undefined || value === null ? null : read(name)
  }

  integer(name: string, min: number, max: number): number {
    const value = this.#fields[name]
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max)
      return value
    return this.refuse(name, `must be a whole number from ${min} to ${max}`)
  }

  duration(name: string): number {
    const value = this.#fields[name]
    if (typeof value === 'number' && value >= 0 && value <= MS_MAX) return value
    return this.refuse(name, `must be milliseconds from 0 to ${MS_MAX}`)
  }

  boolean(name: string): boolean {
    const value = this.#fields[name]
    return typeof value === 'boolean' ? value : this.refuse(name, 'must be true or false')
  }

  instant(name: string): number {
    const value = this.#fields[name]
    const ms = typeof value === 'string' && INSTANT.test(value) ? Date.parse(value) : Number.NaN
    return Number.isNaN(ms)
      ? this.refuse(name, 'must be a UTC instant like 2026-01-01T00:00:00.000Z')
      : ms
  }

  text(name: string): string | null {
    return this.optional(name, () => {
      const value = this.#fields[name]
      if (typeof value !== 'string') return this.refuse(name, 'must be a text')
      // Postgres cannot store U+0000, nor half a surrogate pair that a cut may leave.
      return value.replaceAll('\u0000', '').slice(0, TEXT_MAX).toWellFormed()
    })
  }

  outcome(): CheckResult['result'] {
    const value = this.#fields.result
    return (
      outcomes.find((outcome) => outcome === value) ??
      this.refuse('result', `must be one of ${outcomes.join(', ')}`)
    )
  }

  failure(result: CheckResult['result']): CheckResult['failure'] {
    const value = this.#fields.failure ?? null
    if (result !== 'down')
      return value === null ? null : this.refuse('failure', `must be null when ${result}`)
    return isFailure(value) ? value : this.refuse('failure', 'must be a known kind of failure')
  }
}

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 80)}...` : text
}
