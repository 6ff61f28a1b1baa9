import { createRequire } from 'node:module'
import {
  type Consumer,
  type EachBatchPayload,
  Kafka,
  type KafkaConfig,
  type KafkaMessage,
  logLevel,
  Partitioners,
  type SASLOptions,
} from 'kafkajs'
import { errorText, type Log } from './log.ts'
import { retry } from './retry.ts'
import type { BatchHandler, Publisher, ReceivedRecord, Subscription } from './stream.ts'

/** The result stream on Kafka, and the only file that knows kafkajs. */

export type KafkaSettings = {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly clientId: string
  /** PEM texts; TLS is on when any is given. */
  readonly tls: {
    readonly ca: string | null
    readonly cert: string | null
    readonly key: string | null
  }
  readonly sasl: {
    readonly mechanism: SaslMechanism
    readonly username: string
    readonly password: string
  } | null
}

export const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
export type SaslMechanism = (typeof saslMechanisms)[number]

/** The pump tries again by itself and keeps its batch; long retries in here would only blind it. */
const CLIENT_RETRY = { initialRetryTime: 100, maxRetryTime: 2_000, retries: 3 }
const CONNECT_BACKOFF = { firstMs: 250, maxMs: 5_000 }
const PARTITIONS = 6
/** Records of one handling: large enough for cheap bulk statements, small enough for one short transaction. */
const RECORDS_PER_BATCH = 2_000
/** The broker holds its answer until this many bytes or this long: small fetches make dear transactions. */
const MIN_BYTES = 64 * 1024
const MAX_WAIT_MS = 250
const CRASHES_IN_A_ROW_MAX = 10

/** Connects, and keeps trying until a broker answers or `stopping` is aborted. */
export async function openKafkaPublisher(
  settings: KafkaSettings,
  log: Log,
  stopping: AbortSignal,
): Promise<Publisher> {
  const producer = client(settings, log).producer({
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

export type SubscribeOptions = {
  readonly group: string
  readonly handle: BatchHandler
  /** The subscription is dead and cannot revive itself: the process should end. */
  readonly onDead: (reason: string) => void
}

/** Joins the group and handles batches, one per partition at a time; offsets follow the handled batches. */
export async function subscribeToKafka(
  settings: KafkaSettings,
  options: SubscribeOptions,
  log: Log,
  stopping: AbortSignal,
): Promise<Subscription> {
  const consumer = client(settings, log).consumer({
    groupId: options.group,
    sessionTimeout: 30_000,
    rebalanceTimeout: 60_000,
    heartbeatInterval: 3_000,
    minBytes: MIN_BYTES,
    maxWaitTimeInMs: MAX_WAIT_MS,
    maxBytesPerPartition: 1024 * 1024,
    allowAutoTopicCreation: false,
    retry: CLIENT_RETRY,
  })
  endWhenDead(consumer, options, log)
  await untilConnected(() => consumer.connect(), log, stopping)
  await consumer.subscribe({ topics: [settings.topic], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: PARTITIONS,
    eachBatch: (payload) => handleBatch(payload, options.handle, log),
  })
  return {
    // disconnect() alone would cut the batch at hand; inside a batch either would deadlock.
    close: () => consumer.stop().then(() => consumer.disconnect()),
  }
}

export type TopicLag = { readonly partition: number; readonly lag: number }

export type KafkaAdmin = {
  /** Creates the topic and makes the group's offsets possible; both may exist already. */
  prepareTopic(group: string): Promise<void>
  /** How many records of each partition the group has not committed yet. */
  lag(group: string): Promise<readonly TopicLag[]>
  close(): Promise<void>
}

export async function openKafkaAdmin(
  settings: KafkaSettings,
  log: Log,
  stopping: AbortSignal,
): Promise<KafkaAdmin> {
  const admin = client(settings, log).admin({ retry: CLIENT_RETRY })
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

async function handleBatch(
  payload: EachBatchPayload,
  handle: BatchHandler,
  log: Log,
): Promise<void> {
  const {
    batch,
    heartbeat,
    isRunning,
    isStale,
    resolveOffset,
    commitOffsetsIfNecessary,
    uncommittedOffsets,
  } = payload
  for (let start = 0; start < batch.messages.length; start += RECORDS_PER_BATCH) {
    // What is left comes again, here or at the partition's new owner.
    if (!isRunning() || isStale()) return
    const messages = batch.messages.slice(start, start + RECORDS_PER_BATCH)
    try {
      await handle(
        messages.map((message) => received(batch.topic, batch.partition, message)),
        heartbeat,
      )
    } catch (error) {
      throw survivable(error)
    }
    const last = messages.at(-1)
    if (last !== undefined) resolveOffset(last.offset)
    await heartbeat()
  }
  // Without arguments this commits nothing.
  await commitOffsetsIfNecessary(uncommittedOffsets())
  log.debug({ partition: batch.partition, records: batch.messages.length }, 'batch done')
}

function received(topic: string, partition: number, message: KafkaMessage): ReceivedRecord {
  return {
    topic,
    partition,
    offset: message.offset,
    key: message.key?.toString() ?? null,
    value: message.value,
  }
}

/** kafkajs takes a TypeError and its like for a bug of its own and never runs again; any other error it retries. */
function survivable(error: unknown): Error {
  const isTakenForABug = [TypeError, RangeError, ReferenceError, SyntaxError].some(
    (kind) => error instanceof kind,
  )
  if (isTakenForABug || !(error instanceof Error))
    return new Error(errorText(error), { cause: error })
  return error
}

function endWhenDead(consumer: Consumer, options: SubscribeOptions, log: Log): void {
  let crashesInARow = 0
  consumer.on(consumer.events.END_BATCH_PROCESS, () => {
    crashesInARow = 0
  })
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    crashesInARow++
    log.warn(
      { error: errorText(payload.error), restart: payload.restart },
      'kafka consumer crashed',
    )
    if (!payload.restart) options.onDead('the kafka consumer crashed and does not restart')
    if (crashesInARow > CRASHES_IN_A_ROW_MAX)
      options.onDead(`the kafka consumer crashed ${crashesInARow} times in a row`)
  })
}

async function untilConnected(
  connect: () => Promise<void>,
  log: Log,
  stopping: AbortSignal,
): Promise<void> {
  await retry(connect, {
    backoff: CONNECT_BACKOFF,
    signal: stopping,
    onFailure: (error, attempt, waitMs) =>
      log.warn({ error: errorText(error), attempt, wait_ms: waitMs }, 'kafka does not answer yet'),
  })
}

function client(settings: KafkaSettings, log: Log): Kafka {
  mendRequestTimer()
  const { ca, cert, key } = settings.tls
  const isTls = ca !== null || cert !== null || key !== null
  return new Kafka({
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    // The default of one second is too short for a broker under load.
    connectionTimeout: 5_000,
    requestTimeout: 30_000,
    retry: CLIENT_RETRY,
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ log: entry, namespace }) => {
        log.debug({ namespace, kafka: entry.message, error: entry.error }, 'kafka client')
      },
    ...(isTls && { ssl: { ...(ca && { ca: [ca] }), ...(cert && { cert }), ...(key && { key }) } }),
    ...(settings.sasl && { sasl: saslOptions(settings.sasl) }),
  } satisfies KafkaConfig)
}

function saslOptions({
  mechanism,
  username,
  password,
}: NonNullable<KafkaSettings['sasl']>): SASLOptions {
  if (mechanism === 'plain') return { mechanism, username, password }
  return mechanism === 'scram-sha-256'
    ? { mechanism, username, password }
    : { mechanism, username, password }
}

type RequestQueue = {
  pending: readonly unknown[]
  throttledUntil: number
  throttleCheckTimeoutId: NodeJS.Timeout | null
  checkPendingRequests(): void
  scheduleCheckPendingRequests(): void
}

/**
 * kafkajs 2.2.4 arms this timer again and again with a negative delay: an idle client wakes a
 * thousand times a second and Node 24 warns (tulios/kafkajs#1704, #1751). Pushing and fulfilling a
 * request both ask for a check, so a queue without pending requests needs no timer at all.
 */
function mendRequestTimer(): void {
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as {
    prototype: RequestQueue
  }
  prototype.scheduleCheckPendingRequests = function () {
    if (this.throttleCheckTimeoutId !== null && this.throttleCheckTimeoutId !== undefined) return
    if (this.pending.length === 0) return
    const waitMs = Math.max(this.throttledUntil - Date.now(), 10)
    this.throttleCheckTimeoutId = setTimeout(() => {
      this.throttleCheckTimeoutId = null
      this.checkPendingRequests()
    }, waitMs)
  }
}
