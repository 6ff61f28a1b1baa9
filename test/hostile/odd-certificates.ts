import { type Certificate, makeCertificate } from '../support/certificates.ts'

const DAY_MS = 24 * 3_600_000
/** More than OpenSSL follows. */
const LONG = 101

/** What servers may show that is odd without being plainly wrong; all but `stranger` lead to the authority. */
export async function makeOddCertificates(authority: Certificate) {
  const intermediate = await makeCertificate('Test intermediate', { isCa: true, issuer: authority })
  const unchained = await makeCertificate('localhost', { issuer: intermediate })
  const unknown = await makeCertificate('Unknown authority', { isCa: true })
  const stranger = await makeCertificate('localhost', { issuer: unknown })
  return {
    unchained,
    chained: above(unchained, intermediate),
    stranger: above(stranger, unknown),
    longChain: await makeLongChain(authority),
    named: await makeCertificate('up.test', { issuer: authority }),
    expiring: await makeCertificate('localhost', {
      issuer: authority,
      to: Date.now() + 7 * DAY_MS,
    }),
    sha1: await makeCertificate('localhost', { issuer: authority, hash: 'sha1' }),
    nulName: await makeCertificate('localhost', {
      issuer: authority,
      altName: 'localhost\0.elsewhere.example',
    }),
  } satisfies Record<string, Certificate>
}

async function makeLongChain(authority: Certificate): Promise<Certificate> {
  const chain = [authority]
  for (let depth = 0; depth < LONG; depth++) {
    const issuer = chain[0] ?? authority
    chain.unshift(await makeCertificate(`Test link ${depth}`, { isCa: true, issuer }))
  }
  const leaf = await makeCertificate('localhost', { issuer: chain[0] ?? authority })
  return above(leaf, ...chain)
}

/** A certificate with those that it leads to, nearest first. */
function above(certificate: Certificate, ...chain: readonly Certificate[]): Certificate {
  return { key: certificate.key, cert: [certificate, ...chain].map(({ cert }) => cert).join('\n') }
}
