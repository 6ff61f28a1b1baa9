import { openKafkaAdmin } from '#shared/runtime/kafka-admin.ts'
import { openBrokers } from '#shared/runtime/kafka-client.ts'
import { openLog } from '#shared/runtime/log.ts'
import { retry } from '#shared/runtime/retry.ts'

/** What a new broker answers for its first moments; it passes within a second or two. */
const BACKOFF = { firstMs: 100, maxMs: 1_000 }

/** The group whose offsets are asked for, so that the broker makes its topic for them. */
const GROUP = 'uptick-consumer'

/**
 * Resolves when the broker does its work: it answers, and the topic exists, as does the one of the
 * consumer groups' offsets, which the first group would otherwise wait for.
 * @throws what the broker said last, when `signal` is aborted.
 */
export async function makeKafkaReady(
  bootstrapServers: string,
  topic: string,
  signal: AbortSignal,
): Promise<void> {
  const log = openLog('support', 'silent')
  const settings = openBrokers(bootstrapServers.split(','), topic, 'uptick-support')
  const admin = await openKafkaAdmin(settings, log, signal)
  try {
    await retry(() => admin.prepareTopic(GROUP), {
      backoff: BACKOFF,
      signal,
      onFailure: () => undefined,
    })
  } finally {
    await admin.close()
  }
}
