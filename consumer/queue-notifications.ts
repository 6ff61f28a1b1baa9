import type { Trx } from '#db/connect.ts'
import {
  insertNotifications,
  type NewNotification,
  type NotificationKind,
  withdrawNotifications,
} from '#db/notifications.ts'
import type { Outage } from '#db/outages.ts'
import { resultsSince, type Seen } from '#db/ping-status.ts'
import type { SiteState } from '#db/sites.ts'
import { NOTIFY_QUEUE } from '#shared/contracts/queues.ts'
import { notificationId } from '#shared/domain/identity.ts'
import type { JobQueue } from '#shared/runtime/queue.ts'
import type { FlappingRule } from './decide-telling.ts'
import { notifyJobs } from './notify/notify-job.ts'
import { EVIDENCE_MAX, type OutageFacts } from './notify/outage-facts.ts'

/** Something to be told about a site's outage. */
export type News = {
  readonly kind: Exclude<NotificationKind, 'certificate'>
  readonly state: SiteState
  readonly outage: Outage
  /** Null: everybody whom the site names, or the default recipients. */
  readonly recipients: readonly string[] | null
}

export type NotifyOptions = {
  readonly queue: JobQueue
  /** For sites that name nobody. */
  readonly defaultRecipients: readonly string[]
  /** Right-hand side of Message-IDs. */
  readonly messageIdDomain: string
  readonly flapping: FlappingRule
}

/**
 * Writes a row and a job for each message, in the transaction that changed the outage: no message
 * without its outage, no outage without its messages, none of them twice.
 */
export async function queueNotifications(
  trx: Trx,
  news: readonly News[],
  options: NotifyOptions,
): Promise<void> {
  if (news.length === 0) return
  const evidence = await gatherEvidence(trx, news)
  const wanted = news.flatMap((item, index) => messagesAbout(item, evidence[index] ?? [], options))
  const created = await insertNotifications(trx, wanted)
  await options.queue.insert(NOTIFY_QUEUE, notifyJobs(created, 'first'), trx)
}

/**
 * An outage that never was: what nobody has been told yet is withdrawn, and who has been told is
 * told so.
 */
export async function retractionNews(
  trx: Trx,
  state: SiteState,
  outages: readonly Outage[],
): Promise<readonly News[]> {
  const news: News[] = []
  for (const outage of outages) {
    const recipients = await withdrawNotifications(trx, outage.id)
    if (recipients.length > 0) news.push({ kind: 'correction', state, outage, recipients })
  }
  return news
}

function gatherEvidence(trx: Trx, news: readonly News[]): Promise<readonly (readonly Seen[])[]> {
  const wanted = news.map((item) => ({
    siteId: item.state.siteId,
    fromSlotMs: evidenceFromMs(item),
  }))
  return resultsSince(trx, wanted, EVIDENCE_MAX)
}

/** A recovery is proven by the good results from its end on, all else by the failed ones from its start on. */
function evidenceFromMs({ kind, outage }: News): number {
  return kind === 'recovery' ? (outage.endedAtMs ?? outage.startedAtMs) : outage.startedAtMs
}

function messagesAbout(
  news: News,
  evidence: readonly Seen[],
  options: NotifyOptions,
): NewNotification[] {
  const { kind, outage, state } = news
  const named = state.alertEmails.length > 0 ? state.alertEmails : options.defaultRecipients
  const recipients = new Set(news.recipients ?? named)
  return [...recipients].map((recipient) => ({
    aboutId: outage.id,
    kind,
    channel: 'email',
    recipient,
    messageId: `<${notificationId(outage.id, kind, 'email', recipient)}@${options.messageIdDomain}>`,
    facts: factsOf(news, evidence, options.flapping),
  }))
}

function factsOf(
  { kind, outage, state }: News,
  evidence: readonly Seen[],
  flapping: FlappingRule,
): OutageFacts {
  return {
    siteName: state.name,
    siteUrl: state.url,
    startedAtMs: outage.startedAtMs,
    detectedAtMs: outage.detectedAtMs,
    endedAtMs: kind === 'outage' ? null : outage.endedAtMs,
    failure: outage.failure,
    message: outage.message,
    upSinceMs: outage.upSinceMs,
    statusCode: outage.statusCode,
    remoteAddress: outage.remoteAddress,
    excerpt: outage.excerpt,
    restlessness: kind === 'flapping' || kind === 'calm' ? flapping : null,
    evidence: evidence.map(
      ({ slotMs, result, failure, message, statusCode, latencyMs, worker }) => ({
        slotMs,
        result,
        failure,
        message,
        statusCode,
        latencyMs,
        worker,
      }),
    ),
  }
}
