import type { TopicLag } from '#shared/runtime/kafka-admin.ts'
import { errorText, type Log } from '#shared/runtime/log.ts'
import type { Metrics } from '#shared/runtime/metrics.ts'
import { type RecurringService, recurring } from '#shared/runtime/recurring.ts'

export type LagOptions = {
  readonly metrics: Metrics
  /** What waits in the partitions that are this consumer's. */
  readonly read: () => Promise<readonly TopicLag[]>
  readonly nowMs: () => number
  readonly log: Log
}

const READ_EVERY_MS = 10_000
/** What is older is not told any more: partitions move to other consumers, which tell of them then. */
const KEPT_MS = 60_000

/** Asks the broker every 10 s how many records wait, and tells the last answer: no scrape waits for it. */
export function lagWatch({
  metrics,
  read,
  nowMs,
  log,
}: LagOptions): RecurringService<readonly TopicLag[]> {
  let known: { readonly lags: readonly TopicLag[]; readonly atMs: number } | null = null
  metrics.gauge({
    name: 'uptick_consumer_lag_records',
    help: 'Records that wait in each of the partitions of this consumer.',
    labels: ['partition'],
    read: () => {
      const lags = known !== null && nowMs() - known.atMs <= KEPT_MS ? known.lags : []
      return lags.map(({ partition, lag }) => ({
        value: lag,
        labels: { partition: String(partition) },
      }))
    },
  })
  const runOnce = async () => {
    const lags = await read()
    known = { lags, atMs: nowMs() }
    return lags
  }
  return recurring({
    name: 'lag watch',
    everyMs: READ_EVERY_MS,
    runOnce,
    onDone: () => undefined,
    onTrouble: (error) => log.debug({ error: errorText(error) }, 'cannot tell the lag'),
  })
}
