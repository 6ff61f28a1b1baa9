import { CLIENT_RETRY, type KafkaSettings, kafkaClient, untilConnected } from './kafka-client.ts'
import type { Log } from './log.ts'

/** How many a topic gets that is created here: the most consumers that can share it. */
export const PARTITIONS = 6

export type TopicLag = { readonly partition: number; readonly lag: number }

export type KafkaAdmin = {
  /** Creates the topic and makes the group's offsets possible; both may exist already. */
  prepareTopic(group: string): Promise<void>
  hasTopic(): Promise<boolean>
  /** How many records of each partition the group has not committed yet. */
  lag(group: string): Promise<readonly TopicLag[]>
  close(): Promise<void>
}

export async function openKafkaAdmin(
  settings: KafkaSettings,
  log: Log,
  stopping: AbortSignal,
): Promise<KafkaAdmin> {
  const admin = kafkaClient(settings, log).admin({ retry: CLIENT_RETRY })
  await untilConnected(() => admin.connect(), log, stopping)
  const { topic } = settings
  return {
    async prepareTopic(group) {
      const isThere = (await admin.listTopics()).includes(topic)
      if (!isThere)
        await admin.createTopics({
          waitForLeaders: true,
          topics: [{ topic, numPartitions: PARTITIONS }],
        })
      // Asking for offsets makes the broker create its own topic for them, before the first consumer waits for it.
      await admin.fetchOffsets({ groupId: group, topics: [topic] })
    },
    hasTopic: async () => (await admin.listTopics()).includes(topic),
    async lag(group) {
      const [committed] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
      const latest = await admin.fetchTopicOffsets(topic)
      return latest.map(({ partition, high, low }) => {
        const offset =
          committed?.partitions.find((entry) => entry.partition === partition)?.offset ?? '-1'
        const next = offset === '-1' ? low : offset
        return { partition, lag: Math.max(0, Number(BigInt(high) - BigInt(next))) }
      })
    },
    close: () => admin.disconnect(),
  }
}
