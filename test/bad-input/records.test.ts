import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { encodeResult } from '#shared/contracts/result-record.ts'
import { kafkaClient, openBrokers } from '#shared/runtime/kafka-client.ts'
import { openLog } from '#shared/runtime/log.ts'
import { ownStream } from '../support/make-topic.ts'
import { resultAt } from '../support/results.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { type ServiceProcess, startService } from '../support/stack.ts'
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts'

/**
 * Rows 35 and 36: records as anybody may write them who reaches the broker, before a real consumer.
 * Each is put aside with its reason; the good record behind it, on the same partition, is stored.
 */

const kafka = inject('kafka')
const SOON = { timeout: 20_000, interval: 100 }
const SITE = '1'

const good = (slot: number) => JSON.parse(encodeResult(resultAt(slot, 'up')))
const json = (changes: object) => Buffer.from(JSON.stringify({ ...good(0), ...changes }))
/** What `JSON.stringify` cannot say. */
const instead = (value: unknown, text: string) =>
  Buffer.from(
    JSON.stringify({ ...good(0), latency_ms: value }).replace(JSON.stringify(value), text),
  )
const hourAhead = new Date(Date.now() + 3_600_000).toISOString()

type Row = readonly [sentence: string, value: Buffer | null, reason: RegExp, key?: string | null]
const rows: readonly Row[] = [
  ['35: no bytes', Buffer.alloc(0), /^the value is empty$/],
  ['35: no value', null, /^the value is empty$/],
  ['35: no UTF-8', Buffer.from([0xff, 0xfe, 0]), /^the value is not UTF-8$/],
  ['35: JSON that breaks off', Buffer.from('{"v":1,"site_id"'), /^the value is not JSON$/],
  ['35: a list', Buffer.from('[]'), /^the value is not a JSON object$/],
  [
    '35: brackets 30,000 deep',
    Buffer.from('['.repeat(30_000) + ']'.repeat(30_000)),
    /^the value is not a JSON object$/,
  ],
  ['35: 900 KiB', Buffer.alloc(900 * 1024, 'x'), /bytes/],
  ['35: the key of another site', json({}), /^the key "2" is not the site_id 1$/, '2'],
  ['35: a version of tomorrow', json({ v: 99 }), /^v must be a whole number from 1 to 1, not 99$/],
  ['35: no slot', json({ slot: undefined }), /^slot must be a UTC instant/],
  [
    '35: a slot of 9e15',
    json({ slot: 9e15 }),
    /^slot must be a UTC instant .*not 9000000000000000$/,
  ],
  ['35: a slot below zero', json({ slot: -1 }), /^slot must be a UTC instant .*not -1$/],
  ['35: a slot in words', json({ slot: 'now' }), /^slot must be a UTC instant .*not "now"$/],
  ['35: a slot an hour ahead', json({ slot: hourAhead }), /is in the future/],
  ['35: a slot of 1970', json({ slot: '1970-01-01T00:00:00.000Z' }), /older than 7 days/],
  ['35: a site that there is not', json({ site_id: 77 }), /^there is no site 77$/, '77'],
  ['35: a site in words', json({ site_id: '1' }), /^site_id must be a whole number .*not "1"$/],
  ['35: a site beyond all numbers', json({ site_id: 2 ** 60 }), /^site_id must be a whole number/],
  [
    '35: status 0',
    json({ status_code: 0 }),
    /^status_code must be a whole number from 100 to 599, not 0$/,
  ],
  ['35: status 99', json({ status_code: 99 }), /^status_code .*not 99$/],
  ['35: status 1000', json({ status_code: 1_000 }), /^status_code .*not 1000$/],
  [
    '35: a latency below zero',
    json({ latency_ms: -1 }),
    /^latency_ms must be milliseconds .*not -1$/,
  ],
  ['35: a latency of NaN', instead('NaN', 'NaN'), /^the value is not JSON$/],
  ['35: a latency of Infinity', instead('Infinity', '1e400'), /^latency_ms must be milliseconds/],
  [
    '35: 60 KiB of text for a result',
    json({ result: 'x'.repeat(60_000) }),
    /^result must be one of up, down, inconclusive, not "x{1,80}/,
  ],
  [
    '36: a record of another environment, of a site that is not here',
    json({ site_id: 4_711 }),
    /^there is no site 4711$/,
    '4711',
  ],
]

const keyed = rows.map(
  ([sentence, value, reason, key = SITE]) => [sentence, value, reason, key] as const,
)

describe.skipIf('missing' in kafka)('a record', () => {
  let database: TestDatabase
  let sink: SmtpSink
  let folder: string
  let consumer: ServiceProcess
  let disconnect: () => Promise<void>
  let send: (value: Buffer | null, key?: string | null) => Promise<string>
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-records-'))
    database = await openTestDatabase()
    sink = await startSmtpSink()
    const brokers = 'missing' in kafka ? '' : kafka.brokers
    const stream = await ownStream(brokers)
    await database.db
      .insertInto('site_config')
      .values({ url: 'http://127.0.0.1:9/', name: 'shop' })
      .execute()
    consumer = await startService('consumer', 'consumer', {
      env: {
        ...stream,
        DATABASE_URL: database.urlAs('uptick_consumer'),
        SMTP_URL: sink.url,
        SMTP_FROM: 'uptick@example.org',
      },
      logFolder: folder,
    })
    const settings = openBrokers([brokers], stream.KAFKA_STATUS_TOPIC, 'test')
    const producer = kafkaClient(settings, openLog('test', 'silent')).producer()
    await producer.connect()
    disconnect = () => producer.disconnect()
    // Of one partition: what a bad record holds up is behind it.
    send = async (value, key = SITE) => {
      const messages = [{ key, value, partition: 0 }]
      const [sent] = await producer.send({ topic: settings.topic, messages })
      return sent?.baseOffset ?? ''
    }
  }, 60_000)
  afterAll(async () => {
    await disconnect()
    expect(await consumer.stop()).toBe(0)
    await Promise.all([sink.goAway(), database.close()])
    await rm(folder, { recursive: true })
  })

  let slot = 0
  /** The next good record, on the same partition: resolves when it is stored. */
  const nextIsStored = async () => {
    slot++
    const result = resultAt(slot, 'up')
    await send(Buffer.from(encodeResult(result)))
    const stored = () =>
      database.db
        .selectFrom('ping_status')
        .select('result')
        .where('site_id', '=', 1)
        .where('slot', '=', new Date(result.slotMs))
        .execute()
    await vi.waitFor(async () => expect(await stored()).toEqual([{ result: 'up' }]), SOON)
  }

  test.each(keyed)(
    '%s is put aside with its reason, and the next one is stored',
    async (_, value, reason, key) => {
      const offset = await send(value, key)
      await nextIsStored()
      const letters = await database.db
        .selectFrom('dead_letter')
        .select(['reason'])
        .where('kafka_offset', '=', Number(offset))
        .execute()
      expect(letters).toEqual([{ reason: expect.stringMatching(reason) }])
      expect(letters[0]?.reason.length).toBeLessThan(600)
    },
  )

  test('35: with markup and 50 KiB of message is stored, as 500 characters that nothing runs', async () => {
    const message = `<script>alert(1)</script>${'x'.repeat(50_000)}`
    await send(
      Buffer.from(JSON.stringify({ ...good(-1), result: 'down', failure: 'status', message })),
    )
    await nextIsStored()
    const [row] = await database.db
      .selectFrom('ping_status')
      .select('message')
      .where('result', '=', 'down')
      .execute()
    expect(row?.message).toBe(message.slice(0, 500))
  })
})
