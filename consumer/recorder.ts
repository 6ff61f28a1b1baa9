import { coalesce } from '#shared/runtime/coalesce.ts'
import { atStep } from '#shared/runtime/step.ts'
import type { BatchHandler, ReceivedRecord } from '#shared/runtime/stream.ts'
import { logRecorded } from './log-recorded.ts'
import type { Recorded } from './record-batch.ts'
import { type BatchCost, type SettleContext, settleBatch } from './settle-batch.ts'

export type Recorder = {
  readonly handle: BatchHandler
  /** Records handled since the start. */
  handled(): number
  /** Whether a batch is being tried again because the database does not take it. */
  isWaiting(): boolean
}

/** Who is told what a consumer does, for figures of it; must not wait for anything. */
export type RecordWatcher = {
  readonly onRecorded: (recorded: Recorded, cost: BatchCost) => void
  readonly onRefused: () => void
}

type RecorderContext = Omit<SettleContext, 'onRecorded' | 'onRefused' | 'onRetry'> & {
  readonly watchers: readonly RecordWatcher[]
}

/** Partitions are handled side by side, but written together: one large transaction costs less than six. */
const RECORDS_PER_TRANSACTION = 2_000
const LINGER_MS = 10

export function openRecorder(context: RecorderContext): Recorder {
  let handled = 0
  let isWaiting = false
  const settle: SettleContext = {
    ...context,
    onRecorded: (recorded, cost) => {
      logRecorded(context.log, recorded)
      for (const watcher of context.watchers) watcher.onRecorded(recorded, cost)
    },
    onRefused: () => {
      for (const watcher of context.watchers) watcher.onRefused()
    },
    onRetry: () => {
      isWaiting = true
    },
  }
  const handle = coalesce<ReceivedRecord>(
    async (records, alive) => {
      await settleBatch(settle, records, alive)
      atStep('consumer.before_offset')
      handled += records.length
      isWaiting = false
    },
    { maxItems: RECORDS_PER_TRANSACTION, lingerMs: LINGER_MS },
  )
  return { handle, handled: () => handled, isWaiting: () => isWaiting }
}
