import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'

/** PEM texts; null: not given. */
export type CertificateFiles = {
  readonly ca: string | null
  readonly cert: string | null
  readonly key: string | null
}

export type CertificateProblem = {
  readonly part: keyof CertificateFiles
  /** Continues "its file". Shows nothing of what is in it. */
  readonly reason: string
}

const NO_CERTIFICATE = 'holds no certificate (PEM)'

/** Why files of TLS cannot be used, told at start and not at the first handshake. */
export function certificateProblems({
  ca,
  cert,
  key,
}: CertificateFiles): readonly CertificateProblem[] {
  const authority = ca === null ? null : certificateIn(ca)
  const certificate = cert === null ? null : certificateIn(cert)
  const privateKey = key === null ? null : privateKeyIn(key)
  return [
    ...problemIf(ca !== null && authority === null, 'ca', NO_CERTIFICATE),
    ...problemIf(cert !== null && certificate === null, 'cert', NO_CERTIFICATE),
    ...problemIf(
      key !== null && privateKey === null,
      'key',
      'holds no private key that can be read (PEM, without a passphrase)',
    ),
    ...problemIf(
      certificate !== null && privateKey !== null && !certificate.checkPrivateKey(privateKey),
      'key',
      'is not the key of the certificate',
    ),
  ]
}

function problemIf(
  isSo: boolean,
  part: keyof CertificateFiles,
  reason: string,
): readonly CertificateProblem[] {
  return isSo ? [{ part, reason }] : []
}

/** The first one, as of a bundle. */
function certificateIn(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}

function privateKeyIn(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem)
  } catch {
    return null
  }
}
