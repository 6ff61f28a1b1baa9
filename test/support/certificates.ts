import { generate } from 'selfsigned'

export type Certificate = { readonly key: string; readonly cert: string }

export type Certificates = {
  /** What a client must trust for `valid`, `expired`, `notYetValid` and `wrongHost`. */
  readonly ca: string
  /** Who signed them, and may sign more. */
  readonly authority: Certificate
  readonly valid: Certificate
  readonly expired: Certificate
  readonly notYetValid: Certificate
  readonly wrongHost: Certificate
  readonly selfSigned: Certificate
}

const DAY_MS = 24 * 3_600_000

/** When `expired` expired; certificates count in whole seconds. */
export const EXPIRED_AT_MS = Math.floor(Date.now() / 1000) * 1000 - 10 * DAY_MS

/** A small authority of our own and what servers on loopback may show of it; made anew for each run. */
export async function makeCertificates(): Promise<Certificates> {
  const authority = await makeCertificate('Uptick test authority', { isCa: true })
  const issuer = { key: authority.key, cert: authority.cert }
  const now = Date.now()
  return {
    ca: authority.cert,
    authority: issuer,
    valid: await makeCertificate('localhost', { issuer }),
    expired: await makeCertificate('localhost', {
      issuer,
      from: now - 100 * DAY_MS,
      to: EXPIRED_AT_MS,
    }),
    notYetValid: await makeCertificate('localhost', {
      issuer,
      from: now + DAY_MS,
      to: now + 100 * DAY_MS,
    }),
    wrongHost: await makeCertificate('elsewhere.example', { issuer }),
    selfSigned: await makeCertificate('localhost', {}),
  }
}

type Wanted = {
  /** `sha256` by default. */
  readonly hash?: 'sha1' | 'sha256'
  /** In place of the name, where a certificate says whom it is for. */
  readonly altName?: string
  readonly isCa?: boolean
  readonly issuer?: Certificate
  readonly from?: number
  readonly to?: number
}

export async function makeCertificate(
  name: string,
  { isCa = false, issuer, from, to, hash = 'sha256', altName = name }: Wanted,
): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: hash,
    notBeforeDate: new Date(from ?? Date.now() - DAY_MS),
    notAfterDate: new Date(to ?? Date.now() + 90 * DAY_MS),
    extensions: [{ name: 'basicConstraints', cA: isCa, critical: true }, namesOf(altName)],
    ...(issuer === undefined ? {} : { ca: issuer }),
  })
  return { key: made.private, cert: made.cert }
}

/** `localhost` is this machine by its address as well. */
function namesOf(name: string) {
  const addresses = name === 'localhost' ? [{ type: 7 as const, ip: '127.0.0.1' }] : []
  return {
    name: 'subjectAltName' as const,
    altNames: [{ type: 2 as const, value: name }, ...addresses],
  }
}
