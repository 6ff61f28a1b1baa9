import { RESULT_QUEUE } from '#shared/contracts/queues.ts'
import { subscribeToKafka } from '#shared/runtime/kafka-subscription.ts'
import type { Log } from '#shared/runtime/log.ts'
import type { JobQueue } from '#shared/runtime/queue.ts'
import { subscribeToQueue } from '#shared/runtime/queue-stream.ts'
import type { Service } from '#shared/runtime/service.ts'
import type { BatchHandler, Subscription } from '#shared/runtime/stream.ts'
import type { StreamSettings } from '#shared/runtime/stream-settings.ts'

export type SubscriptionOptions = {
  readonly stream: StreamSettings
  readonly queue: JobQueue
  readonly group: string
  readonly handle: BatchHandler
  readonly onDead: (reason: string) => void
  readonly log: Log
  readonly stopping: AbortSignal
}

export type ResultSubscription = Service & Pick<Subscription, 'partitions'>

/** The reading end of whichever stream the settings name, as a service. */
export function resultSubscription(options: SubscriptionOptions): ResultSubscription {
  let subscription: Subscription | null = null
  return {
    name: 'result subscription',
    partitions: () => subscription?.partitions() ?? [],
    async start() {
      subscription ??= await open(options)
    },
    async stop() {
      const closing = subscription
      subscription = null
      await closing?.close()
    },
  }
}

function open({
  stream,
  queue,
  group,
  handle,
  onDead,
  log,
  stopping,
}: SubscriptionOptions): Promise<Subscription> {
  if (stream.kind === 'postgres') return subscribeToQueue(queue, RESULT_QUEUE, handle, log)
  return subscribeToKafka(stream.kafka, { group, handle, onDead }, log, stopping)
}
