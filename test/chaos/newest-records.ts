import { randomUUID } from 'node:crypto'
import type { Kafka } from 'kafkajs'
import type { TopicRecord } from '../support/invariants.ts'

/**
 * The last records of each partition, at most so many of each, without reading what came before.
 * @throws when the broker does not give them in time.
 */
export async function newestRecords(
  kafka: Kafka,
  topic: string,
  ofEachPartition: number,
  withinMs: number,
): Promise<readonly TopicRecord[]> {
  const spans = await spansOf(kafka, topic, ofEachPartition)
  if (spans.size === 0) return []
  const records: TopicRecord[] = []
  const missing = new Set(spans.keys())
  const done = Promise.withResolvers<void>()
  const timer = setTimeout(
    () => done.reject(new Error(`the newest records did not come within ${withinMs} ms`)),
    withinMs,
  )
  const consumer = kafka.consumer({ groupId: `chaos-${randomUUID()}` })
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [topic] })
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        const span = spans.get(partition)
        if (span === undefined || !missing.has(partition)) return
        if (Number(message.offset) < span.from) return
        const place = `${partition}/${message.offset}`
        records.push({ place, key: message.key?.toString() ?? null, value: message.value })
        if (Number(message.offset) >= span.last) missing.delete(partition)
        if (missing.size === 0) done.resolve()
      },
    })
    for (const [partition, { from }] of spans)
      consumer.seek({ topic, partition, offset: String(from) })
    await done.promise
    return records
  } finally {
    clearTimeout(timer)
    await consumer.disconnect()
  }
}

async function spansOf(kafka: Kafka, topic: string, ofEachPartition: number) {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const offsets = await admin.fetchTopicOffsets(topic)
    return new Map(
      offsets
        .map(({ partition, low, high }) => {
          const from = Math.max(Number(low), Number(high) - ofEachPartition)
          return [partition, { from, last: Number(high) - 1 }] as const
        })
        .filter(([, { from, last }]) => from <= last),
    )
  } finally {
    await admin.disconnect()
  }
}
