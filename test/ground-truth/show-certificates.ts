import { createSecureContext, type SecureContext, type TlsOptions } from 'node:tls'
import { type Certificate, makeCertificate } from '../support/certificates.ts'
import type { Mode, TlsMode } from './truth.ts'

/** One for each bad mode, and the good one for all others. */
export type Certificates = Readonly<Record<TlsMode | 'ok', Certificate>>

const DAY_MS = 24 * 3_600_000
const EVERY_SITE = '*.truth.test'
/** The load of the benchmarks should be light: a post-quantum group costs as much as all the rest. */
const CHEAP_GROUPS = 'X25519:P-256'

/** Made anew for each run, with the authority that sites are to trust. */
export async function makeTruthCertificates(): Promise<{
  readonly ca: string
  readonly certificates: Certificates
}> {
  const issuer = await makeCertificate('Uptick ground truth', { isCa: true })
  const now = Date.now()
  const past = { from: now - 100 * DAY_MS, to: now - 10 * DAY_MS }
  const certificates = {
    ok: await makeCertificate(EVERY_SITE, { issuer }),
    tls_expired: await makeCertificate(EVERY_SITE, { issuer, ...past }),
    tls_wrong_host: await makeCertificate('elsewhere.example', { issuer }),
    tls_self_signed: await makeCertificate(EVERY_SITE, {}),
  }
  return { ca: issuer.cert, certificates }
}

/** Which certificate a server shows, by what the site whose name is asked for does at this moment. */
export function showCertificates(
  certificates: Certificates,
  modeOf: (serverName: string) => Mode,
): TlsOptions {
  const contexts: ReadonlyMap<string, SecureContext> = new Map(
    Object.entries(certificates).map(([mode, shown]) => [
      mode,
      createSecureContext({ ...shown, ecdhCurve: CHEAP_GROUPS }),
    ]),
  )
  const usual = contexts.get('ok')
  return {
    ...certificates.ok,
    ALPNProtocols: ['http/1.1'],
    SNICallback: (name, done) => done(null, contexts.get(modeOf(name)) ?? usual),
  }
}
