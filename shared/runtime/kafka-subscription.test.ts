import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test, vi } from 'vitest'
import { openKafkaAdmin } from './kafka-admin.ts'
import { type KafkaSettings, openBrokers } from './kafka-client.ts'
import { openKafkaPublisher } from './kafka-publisher.ts'
import { subscribeToKafka } from './kafka-subscription.ts'
import { openLog } from './log.ts'
import type { BatchHandler, ReceivedRecord } from './stream.ts'

const kafka = inject('kafka')
const log = openLog('test', 'silent')
const running = new AbortController().signal

async function openTopic(): Promise<{ settings: KafkaSettings; group: string }> {
  if ('missing' in kafka) throw new Error(kafka.missing)
  const name = randomUUID()
  const settings = openBrokers([kafka.brokers], `statuses-${name}`, 'test')
  const admin = await openKafkaAdmin(settings, log, running)
  await admin.prepareTopic(`group-${name}`)
  await admin.close()
  return { settings, group: `group-${name}` }
}

async function publish(settings: KafkaSettings, values: readonly string[]): Promise<void> {
  const publisher = await openKafkaPublisher(settings, log, running)
  await publisher.publish(values.map((value) => ({ key: value.slice(0, 1), value })))
  await publisher.close()
}

const subscribe = (
  { settings, group }: { settings: KafkaSettings; group: string },
  handle: BatchHandler,
  onDead: (reason: string) => void = () => undefined,
) => subscribeToKafka(settings, { group, handle, onDead }, log, running)

const texts = (records: readonly ReceivedRecord[]) => records.map(({ value }) => value?.toString())

describe.skipIf('missing' in kafka)('the result stream on Kafka', () => {
  test('delivers what was published, with its place in the topic', async () => {
    const topic = await openTopic()
    const seen: ReceivedRecord[] = []
    const subscription = await subscribe(topic, async (records) => void seen.push(...records))
    await publish(topic.settings, ['a1', 'a2', 'b1'])
    await vi.waitFor(() => expect(seen).toHaveLength(3), { timeout: 15_000 })
    await subscription.close()
    expect(texts(seen).sort()).toEqual(['a1', 'a2', 'b1'])
    expect(seen[0]).toMatchObject({
      topic: topic.settings.topic,
      offset: expect.stringMatching(/^\d+$/),
    })
  })

  test('keeps the order of records with the same key', async () => {
    const topic = await openTopic()
    const sent = Array.from({ length: 200 }, (_, index) => `a${index}`)
    const seen: (string | undefined)[] = []
    const subscription = await subscribe(
      topic,
      async (records) => void seen.push(...texts(records)),
    )
    await publish(topic.settings, sent)
    await vi.waitFor(() => expect(seen).toHaveLength(200), { timeout: 15_000 })
    await subscription.close()
    expect(seen).toEqual(sent)
  })

  test('does not deliver again what was handled, to the next subscriber of the group', async () => {
    const topic = await openTopic()
    const first: unknown[] = []
    const second: unknown[] = []
    const subscription = await subscribe(
      topic,
      async (records) => void first.push(...texts(records)),
    )
    await publish(topic.settings, ['a1'])
    await vi.waitFor(() => expect(first).toEqual(['a1']), { timeout: 15_000 })
    await subscription.close()
    await publish(topic.settings, ['a2'])
    const next = await subscribe(topic, async (records) => void second.push(...texts(records)))
    await vi.waitFor(() => expect(second).toEqual(['a2']), { timeout: 15_000 })
    await next.close()
  })

  test.each([
    ['an error', new Error('away')],
    [
      'a TypeError, which the client takes for the end',
      new TypeError('undefined is not a function'),
    ],
    ['a RangeError', new RangeError('too much')],
  ])('delivers a batch again when its handler throws %s', async (_, error) => {
    const topic = await openTopic()
    const seen: unknown[] = []
    const dead: string[] = []
    let isFirst = true
    const subscription = await subscribe(
      topic,
      async (records) => {
        if (isFirst) {
          isFirst = false
          throw error
        }
        seen.push(...texts(records))
      },
      (reason) => void dead.push(reason),
    )
    await publish(topic.settings, ['a1'])
    await vi.waitFor(() => expect(seen).toEqual(['a1']), { timeout: 15_000 })
    await subscription.close()
    expect(dead).toEqual([])
  })

  test('says how many records wait', async () => {
    const topic = await openTopic()
    await publish(topic.settings, ['a1', 'a2', 'b1'])
    const admin = await openKafkaAdmin(topic.settings, log, running)
    const lag = await admin.lag(topic.group)
    await admin.close()
    expect(lag).toHaveLength(6)
    expect(lag.reduce((sum, partition) => sum + partition.lag, 0)).toBe(3)
  })
})
