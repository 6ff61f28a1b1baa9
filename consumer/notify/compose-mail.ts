import type { ClaimedNotification } from '#db/notifications.ts'
import { notificationId } from '#shared/domain/identity.ts'
import { decodeOutageFacts } from './decode-outage-facts.ts'
import { parseEmailAddress } from './email-address.ts'
import type { OutgoingMail } from './mailer.ts'
import { renderEmail } from './outage-email.ts'

/** The mail, with the site's name for the log. */
export type ComposedMail = OutgoingMail & { readonly siteName: string }

/** Pure: the mail a stored notification stands for, or why none can be made of it, ever. */
export function composeMail(
  notification: ClaimedNotification,
): ComposedMail | { readonly unsendable: string } {
  const { kind, recipient, messageId } = notification
  const address = parseEmailAddress(recipient)
  if ('problem' in address) return { unsendable: `the recipient ${address.problem}` }
  const facts = decodeOutageFacts(notification.facts)
  if ('unreadable' in facts)
    return { unsendable: `the stored facts cannot be read: ${facts.unreadable}` }
  return {
    ...renderEmail(kind, facts),
    to: recipient,
    messageId,
    inReplyTo: kind === 'outage' ? null : outageMessageId(notification),
    siteName: facts.siteName,
  }
}

/**
 * Message-IDs follow from what they are about, so the first one of a thread need not be looked up.
 * Only a change of the sender's domain within an outage makes it another, and breaks that thread.
 */
function outageMessageId({ outageId, recipient, messageId }: ClaimedNotification): string {
  const id = notificationId(outageId, 'outage', 'email', recipient)
  return `<${id}@${messageId.slice(messageId.indexOf('@') + 1)}`
}
