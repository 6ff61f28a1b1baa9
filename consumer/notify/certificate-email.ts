import { plainLine } from '#shared/domain/plain-line.ts'
import type { CertificateFacts } from './certificate-facts.ts'
import { htmlOf, instant, textOf } from './email-layout.ts'
import type { Email } from './outage-email.ts'

const NAME_MAX = 160
const URL_MAX = 500
/** More sites than this behind one certificate are told as a number. */
const SITES_MAX = 20

/** Pure: the email that warns of a certificate's expiry. */
export function renderCertificateEmail(facts: CertificateFacts): Email {
  const subject = plainLine(facts.subject ?? facts.siteName, NAME_MAX)
  const within = facts.days === 1 ? 'within a day' : `within ${facts.days} days`
  const shown = facts.sites.slice(0, SITES_MAX)
  const more = facts.sites.length - shown.length
  const content = {
    subject: `[CERTIFICATE] ${subject} expires ${within}`,
    tone: 'neutral',
    headline: `The certificate of ${subject} expires ${within}.`,
    sentences: ['Visitors will be turned away from then on, unless it is renewed.'],
    facts: [
      ['Expires', instant(facts.expiresAtMs)],
      ['Subject', subject],
      ...(facts.issuer === null ? [] : [['Issuer', plainLine(facts.issuer, NAME_MAX)] as const]),
      ['SHA-256', facts.fingerprint],
    ],
    checks: {
      title: 'Sites that show it',
      rows: [
        ...shown.map(({ name, url }) => [plainLine(name, NAME_MAX), plainLine(url, URL_MAX)]),
        ...(more === 0 ? [] : [[`and ${more} more`]]),
      ],
    },
  } as const
  return { subject: content.subject, text: textOf(content), html: htmlOf(content) }
}
