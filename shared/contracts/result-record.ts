import { occasions } from '#shared/domain/check.ts'
import { failures } from '#shared/domain/failure.ts'
import {
  type Certificate,
  type CheckResult,
  EXCERPT_BYTES_MAX,
  type Hop,
  outcomes,
} from '#shared/domain/result.ts'
import { type FieldReader, parseFields, quote, Unreadable } from './record-fields.ts'

/**
 * The public contract of the result stream: topic `statuses`, key = site id as text, value = UTF-8
 * JSON of one check's result. docs/result-record.md is its description for other consumers. A reader
 * ignores fields that it does not know; a change of meaning gets a new `v`. Fields that are marked as
 * optional are left out when there is nothing to say, which most checks have not.
 */
export type ResultRecordV1 = {
  readonly v: 1
  readonly site_id: number
  /** RFC 3339, UTC, milliseconds: when the check was due. With `site_id` the record's identity. */
  readonly slot: string
  /** Left out: `slot`. */
  readonly occasion?: CheckResult['occasion']
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
  readonly hops?: readonly HopRecord[]
  readonly remote_address?: string
  readonly http_version?: string
  readonly response_bytes: number | null
  readonly extracted_value: string | null
  readonly sla_met: boolean | null
  readonly cert_expires_at: string | null
  readonly certificate?: CertificateRecord
  readonly excerpt?: string
  readonly worker: string
}

type HopRecord = {
  readonly dns_ms: number | null
  readonly connect_ms: number | null
  readonly tls_ms: number | null
  readonly ttfb_ms: number | null
  readonly total_ms: number
  readonly status_code: number | null
  readonly remote_address: string | null
}

type CertificateRecord = {
  readonly subject: string
  readonly issuer: string
  readonly fingerprint: string
  readonly expires_at: string
  readonly chain_error?: string
}

/** A record is refused when its slot lies further ahead than clocks may differ, or too far back. */
export const SLOT_AHEAD_MAX_MS = 60_000
export const SLOT_AGE_MAX_MS = 7 * 24 * 3_600_000
const RECORD_BYTES_MAX = 64 * 1024
/** A request, and the most redirects that a site may follow. */
const HOPS_MAX = 21
const STATUS_MIN = 100
const STATUS_MAX = 599
const BYTES_MAX = 2_147_483_647

export function resultKey(result: Pick<CheckResult, 'siteId'>): string {
  return String(result.siteId)
}

export function encodeResult(result: CheckResult): string {
  return JSON.stringify(resultRecord(result))
}

export function resultRecord(result: CheckResult): ResultRecordV1 {
  return {
    v: 1,
    site_id: result.siteId,
    slot: instantOf(result.slotMs),
    ...(result.occasion === 'slot' ? {} : { occasion: result.occasion }),
    checked_at: instantOf(result.checkedAtMs),
    result: result.result,
    failure: result.failure,
    message: result.message,
    status_code: result.statusCode,
    latency_ms: result.latencyMs,
    dns_ms: result.dnsMs,
    connect_ms: result.connectMs,
    tls_ms: result.tlsMs,
    ttfb_ms: result.ttfbMs,
    ...(result.hops.length === 0 ? {} : { hops: result.hops.map(hopRecord) }),
    ...(result.remoteAddress === null ? {} : { remote_address: result.remoteAddress }),
    ...(result.httpVersion === null ? {} : { http_version: result.httpVersion }),
    response_bytes: result.responseBytes,
    extracted_value: result.extractedValue,
    sla_met: result.slaMet,
    cert_expires_at: result.certExpiresAtMs === null ? null : instantOf(result.certExpiresAtMs),
    ...(result.certificate === null ? {} : { certificate: certificateRecord(result.certificate) }),
    ...(result.excerpt === null ? {} : { excerpt: result.excerpt }),
    worker: result.worker,
  }
}

function instantOf(ms: number): string {
  return new Date(ms).toISOString()
}

function hopRecord(hop: Hop): HopRecord {
  return {
    dns_ms: hop.dnsMs,
    connect_ms: hop.connectMs,
    tls_ms: hop.tlsMs,
    ttfb_ms: hop.ttfbMs,
    total_ms: hop.totalMs,
    status_code: hop.statusCode,
    remote_address: hop.remoteAddress,
  }
}

function certificateRecord(certificate: Certificate): CertificateRecord {
  const { subject, issuer, fingerprint, expiresAtMs, chainError } = certificate
  const trouble = chainError === null ? {} : { chain_error: chainError }
  return { subject, issuer, fingerprint, expires_at: instantOf(expiresAtMs), ...trouble }
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
    const result = readResult(parseFields(value), nowMs)
    if (key !== null && key !== String(result.siteId)) {
      throw new Unreadable(`the key ${quote(key)} is not the site_id ${result.siteId}`)
    }
    return { ok: true, result }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    return { ok: false, reason: error.message }
  }
}

function readResult(read: FieldReader, nowMs: number): CheckResult {
  read.integer('v', 1, 1)
  const siteId = read.integer('site_id', 1, Number.MAX_SAFE_INTEGER)
  const slotMs = readSlot(read, nowMs)
  const result = read.oneOf('result', outcomes)
  return {
    siteId,
    slotMs,
    occasion: read.optional('occasion', (name) => read.oneOf(name, occasions)) ?? 'slot',
    checkedAtMs: read.instant('checked_at'),
    result,
    failure: readFailure(read, result),
    message: read.optionalText('message'),
    statusCode: readStatusCode(read),
    latencyMs: read.optionalDuration('latency_ms'),
    ...readPhases(read),
    hops: read.optional('hops', (name) => read.list(name, HOPS_MAX, readHop)) ?? [],
    remoteAddress: read.optionalText('remote_address'),
    httpVersion: read.optionalText('http_version'),
    responseBytes: read.optional('response_bytes', (name) => read.integer(name, 0, BYTES_MAX)),
    extractedValue: read.optionalText('extracted_value'),
    slaMet: read.optional('sla_met', (name) => read.boolean(name)),
    certExpiresAtMs: read.optional('cert_expires_at', (name) => read.instant(name)),
    certificate: read.optional('certificate', (name) => read.object(name, readCertificate)),
    excerpt: read.optionalText('excerpt', EXCERPT_BYTES_MAX),
    worker: read.text('worker'),
  }
}

function readSlot(read: FieldReader, nowMs: number): number {
  const slotMs = read.instant('slot')
  if (slotMs > nowMs + SLOT_AHEAD_MAX_MS)
    throw new Unreadable(`slot ${instantOf(slotMs)} is in the future`)
  if (slotMs < nowMs - SLOT_AGE_MAX_MS)
    throw new Unreadable(`slot ${instantOf(slotMs)} is older than 7 days`)
  return slotMs
}

function readFailure(read: FieldReader, result: CheckResult['result']): CheckResult['failure'] {
  if (result === 'down') return read.oneOf('failure', failures)
  return read.optional('failure', (name) => read.refuse(name, `must be null when ${result}`))
}

function readStatusCode(read: FieldReader): number | null {
  return read.optional('status_code', (name) => read.integer(name, STATUS_MIN, STATUS_MAX))
}

function readPhases(read: FieldReader) {
  return {
    dnsMs: read.optionalDuration('dns_ms'),
    connectMs: read.optionalDuration('connect_ms'),
    tlsMs: read.optionalDuration('tls_ms'),
    ttfbMs: read.optionalDuration('ttfb_ms'),
  }
}

function readHop(read: FieldReader): Hop {
  return {
    ...readPhases(read),
    totalMs: read.duration('total_ms'),
    statusCode: readStatusCode(read),
    remoteAddress: read.optionalText('remote_address'),
  }
}

function readCertificate(read: FieldReader): Certificate {
  return {
    subject: read.text('subject'),
    issuer: read.text('issuer'),
    fingerprint: read.text('fingerprint'),
    expiresAtMs: read.instant('expires_at'),
    chainError: read.optionalText('chain_error'),
  }
}
