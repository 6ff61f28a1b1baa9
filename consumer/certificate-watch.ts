import { type CertSite, type CertWarning, takeDueWarnings } from '#db/cert-warnings.ts'
import type { Db } from '#db/connect.ts'
import { insertNotifications, type NewNotification } from '#db/notifications.ts'
import { NOTIFY_QUEUE } from '#shared/contracts/queues.ts'
import { notificationId } from '#shared/domain/identity.ts'
import { errorText, type Log } from '#shared/runtime/log.ts'
import { type RecurringService, recurring } from '#shared/runtime/recurring.ts'
import type { CertificateFacts } from './notify/certificate-facts.ts'
import { notifyJobs } from './notify/notify-job.ts'
import type { NotifyOptions } from './queue-notifications.ts'

export type CertificateWatchOptions = Omit<NotifyOptions, 'flapping'> & {
  readonly db: Db
  readonly log: Log
  /** At how many days before its expiry a certificate is told of; none: never. */
  readonly days: readonly number[]
}

const LOOK_EVERY_MS = 60_000

/** Warns of certificates that expire soon: one email each to whoever is told of a site that shows it. Any number may run. */
export function certificateWatch(
  options: CertificateWatchOptions,
): RecurringService<readonly CertWarning[]> {
  const { log } = options
  return recurring({
    name: 'certificate watch',
    everyMs: LOOK_EVERY_MS,
    runOnce: () => warn(options),
    onDone: (warnings) => {
      for (const warning of warnings) tell(log, warning)
    },
    onTrouble: (error) => log.warn({ error: errorText(error) }, 'could not look at certificates'),
  })
}

/** Notes the warnings that have become due, and queues their emails, in one transaction. */
function warn(options: CertificateWatchOptions): Promise<readonly CertWarning[]> {
  const { db, queue, days } = options
  return db.transaction().execute(async (trx) => {
    const warnings = await takeDueWarnings(trx, days)
    const messages = warnings.flatMap((warning) => messagesAbout(warning, options))
    const created = await insertNotifications(trx, messages)
    await queue.insert(NOTIFY_QUEUE, notifyJobs(created, 'first'), trx)
    return warnings
  })
}

type Addressing = Pick<NotifyOptions, 'defaultRecipients' | 'messageIdDomain'>

/** Pure: one message to each recipient, about the sites whose outages it is told of, too. */
export function messagesAbout(
  warning: CertWarning,
  { defaultRecipients, messageIdDomain }: Addressing,
): readonly NewNotification[] {
  const sitesOf = new Map<string, CertSite[]>()
  for (const site of warning.sites) {
    const named = site.alertEmails.length > 0 ? site.alertEmails : defaultRecipients
    for (const recipient of new Set(named)) {
      sitesOf.set(recipient, [...(sitesOf.get(recipient) ?? []), site])
    }
  }
  return [...sitesOf].map(([recipient, sites]) => ({
    aboutId: warning.id,
    kind: 'certificate',
    channel: 'email',
    recipient,
    messageId: `<${notificationId(warning.id, 'certificate', 'email', recipient)}@${messageIdDomain}>`,
    facts: factsOf(warning, sites),
  }))
}

function factsOf(warning: CertWarning, sites: readonly CertSite[]): CertificateFacts {
  const { subject, issuer, fingerprint, expiresAtMs, days } = warning
  return {
    siteName: sites[0]?.name ?? '',
    subject,
    issuer,
    fingerprint,
    expiresAtMs,
    days,
    sites: sites.map(({ name, url }) => ({ name, url })),
  }
}

function tell(log: Log, { subject, days, expiresAtMs, sites }: CertWarning): void {
  const facts = { subject, days, expires_at: new Date(expiresAtMs), sites: sites.length }
  log.warn(facts, 'certificate expires soon')
}
