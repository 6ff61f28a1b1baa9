import {
  type Fields,
  instant,
  listOf,
  number,
  optional,
  readStored,
  text,
} from './stored-fields.ts'

/**
 * What an email about a certificate is made of, as it was known when the email was queued. Stored
 * in `notifications.facts`; instants are epoch milliseconds.
 */
export type CertificateFacts = {
  /** Of the first of the sites; how lists of emails call it. */
  readonly siteName: string
  readonly subject: string | null
  readonly issuer: string | null
  readonly fingerprint: string
  readonly expiresAtMs: number
  /** The number of days before its expiry that this warning was set for. */
  readonly days: number
  /** The sites that show it, of those whose outages the recipient is told of. */
  readonly sites: readonly { readonly name: string; readonly url: string }[]
}

/** Facts as they were stored, or why they cannot be read. */
export function decodeCertificateFacts(
  stored: Fields,
): CertificateFacts | { readonly unreadable: string } {
  return readStored(stored, (fields) => ({
    siteName: text(fields, 'siteName'),
    subject: optional(text)(fields, 'subject'),
    issuer: optional(text)(fields, 'issuer'),
    fingerprint: text(fields, 'fingerprint'),
    expiresAtMs: instant(fields, 'expiresAtMs'),
    days: number(fields, 'days'),
    sites: sites(fields, 'sites').map((site) => ({
      name: text(site, 'name'),
      url: text(site, 'url'),
    })),
  }))
}

const sites = listOf('sites')
