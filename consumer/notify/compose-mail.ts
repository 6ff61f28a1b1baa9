import type { ClaimedNotification, NotificationKind } from '#db/notifications.ts'
import { parseEmailAddress } from '#shared/domain/email-address.ts'
import { notificationId } from '#shared/domain/identity.ts'
import { renderCertificateEmail } from './certificate-email.ts'
import { decodeCertificateFacts } from './certificate-facts.ts'
import { decodeOutageFacts } from './decode-outage-facts.ts'
import type { OutgoingMail } from './mailer.ts'
import { type Email, renderOutageEmail } from './outage-email.ts'

/** The mail, with the site's name for the log. */
export type ComposedMail = OutgoingMail & { readonly siteName: string }

/** Pure: the mail a stored notification stands for, or why none can be made of it, ever. */
export function composeMail(
  notification: ClaimedNotification,
): ComposedMail | { readonly unsendable: string } {
  const { kind, recipient, messageId } = notification
  const address = parseEmailAddress(recipient)
  if ('problem' in address) return { unsendable: `the recipient ${address.problem}` }
  const written = write(notification)
  if ('unreadable' in written)
    return { unsendable: `the stored facts cannot be read: ${written.unreadable}` }
  const inReplyTo = repliesToOutage(kind) ? outageMessageId(notification) : null
  return { ...written, to: recipient, messageId, inReplyTo }
}

function write({
  kind,
  facts: stored,
}: ClaimedNotification): (Email & { readonly siteName: string }) | { readonly unreadable: string } {
  if (kind === 'certificate') {
    const facts = decodeCertificateFacts(stored)
    return 'unreadable' in facts
      ? facts
      : { ...renderCertificateEmail(facts), siteName: facts.siteName }
  }
  const facts = decodeOutageFacts(stored)
  return 'unreadable' in facts
    ? facts
    : { ...renderOutageEmail(kind, facts), siteName: facts.siteName }
}

function repliesToOutage(kind: NotificationKind): boolean {
  return kind === 'recovery' || kind === 'correction'
}

/**
 * Message-IDs follow from what they are about, so the first one of a thread need not be looked up.
 * Only a change of the sender's domain within an outage makes it another, and breaks that thread.
 */
function outageMessageId({ aboutId, recipient, messageId }: ClaimedNotification): string {
  const id = notificationId(aboutId, 'outage', 'email', recipient)
  return `<${id}@${messageId.slice(messageId.indexOf('@') + 1)}`
}
