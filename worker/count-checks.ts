import { failures } from '#shared/domain/failure.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import type { Counter, Histogram, Metrics } from '#shared/runtime/metrics.ts'
import type { Settled, WorkerWatcher } from './worker.ts'

/** From well in time to a whole cadence of the slowest usual sites that anybody would wait for. */
const LATENESS_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
const PUBLISH_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30]

const troubles = ['fetch', 'work', 'settle', 'release'] as const

/** Counts what a worker did, batch by batch: a check costs it next to nothing. */
export function countChecks(metrics: Metrics): WorkerWatcher {
  const checks = checksCounter(metrics)
  const lateness = metrics.histogram({
    name: 'uptick_slot_lateness_seconds',
    help: 'From a slot to the start of its check; checks outside of slots are not in it.',
    buckets: LATENESS_BUCKETS,
  })
  const missed = metrics.counter({
    name: 'uptick_worker_jobs_missed_total',
    help: 'Jobs that were older than their cadence when they came, and were not checked.',
  })
  const unreadable = metrics.counter({
    name: 'uptick_worker_jobs_unreadable_total',
    help: 'Jobs that could not be read, and were dropped.',
  })
  const publish = metrics.histogram({
    name: 'uptick_worker_publish_seconds',
    help: 'How long the result stream took to acknowledge a batch.',
    buckets: PUBLISH_BUCKETS,
  })
  const trouble = metrics.counter({
    name: 'uptick_worker_trouble_total',
    help: 'Failures of our own: to fetch, do, publish and settle, or give back jobs. They are tried again.',
    labels: ['what'],
    known: troubles.map((what) => ({ what })),
  })
  return {
    onPublished: (tookMs) => publish.observe(tookMs / 1_000),
    onTrouble: (what) => trouble.add(1, { what }),
    onSettled(batch) {
      const { probed = [], ...unprobed } = Object.groupBy(batch, ({ outcome }) => outcome)
      countResults(probed, checks, lateness)
      missed.add(unprobed.missed?.length ?? 0, {})
      unreadable.add(unprobed.unreadable?.length ?? 0, {})
    },
  }
}

type ChecksCounter = Counter<'result' | 'failure'>

function checksCounter(metrics: Metrics): ChecksCounter {
  return metrics.counter({
    name: 'uptick_worker_checks_total',
    help: 'Checks by result, and those that are down by failure; inconclusive: by a fault of ours.',
    labels: ['result', 'failure'],
    known: [
      { result: 'up', failure: '' },
      { result: 'inconclusive', failure: '' },
      ...failures.map((failure) => ({ result: 'down', failure })),
    ],
  })
}

function countResults(
  settled: readonly Settled[],
  checks: ChecksCounter,
  lateness: Histogram,
): void {
  const results = settled.flatMap((one) => (one.outcome === 'probed' ? [one.result] : []))
  for (const [, same] of Map.groupBy(results, kindOf)) {
    const [{ result, failure } = { result: 'up', failure: null }] = same
    checks.add(same.length, { result, failure: failure ?? '' })
  }
  for (const { occasion, checkedAtMs, slotMs } of results) {
    // Clocks of two machines may differ by more than a check is late.
    if (occasion === 'slot') lateness.observe(Math.max(0, checkedAtMs - slotMs) / 1_000)
  }
}

const kindOf = ({ result, failure }: CheckResult) => failure ?? result
