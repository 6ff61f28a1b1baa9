import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test, vi } from 'vitest'
import { openKafkaAdmin } from '#shared/runtime/kafka-admin.ts'
import { openBrokers } from '#shared/runtime/kafka-client.ts'
import { openKafkaPublisher } from '#shared/runtime/kafka-publisher.ts'
import { openLog } from '#shared/runtime/log.ts'
import { watchLag } from './lag-watch.ts'

const kafka = inject('kafka')
const log = openLog('test', 'silent')
const running = new AbortController().signal

const settingsFor = (brokers: string) => openBrokers([brokers], `statuses-${randomUUID()}`, 'test')

test('where the stream is Postgres there is no lag to watch', async () => {
  const watch = watchLag({ kind: 'postgres' }, 'group')
  await watch.first(running)
  expect(watch.current()).toBe('not_kafka')
  await watch.close()
})

test('a Kafka that is away leaves the lag unknown, and holds nobody up', async () => {
  const watch = watchLag({ kind: 'kafka', kafka: settingsFor('127.0.0.1:1') }, 'group')
  await watch.first(AbortSignal.timeout(200))
  expect(watch.current()).toBe('unknown')
  await watch.close()
})

describe.skipIf('missing' in kafka)('on Kafka', () => {
  test('the lag is what was published and not yet committed', async () => {
    if ('missing' in kafka) throw new Error(kafka.missing)
    const settings = settingsFor(kafka.brokers)
    const group = `group-${randomUUID()}`
    const admin = await openKafkaAdmin(settings, log, running)
    await admin.prepareTopic(group)
    await admin.close()
    const watch = watchLag({ kind: 'kafka', kafka: settings }, group)
    await watch.first(AbortSignal.timeout(15_000))
    expect(watch.current()).toBe(0)

    const publisher = await openKafkaPublisher(settings, log, running)
    await publisher.publish(['a', 'b', 'c'].map((value) => ({ key: value, value })))
    await publisher.close()
    await vi.waitFor(() => expect(watch.current()).toBe(3), { timeout: 10_000 })
    await watch.close()
  })
})
