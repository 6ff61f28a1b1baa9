import type { Failure } from '#shared/domain/failure.ts'
import type { Stage } from './deadline.ts'
import type { Stop } from './prober.ts'

type Row = readonly [failure: Failure, message: string]

const UNASKED: Row = ['protocol', 'the server sent an answer that nobody asked for']
const NOT_HTTP: Row = ['protocol', 'not an HTTP/1.1 answer']
const CLOSED_EARLY: Row = ['reset', 'the connection was closed before the answer was complete']

/** What a code says of the target. A code that is not here is trouble of ours, or unknown. */
const ROWS: Readonly<Record<string, Row>> = {
  ECONNREFUSED: ['refused', 'connection refused'],
  EHOSTUNREACH: ['unreachable', 'no route to the host'],
  EHOSTDOWN: ['unreachable', 'the host is down'],
  ENETUNREACH: ['unreachable', 'the network is unreachable'],
  ETIMEDOUT: ['connect_timeout', 'the connection timed out'],
  UND_ERR_CONNECT_TIMEOUT: ['connect_timeout', 'the connection timed out'],
  EPROTO: ['tls_handshake', 'the TLS handshake failed'],
  UND_ERR_HEADERS_TIMEOUT: ['timeout', 'no headers in time'],
  UND_ERR_BODY_TIMEOUT: ['timeout', 'no body in time'],
  ECONNRESET: ['reset', 'the connection was reset'],
  ECONNABORTED: ['reset', 'the connection was reset'],
  EPIPE: ['reset', 'the connection was closed while the request was sent'],
  UND_ERR_SOCKET: CLOSED_EARLY,
  UND_ERR_HEADERS_OVERFLOW: ['protocol', 'the headers are larger than 16 KiB'],
  UND_ERR_RES_EXCEEDED_MAX_SIZE: ['too_large', 'the answer is too large'],

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

/** An error of a connection or an exchange, as what it says of the target. */
export function failureOfError(error: unknown, stage: Stage): Stop {
  const told = mostTelling(error)
  const code = codeOf(told)
  if (isOursAlone(told, code)) {
    return { outcome: 'inconclusive', message: 'this worker has no route for IPv6' }
  }
  const row = rowOf(told, code, stage)
  if (row === null) return { outcome: 'inconclusive', message: messageOf(told) }
  return { outcome: 'failed', failure: row[0], message: row[1] }
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
  if (code.startsWith('ERR_SSL_')) {
    return ['tls_handshake', `the TLS handshake failed: ${spoken(code)}`]
  }
  return rowOfParser(error, code, stage) ?? ROWS[code] ?? null
}

/**
 * undici's parser, whose errors do not tell by their code alone: it reports the same early end of a
 * connection in three ways, after what the headers said of lengths and of `connection: close`, and
 * one of them, a wrong length, it also reports for headers that it could not read.
 */
function rowOfParser(error: unknown, code: string, stage: Stage): Row | null {
  const message = messageOf(error)
  if (code === 'UND_ERR_SOCKET' && message.startsWith('bad ')) return UNASKED
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
    return stage === 'body' ? CLOSED_EARLY : NOT_HTTP
  }
  // Some answers break what the parser takes for granted.
  if (code === 'ERR_ASSERTION') return NOT_HTTP
  if (!(error instanceof Error) || error.name !== 'HTTPParserError') return null
  if (message.includes('Invalid EOF state')) return CLOSED_EARLY
  const reason = /\(([^)]+)\)/.exec(message)?.[1]
  return reason === undefined ? NOT_HTTP : [NOT_HTTP[0], `${NOT_HTTP[1]}: ${reason}`]
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
  return error instanceof Error && 'address' in error && String(error.address).includes(':')
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
