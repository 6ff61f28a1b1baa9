import { insertDeadLetters } from '#db/dead-letter.ts'
import { isDataError, isRetryable } from '#db/retryable.ts'
import { errorText, type Log } from '#shared/runtime/log.ts'
import { retry } from '#shared/runtime/retry.ts'
import type { ReceivedRecord } from '#shared/runtime/stream.ts'
import { type RecordContext, type Recorded, recordBatch } from './record-batch.ts'

export type SettleContext = RecordContext & {
  readonly log: Log
  readonly stopping: AbortSignal
  /** A batch is committed; `tookMs` is what its transaction took, without any that failed before it. */
  readonly onRecorded: (recorded: Recorded, cost: BatchCost) => void
  /** The one record that the database refuses is put aside. */
  readonly onRefused: () => void
  /** The database does not take the batch; it will be tried again. */
  readonly onRetry: () => void
}

export type BatchCost = { readonly records: number; readonly tookMs: number }

const BACKOFF = { firstMs: 100, maxMs: 3_000 }

/**
 * Records a batch, whatever it takes. A database that is away is waited for: its errors are never
 * taken for poison. Data that the database refuses is narrowed down by halves to the one record,
 * which is put aside with the reason. Throws what is neither: a bug of ours, that must not skip results.
 */
export async function settleBatch(
  context: SettleContext,
  records: readonly ReceivedRecord[],
  alive: () => Promise<void>,
): Promise<void> {
  if (records.length === 0) return
  try {
    const { recorded, tookMs } = await withRetries(context, alive, () => timed(context, records))
    context.onRecorded(recorded, { records: records.length, tookMs })
  } catch (error) {
    // The client tells a rebalance by its own error, and deals with it.
    if (error instanceof LostBatch) throw error.cause
    if (!isDataError(error)) throw error
    await settleHalves(context, records, alive, error)
  }
}

async function timed(context: SettleContext, records: readonly ReceivedRecord[]) {
  const begunAtMs = performance.now()
  const recorded = await recordBatch(context, records)
  return { recorded, tookMs: performance.now() - begunAtMs }
}

async function settleHalves(
  context: SettleContext,
  records: readonly ReceivedRecord[],
  alive: () => Promise<void>,
  error: unknown,
): Promise<void> {
  const [record] = records
  if (record !== undefined && records.length === 1) {
    const letter = { ...record, reason: `the database refuses it: ${errorText(error)}` }
    context.log.error(
      {
        topic: record.topic,
        partition: record.partition,
        offset: record.offset,
        reason: letter.reason,
      },
      'dead letter',
    )
    await withRetries(context, alive, () => insertDeadLetters(context.db, [letter]))
    context.onRefused()
    return
  }
  const middle = Math.ceil(records.length / 2)
  await settleBatch(context, records.slice(0, middle), alive)
  await settleBatch(context, records.slice(middle), alive)
}

/** The batch was given to another consumer while this one waited; `cause` is its client's own error. */
class LostBatch extends Error {
  override readonly name = 'LostBatch'
}

async function withRetries<T>(
  context: SettleContext,
  alive: () => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  let isFirst = true
  return retry(
    async () => {
      // Not before the first try: it costs a round trip. Throws when the partition went to another consumer.
      if (!isFirst) await signOfLife(alive)
      isFirst = false
      return work()
    },
    {
      backoff: BACKOFF,
      signal: context.stopping,
      isRetryable,
      onFailure: (error, attempt, waitMs) => {
        context.onRetry()
        const trouble = { error: errorText(error), attempt, wait_ms: waitMs }
        context.log.warn(trouble, 'the database does not take the batch yet')
      },
    },
  )
}

async function signOfLife(alive: () => Promise<void>): Promise<void> {
  try {
    await alive()
  } catch (cause) {
    throw new LostBatch('the batch belongs to another consumer now', { cause })
  }
}
