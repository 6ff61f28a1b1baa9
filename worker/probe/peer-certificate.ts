import type { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Certificate } from '#shared/domain/result.ts'
import { failureOfCertificate } from './failure-of-error.ts'
import type { Stop } from './prober.ts'

/** What a server showed of itself, and why it is not to be trusted. */
export type PeerCertificate = {
  readonly certificate: Certificate
  /** Of the certificate and of those that lead to its authority, as far as they were shown. */
  readonly soonestExpiryMs: number
  readonly problem: Stop | null
}

const NAME_LENGTH_MAX = 200
/** As many as OpenSSL would follow; who sends more is not read any further. */
const CHAIN_LENGTH_MAX = 100

/**
 * Reads the certificate of a connection, valid or not; null when there is none. `name` is the host
 * name or address that it must be for. To be called once for a connection: Node takes the
 * certificate out of its list, and would give the next of the chain after it.
 */
export function peerCertificate(socket: TLSSocket, name: string): PeerCertificate | null {
  const shown = socket.getPeerX509Certificate()
  if (shown === undefined) return null
  const problem = problemOf(socket, shown, name)
  const expiresAtMs = shown.validToDate.getTime()
  const certificate = {
    subject: named(shown.subject, 'CN') ?? firstNameOf(shown) ?? '',
    issuer: named(shown.issuer, 'CN') ?? named(shown.issuer, 'O') ?? '',
    fingerprint: shown.fingerprint256,
    expiresAtMs,
    chainError: problem === null ? null : problem.message,
  }
  return { certificate, soonestExpiryMs: soonestExpiryMs(shown), problem }
}

function problemOf(socket: TLSSocket, shown: X509Certificate, name: string): Stop | null {
  if (!socket.authorized) return failureOfCertificate(String(socket.authorizationError))
  return isFor(shown, name) ? null : failureOfCertificate('ERR_TLS_CERT_ALTNAME_INVALID')
}

/** Names as browsers read them: a star stands for one whole label. */
function isFor(shown: X509Certificate, name: string): boolean {
  const match =
    isIP(name) === 0 ? shown.checkHost(name, { partialWildcards: false }) : shown.checkIP(name)
  return match !== undefined
}

function soonestExpiryMs(shown: X509Certificate): number {
  let soonestMs = shown.validToDate.getTime()
  let one = shown.issuerCertificate
  for (let length = 1; one !== undefined && length < CHAIN_LENGTH_MAX; length++) {
    soonestMs = Math.min(soonestMs, one.validToDate.getTime())
    one = one.issuerCertificate
  }
  return soonestMs
}

/** Node writes a name as lines of `KEY=value`; null: there is no such line. */
function named(name: string | undefined, key: string): string | null {
  const line = name?.split('\n').find((one) => one.startsWith(`${key}=`))
  return line === undefined ? null : cut(line.slice(key.length + 1))
}

/** `DNS:example.com, DNS:www.example.com` */
function firstNameOf({ subjectAltName }: X509Certificate): string | null {
  const first = subjectAltName?.split(', ')[0]
  return first === undefined ? null : cut(first.slice(first.indexOf(':') + 1))
}

function cut(text: string): string {
  return text.slice(0, NAME_LENGTH_MAX).toWellFormed()
}
