import { RESULT_QUEUE } from '#shared/contracts/queues.ts'
import { openKafkaPublisher } from '#shared/runtime/kafka-publisher.ts'
import type { Log } from '#shared/runtime/log.ts'
import type { JobQueue } from '#shared/runtime/queue.ts'
import { queuePublisher } from '#shared/runtime/queue-stream.ts'
import type { Publisher } from '#shared/runtime/stream.ts'
import type { StreamSettings } from '#shared/runtime/stream-settings.ts'

/** The writing end of whichever stream the settings name. */
export async function openPublisher(
  settings: StreamSettings,
  queue: JobQueue,
  log: Log,
  stopping: AbortSignal,
): Promise<Publisher> {
  if (settings.kind === 'postgres') return queuePublisher(queue, RESULT_QUEUE)
  return openKafkaPublisher(settings.kafka, log, stopping)
}
