import type { Counter, Metrics } from '#shared/runtime/metrics.ts'
import type { RecordWatcher } from './recorder.ts'

const BATCH_BUCKETS = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_000]
const TRANSACTION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15]
const changes = ['opened', 'recovered', 'retracted'] as const

/** Counts what came of each batch that was committed. */
export function countRecords(metrics: Metrics): RecordWatcher {
  const batchSize = metrics.histogram({
    name: 'uptick_consumer_batch_records',
    help: 'Records that one transaction took on.',
    buckets: BATCH_BUCKETS,
  })
  const transaction = metrics.histogram({
    name: 'uptick_consumer_transaction_seconds',
    help: 'How long the transaction of a batch took that was committed.',
    buckets: TRANSACTION_BUCKETS,
  })
  const results = resultCounters(metrics)
  const outages = metrics.counter({
    name: 'uptick_outages_total',
    help: 'Outages by what became of them: opened, recovered, or retracted after a late result.',
    labels: ['change'],
    known: changes.map((change) => ({ change })),
  })
  return {
    onRecorded(recorded, { records, tookMs }) {
      batchSize.observe(records)
      transaction.observe(tookMs / 1_000)
      results.stored.add(recorded.stored.length, {})
      results.late.add(recorded.late, {})
      results.deadLetters.add(recorded.deadLetters.length, {})
      for (const change of changes) outages.add(recorded[change].length, { change })
    },
    onRefused: () => results.deadLetters.add(1, {}),
  }
}

function resultCounters(metrics: Metrics): Record<'stored' | 'late' | 'deadLetters', Plain> {
  return {
    stored: metrics.counter({
      name: 'uptick_consumer_results_stored_total',
      help: 'Results that were new and are stored.',
    }),
    late: metrics.counter({
      name: 'uptick_consumer_results_late_total',
      help: 'Those of them that came after a later one of their site.',
    }),
    deadLetters: metrics.counter({
      name: 'uptick_consumer_dead_letters_total',
      help: 'Records that could not be read, belong to no site or were refused by the database: put aside.',
    }),
  }
}

type Plain = Counter<never>
