import { randomUUID } from 'node:crypto'
import { openKafkaAdmin } from '#shared/runtime/kafka-admin.ts'
import { openBrokers } from '#shared/runtime/kafka-client.ts'
import { openLog } from '#shared/runtime/log.ts'

/** A topic of results as the migration makes it, on a broker of the test run. */
export async function makeTopic(
  brokers: string,
  topic: string,
  group = 'uptick-consumer',
): Promise<void> {
  const settings = openBrokers([brokers], topic, 'test')
  const admin = await openKafkaAdmin(
    settings,
    openLog('test', 'silent'),
    new AbortController().signal,
  )
  await admin.prepareTopic(group)
  await admin.close()
}

/**
 * A topic and a consumer group of its own on the broker that all test files share: members of one
 * group who want different topics would be given one another's partitions.
 */
export async function ownStream(brokers: string) {
  const id = randomUUID()
  const [topic, group] = [`statuses-${id}`, `consumers-${id}`]
  await makeTopic(brokers, topic, group)
  return {
    RESULT_STREAM: 'kafka',
    KAFKA_BOOTSTRAP_SERVERS: brokers,
    KAFKA_STATUS_TOPIC: topic,
    KAFKA_CONSUMER_GROUP: group,
  } as const
}
