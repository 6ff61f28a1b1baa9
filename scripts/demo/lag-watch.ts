import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type KafkaAdmin, openKafkaAdmin } from '#shared/runtime/kafka-admin.ts'
import { openLog } from '#shared/runtime/log.ts'
import type { StreamSettings } from '#shared/runtime/stream-settings.ts'
import type { StreamLag } from './render-dashboard.ts'

const READ_EVERY_MS = 1_000
const CLOSE_MAX_MS = 2_000

/** How far the consumer is behind, asked in the background: a Kafka that is away never holds up the view. */
export type LagWatch = {
  current(): StreamLag
  /** Resolves at the first answer, or when the signal ends the wait. */
  first(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export function watchLag(stream: StreamSettings, group: string): LagWatch {
  if (stream.kind === 'postgres') {
    return {
      current: () => 'not_kafka',
      first: async () => undefined,
      close: async () => undefined,
    }
  }
  const stop = new AbortController()
  const answered = new EventTarget()
  let lag: StreamLag = 'unknown'
  const watching = keepReading(stream.kafka, group, stop.signal, (read) => {
    lag = read
    answered.dispatchEvent(new Event('answer'))
  })
  return {
    current: () => lag,
    async first(signal) {
      if (lag === 'unknown') await once(answered, 'answer', { signal }).catch(() => undefined)
    },
    async close() {
      stop.abort()
      await Promise.race([watching, sleep(CLOSE_MAX_MS, undefined, { ref: false })])
    },
  }
}

async function keepReading(
  settings: Extract<StreamSettings, { kind: 'kafka' }>['kafka'],
  group: string,
  stopping: AbortSignal,
  tell: (lag: StreamLag) => void,
): Promise<void> {
  const log = openLog('demo', 'silent')
  let admin: KafkaAdmin | null = null
  while (!stopping.aborted) {
    try {
      admin ??= await openKafkaAdmin(settings, log, stopping)
      const partitions = await admin.lag(group)
      tell(partitions.reduce((total, { lag }) => total + lag, 0))
    } catch {
      // Kafka is away, or the topic not there yet: the view shows exactly that.
      tell('unknown')
    }
    await sleep(READ_EVERY_MS, undefined, { signal: stopping }).catch(() => undefined)
  }
  await admin?.close()
}
