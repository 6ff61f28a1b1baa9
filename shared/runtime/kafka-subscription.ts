import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs'
import { PARTITIONS } from './kafka-admin.ts'
import { CLIENT_RETRY, type KafkaSettings, kafkaClient, untilConnected } from './kafka-client.ts'
import { errorText, type Log } from './log.ts'
import type { BatchHandler, ReceivedRecord, Subscription } from './stream.ts'

/** Records of one handling: large enough for cheap bulk statements, small enough for one short transaction. */
const RECORDS_PER_BATCH = 2_000
/** The broker holds its answer until this many bytes or this long: small fetches make dear transactions. */
const MIN_BYTES = 256 * 1024
const MAX_WAIT_MS = 400
/** How long the partitions of a killed consumer wait for a new one; longer than any transaction of ours. */
const SESSION_TIMEOUT_MS = 12_000

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
  const consumer = kafkaClient(settings, log).consumer({
    groupId: options.group,
    sessionTimeout: SESSION_TIMEOUT_MS,
    rebalanceTimeout: 60_000,
    heartbeatInterval: 3_000,
    minBytes: MIN_BYTES,
    maxWaitTimeInMs: MAX_WAIT_MS,
    maxBytesPerPartition: 1024 * 1024,
    allowAutoTopicCreation: false,
    retry: CLIENT_RETRY,
  })
  endWhenDead(consumer, options, log)
  let partitions: readonly number[] = []
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    partitions = payload.memberAssignment[settings.topic] ?? []
    log.info({ partitions }, 'joined the consumer group')
  })
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
    partitions: () => partitions,
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

/** A crash that the client recovers from is its own affair; whether it gets anywhere, the watchdog tells. */
function endWhenDead(consumer: Consumer, options: SubscribeOptions, log: Log): void {
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    const crash = { error: errorText(payload.error), restart: payload.restart }
    log.warn(crash, 'kafka consumer crashed')
    if (!payload.restart) options.onDead('the kafka consumer crashed and does not restart')
  })
}
