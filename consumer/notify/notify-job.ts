import type { NotificationKey, QueuedNotification } from '#db/notifications.ts'
import { notifyJobId } from '#shared/domain/identity.ts'
import type { NewJob } from '#shared/runtime/queue.ts'

/** All messages of one thread: they are sent in order, so a job names no single one. */
export type Thread = Pick<NotificationKey, 'aboutId' | 'channel' | 'recipient'>

/** What is put on the queue `notify`: `{aboutId, channel, recipient}`. */
export function encodeNotifyJob({ aboutId, channel, recipient }: NotificationKey): Thread {
  return { aboutId, channel, recipient }
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
  const { outageId, channel, recipient, ...now }: Partial<Record<string, unknown>> = data
  // Jobs that wait since before there were certificates to tell of say it in their own word.
  const aboutId = now.aboutId ?? outageId
  if (typeof aboutId !== 'string' || !UUID.test(aboutId))
    return { unreadable: 'aboutId is not a UUID' }
  if (channel !== 'email') return { unreadable: 'channel is not email' }
  if (typeof recipient !== 'string') return { unreadable: 'recipient is not a text' }
  return { aboutId, channel, recipient }
}
