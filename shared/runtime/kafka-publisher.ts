import { Partitioners } from 'kafkajs'
import { CLIENT_RETRY, type KafkaSettings, kafkaClient, untilConnected } from './kafka-client.ts'
import type { Log } from './log.ts'
import type { Publisher } from './stream.ts'

/** Connects, and keeps trying until a broker answers or `stopping` is aborted. */
export async function openKafkaPublisher(
  settings: KafkaSettings,
  log: Log,
  stopping: AbortSignal,
): Promise<Publisher> {
  const producer = kafkaClient(settings, log).producer({
    // Consumers tell results apart by site and slot, so a record twice is a record once.
    idempotent: false,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: CLIENT_RETRY,
  })
  await untilConnected(() => producer.connect(), log, stopping)
  return {
    async publish(records) {
      if (records.length === 0) return
      await producer.send({
        topic: settings.topic,
        acks: -1,
        timeout: 10_000,
        messages: [...records],
      })
    },
    close: () => producer.disconnect(),
  }
}
