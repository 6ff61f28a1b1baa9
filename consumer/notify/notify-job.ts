import type { NotificationKey, QueuedNotification } from '#db/notifications.ts'
import { notifyJobId } from '#shared/domain/identity.ts'
import type { NewJob } from '#shared/runtime/queue.ts'

/** All messages about one outage to one recipient: they are sent in order, so a job names no single one. */
export type Thread = Pick<NotificationKey, 'outageId' | 'channel' | 'recipient'>

/** What is put on the queue `notify`: `{outageId, channel, recipient}`. */
export function encodeNotifyJob({ outageId, channel, recipient }: NotificationKey): Thread {
  return { outageId, channel, recipient }
}

/** One job for each message; `round` tells those of a later sweep from the first. */
export function notifyJobs(messages: readonly QueuedNotification[], round: string): NewJob[] {
  return messages.map((message) => ({
    id: notifyJobId(message.id, round),
    data: encodeNotifyJob(message),
  }))
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** The thread, or why the job cannot be read (a job of another version, in a rolling upgrade). */
export function decodeNotifyJob(data: unknown): Thread | { readonly unreadable: string } {
  if (typeof data !== 'object' || data === null) return { unreadable: 'not an object' }
  const { outageId, channel, recipient }: Partial<Record<keyof Thread, unknown>> = data
  if (typeof outageId !== 'string' || !UUID.test(outageId))
    return { unreadable: 'outageId is not a UUID' }
  if (channel !== 'email') return { unreadable: 'channel is not email' }
  if (typeof recipient !== 'string') return { unreadable: 'recipient is not a text' }
  return { outageId, channel, recipient }
}
