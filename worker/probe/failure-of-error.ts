import type { Failure } from '#shared/domain/failure.ts'
import type { Stage } from './deadline.ts'
import type { Refusal } from './http1-parser.ts'
import type { Stop } from './prober.ts'

type Row = readonly [failure: Failure, message: string]

const UNASKED: Row = ['protocol', 'the server sent an answer that nobody asked for']
const NOT_HTTP: Row = ['protocol', 'not an HTTP/1.1 answer']
const CLOSED: Row = ['reset', 'the connection was closed before the answer was complete']

const OTHER_VERSION: Row = ['protocol', 'the server does not speak the HTTP version asked for']
const LARGE_HEADERS: Row = ['protocol', 'the headers are larger than 16 KiB']
const NOT_HTTP2: Row = ['protocol', 'not an HTTP/2 answer']

/** What a code says of the target. A code that is not here is trouble of ours, or unknown. */
const ROWS: Readonly<Record<string, Row>> = {
  ECONNREFUSED: ['refused', 'connection refused'],
  EHOSTUNREACH: ['unreachable', 'no route to the host'],
  EHOSTDOWN: ['unreachable', 'the host is down'],
  ENETUNREACH: ['unreachable', 'the network is unreachable'],
  ETIMEDOUT: ['connect_timeout', 'the connection timed out'],
  EPROTO: ['tls_handshake', 'the TLS handshake failed'],
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: OTHER_VERSION,
  ECONNRESET: ['reset', 'the connection was reset'],
  ECONNABORTED: ['reset', 'the connection was reset'],
  EPIPE: ['reset', 'the connection was closed while the request was sent'],
  ERR_HTTP2_ERROR: NOT_HTTP2,
  ERR_HTTP2_TOO_MANY_INVALID_FRAMES: NOT_HTTP2,
  ERR_HTTP2_GOAWAY_SESSION: CLOSED,
  ERR_HTTP2_INVALID_SESSION: CLOSED,
  ERR_HTTP2_STREAM_CANCEL: CLOSED,

  CERT_HAS_EXPIRED: ['tls_cert', 'the certificate has expired'],
  CERT_NOT_YET_VALID: ['tls_cert', 'the certificate is not valid yet'],
  CERT_REVOKED: ['tls_cert', 'the certificate is revoked'],
  CERT_REJECTED: ['tls_cert', 'the certificate is rejected'],
  CERT_UNTRUSTED: ['tls_cert', 'the certificate is not trusted'],
  CERT_CHAIN_TOO_LONG: ['tls_cert', 'the chain of certificates is too long'],
  CERT_SIGNATURE_FAILURE: ['tls_cert', 'the signature of the certificate is wrong'],
  INVALID_CA: ['tls_cert', 'a certificate of the chain may not sign others'],
  INVALID_PURPOSE: ['tls_cert', 'the certificate is not meant for servers'],
  PATH_LENGTH_EXCEEDED: ['tls_cert', 'the chain of certificates is too long'],
  HOSTNAME_MISMATCH: ['tls_cert', 'the certificate is for another name'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls_cert', 'the certificate is for another name'],
  ERR_TLS_CERT_ALTNAME_FORMAT: ['tls_cert', 'the certificate has malformed names'],
  // OpenSSL's other verdicts, which Node does not tell apart.
  UNSPECIFIED: [
    'tls_cert',
    'the chain of certificates breaks a rule: a weak signature or key, or a name beyond its issuer',
  ],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls_cert', 'the certificate is self-signed'],
  SELF_SIGNED_CERT_IN_CHAIN: ['tls_cert', 'the chain ends at a root that is not trusted'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['tls_cert', 'an intermediate certificate is missing'],
  UNABLE_TO_GET_ISSUER_CERT: ['tls_cert', 'an issuer in the chain is not known'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['tls_cert', 'the issuer is not known'],
}

/** What this worker has run out of. */
const OURS: Readonly<Record<string, string>> = {
  EMFILE: 'this worker has no file descriptor left',
  ENFILE: 'the host of this worker has no file descriptor left',
  EADDRNOTAVAIL: 'this worker has no local port or address left to connect from',
  EADDRINUSE: 'this worker has no local port or address left to connect from',
  ENOBUFS: 'the host of this worker has no network buffers left',
  ENOMEM: 'the host of this worker has no memory left',
}
/** RFC 9113 section 7, each in the place of its number. */
const HTTP2_REASONS = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
]
/** What one side says when the other does not keep to the protocol. */
const BREACHES: ReadonlySet<string> = new Set([
  'PROTOCOL_ERROR',
  'FLOW_CONTROL_ERROR',
  'FRAME_SIZE_ERROR',
  'COMPRESSION_ERROR',
])

/** What no error tells of. */
export const CLOSED_EARLY = stopOf(CLOSED)
export const NO_COMMON_VERSION = stopOf(OTHER_VERSION)
export const HEADERS_TOO_LARGE = stopOf(LARGE_HEADERS)

/** An error of a connection or an exchange, as what it says of the target. */
export function failureOfError(error: unknown, stage: Stage): Stop {
  const told = mostTelling(error)
  const code = codeOf(told)
  if (isOursAlone(told, code)) {
    return { outcome: 'inconclusive', message: 'this worker has no route for IPv6' }
  }
  const row = rowOf(told, code, stage)
  if (row === null) return { outcome: 'inconclusive', message: OURS[code] ?? messageOf(told) }
  const address = row[0] === 'unreachable' ? addressOf(told) : {}
  return { ...stopOf(row), ...address }
}

/** Why the bytes of a server are no answer over HTTP/1.1. */
export function failureOfRefusal(refusal: Refusal): Stop {
  if (refusal.kind === 'headers_too_large') return HEADERS_TOO_LARGE
  if (refusal.kind !== 'not_http') return stopOf(UNASKED)
  return stopOf([NOT_HTTP[0], `${NOT_HTTP[1]}: ${refusal.reason}`])
}

function stopOf([failure, message]: Row): Stop {
  return { outcome: 'failed', failure, message }
}

/** Why a certificate is not accepted, by the code of Node's own verification. */
export function failureOfCertificate(code: string): Stop {
  const message = ROWS[code]?.[1] ?? `the certificate is not valid (${code})`
  return { outcome: 'failed', failure: 'tls_cert', message }
}

function rowOf(error: unknown, code: string, stage: Stage): Row | null {
  if (code === 'ECONNRESET' && stage === 'tls') {
    return ['tls_handshake', 'the connection was closed during the TLS handshake']
  }
  if (code.startsWith('ERR_SSL_') && !Object.hasOwn(ROWS, code)) {
    return ['tls_handshake', `the TLS handshake failed: ${spoken(code)}`]
  }
  return rowOfHttp2(error, code) ?? ROWS[code] ?? null
}

/** HTTP/2 gives a reason for each end, by its name or by its number. */
function rowOfHttp2(error: unknown, code: string): Row | null {
  if (code !== 'ERR_HTTP2_STREAM_ERROR' && code !== 'ERR_HTTP2_SESSION_ERROR') return null
  const word = /error code (?:NGHTTP2_)?(\w+)$/.exec(messageOf(error))?.[1] ?? ''
  const reason = HTTP2_REASONS[Number(word)] ?? word
  if (reason === 'HTTP_1_1_REQUIRED') return OTHER_VERSION
  // Node asks for calm in our name when there are more than 128 headers.
  if (reason === 'ENHANCE_YOUR_CALM') {
    return ['protocol', 'more than 128 headers, or the server asks for calm (ENHANCE_YOUR_CALM)']
  }
  return BREACHES.has(reason)
    ? [NOT_HTTP2[0], `${NOT_HTTP2[1]}: ${reason}`]
    : ['reset', `the exchange was ended before the answer was complete (${reason})`]
}

/**
 * A name with addresses of both families fails with an error for each. The one that says most is
 * not "no such network": many hosts have no IPv6, which says nothing of the target.
 */
function mostTelling(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error
  return (
    error.errors.find((one) => codeOf(one) !== 'ENETUNREACH') ??
    error.errors.find((one) => !isIpv6(one)) ??
    error.errors[0]
  )
}

/** Only IPv6 was there to try, and this host has none. */
function isOursAlone(error: unknown, code: string): boolean {
  return code === 'ENETUNREACH' && isIpv6(error)
}

function isIpv6(error: unknown): boolean {
  return addressOf(error).address?.includes(':') === true
}

function addressOf(error: unknown): { readonly address?: string } {
  const isTold = error instanceof Error && 'address' in error && typeof error.address === 'string'
  return isTold ? { address: String(error.address) } : {}
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : ''
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** `ERR_SSL_WRONG_VERSION_NUMBER` -> `wrong version number`. */
function spoken(code: string): string {
  return code.slice('ERR_SSL_'.length).toLowerCase().replaceAll('_', ' ')
}
