import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { createSecureContext, DEFAULT_CIPHERS, type SecureContext } from 'node:tls'
import type { Target } from '#shared/domain/check.ts'
import type { Inconclusive } from './prober.ts'
import type { ReadSecret } from './secret-files.ts'

export type TlsFiles = Pick<Target, 'tlsCaFile' | 'tlsClientCertFile' | 'tlsClientKeyFile'>

export type TlsContextsOptions = {
  readonly readPem: ReadSecret
  /** PEM, in place of the system's trusted roots. */
  readonly trustedCa?: string | undefined
}

type Pem = { readonly text: string; readonly version: string }
type Pems = { readonly ca: Pem | null; readonly cert: Pem | null; readonly key: Pem | null }

/**
 * What almost every server knows, cheapest first. OpenSSL's own list begins with a post-quantum
 * group, which guards no secret of ours and costs a quarter of the handshake (545 us, 417 without).
 */
const TLS_GROUPS = 'X25519:P-256:P-384:P-521'
/**
 * Node's own list, with the suite first that browsers prefer as well: its SHA-256 is one instruction
 * of the processor, where the SHA-384 of Node's first choice costs a twentieth of the handshake.
 */
const TLS_CIPHERS = `TLS_AES_128_GCM_SHA256:${DEFAULT_CIPHERS}`
/** Different combinations of files that are held ready. */
const CONTEXTS_MAX = 256
const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

/**
 * The terms of TLS by what a site names for them. Each is made once: one for each connection would
 * cost 200 us, half as much as the handshake. A file that changes makes another one.
 */
export class TlsContexts {
  readonly #readPem: ReadSecret
  readonly #trustedCa: string | undefined
  readonly #usual: SecureContext
  readonly #made = new Map<string, SecureContext | Inconclusive>()

  constructor({ readPem, trustedCa }: TlsContextsOptions) {
    this.#readPem = readPem
    this.#trustedCa = trustedCa
    this.#usual = this.#make({ ca: null, cert: null, key: null })
  }

  /** Inconclusive when a file cannot be used: its column and its name are told. */
  of(files: TlsFiles): SecureContext | Inconclusive {
    const { tlsCaFile, tlsClientCertFile, tlsClientKeyFile } = files
    if (tlsCaFile === null && tlsClientCertFile === null) return this.#usual
    const ca = this.#read('tls_ca_file', tlsCaFile)
    if (isStop(ca)) return ca
    const cert = this.#read('tls_client_cert_file', tlsClientCertFile)
    if (isStop(cert)) return cert
    const key = this.#read('tls_client_key_file', tlsClientKeyFile)
    if (isStop(key)) return key
    const id = JSON.stringify([
      [tlsCaFile, ca?.version],
      [tlsClientCertFile, cert?.version],
      [tlsClientKeyFile, key?.version],
    ])
    return this.#made.get(id) ?? this.#keep(id, this.#tryToMake(files, { ca, cert, key }))
  }

  #tryToMake(files: TlsFiles, pems: Pems): SecureContext | Inconclusive {
    const problem = problemOf(files, pems)
    if (problem !== null) return problem
    try {
      return this.#make(pems)
    } catch (error) {
      // What is whole may still be refused: a key too short, a signature too weak.
      const [column, name] =
        pems.cert === null
          ? ['tls_ca_file', files.tlsCaFile]
          : ['tls_client_cert_file', files.tlsClientCertFile]
      return unusable(column, name, error instanceof Error ? error.message : String(error))
    }
  }

  #read(column: string, name: string | null): Pem | null | Inconclusive {
    if (name === null) return null
    const file = this.#readPem(name)
    return file.outcome === 'read' ? file : unusable(column, name, file.reason)
  }

  #make({ ca, cert, key }: Pems): SecureContext {
    const trusted = ca?.text ?? this.#trustedCa
    return createSecureContext({
      ecdhCurve: TLS_GROUPS,
      ciphers: TLS_CIPHERS,
      ...(trusted === undefined ? {} : { ca: trusted }),
      ...(cert === null || key === null ? {} : { cert: cert.text, key: key.text }),
    })
  }

  #keep(id: string, made: SecureContext | Inconclusive): SecureContext | Inconclusive {
    if (this.#made.size >= CONTEXTS_MAX) this.#made.clear()
    this.#made.set(id, made)
    return made
  }
}

/** Looked at before OpenSSL sees it, which takes a file without any certificate for no authority at all. */
function problemOf(files: TlsFiles, { ca, cert, key }: Pems): Inconclusive | null {
  const { tlsCaFile, tlsClientCertFile, tlsClientKeyFile } = files
  const badCa = ca === null ? null : problemOfCertificates(ca)
  if (badCa !== null) return unusable('tls_ca_file', tlsCaFile, badCa)
  if (cert === null || key === null) return null
  const badCert = problemOfCertificates(cert)
  if (badCert !== null) return unusable('tls_client_cert_file', tlsClientCertFile, badCert)
  const privateKey = privateKeyOf(key)
  if (privateKey === null) {
    return unusable(
      'tls_client_key_file',
      tlsClientKeyFile,
      'it holds no private key in PEM, or an encrypted one',
    )
  }
  return new X509Certificate(cert.text).checkPrivateKey(privateKey)
    ? null
    : unusable('tls_client_key_file', tlsClientKeyFile, 'it is not the key of tls_client_cert_file')
}

function problemOfCertificates({ text }: Pem): string | null {
  const blocks = text.match(CERTIFICATES) ?? []
  if (blocks.length === 0) return 'it holds no certificate in PEM'
  return blocks.every(isCertificate) ? null : 'it holds a certificate that cannot be read'
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem)
    return true
  } catch {
    return false
  }
}

function privateKeyOf({ text }: Pem): KeyObject | null {
  try {
    return createPrivateKey(text)
  } catch {
    return null
  }
}

function unusable(column: string, name: string | null, reason: string): Inconclusive {
  const message = `${column}: the file ${JSON.stringify(name)} cannot be used: ${reason}`
  return { outcome: 'inconclusive', message }
}

function isStop(value: Pem | null | Inconclusive): value is Inconclusive {
  return value !== null && 'outcome' in value && value.outcome === 'inconclusive'
}
