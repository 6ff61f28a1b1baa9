import { decodeCheckJob } from '#shared/contracts/check-job.ts'
import { encodeResult, resultKey } from '#shared/contracts/result-record.ts'
import type { Check } from '#shared/domain/check.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import { errorText, type Log } from '#shared/runtime/log.ts'
import { Pump, type PumpStep } from '#shared/runtime/pump.ts'
import type { FetchedJob, JobQueue } from '#shared/runtime/queue.ts'
import { atStep } from '#shared/runtime/step.ts'
import type { Publisher } from '#shared/runtime/stream.ts'
import { JobFeed } from './job-feed.ts'
import type { QueueClock } from './queue-clock.ts'

export type WorkerOptions = {
  readonly queue: JobQueue
  readonly publisher: Publisher
  /** Looks, and concludes. Never throws for anything a site or its row does. */
  readonly perform: (check: Check, checkId: string) => Promise<CheckResult>
  /** The queue's clock, by which slots are made. While it is in doubt, nothing is fetched. */
  readonly clock: Pick<QueueClock, 'nowMs' | 'doubt'>
  /** How it signs its results, and which re-checks it passes on. */
  readonly name: string
  readonly concurrency: number
  readonly watcher: WorkerWatcher
  readonly log: Log
}

/** Who is told what a worker does, for figures of it. */
export type WorkerWatcher = {
  /** The stream has taken a batch. */
  readonly onPublished: (tookMs: number) => void
  /** These jobs are done for good. */
  readonly onSettled: (batch: readonly Settled[]) => void
  readonly onTrouble: (what: PumpStep) => void
}

/** What became of a job. Only a `probed` one has something to publish. */
export type Settled =
  | {
      readonly outcome: 'probed'
      readonly job: FetchedJob
      readonly result: CheckResult
      isPublished: boolean
    }
  /** Older than its cadence: the next slot is due, and a check now would be told as one then. */
  | {
      readonly outcome: 'missed'
      readonly job: FetchedJob
      readonly check: Check
      readonly lateMs: number
    }
  | { readonly outcome: 'unreadable'; readonly job: FetchedJob; readonly reason: string }

/** Results that wait for the stream, at the most. Beyond it the worker takes no more jobs. */
const UNSETTLED_MAX = 5_000
const FETCH_MAX = 500
const SETTLE_MAX = 1_000
/** Long enough for a batch worth its statement, short against a slot. */
const LINGER_MS = 50
const IDLE_MS = 200
/** A probe's longest deadline would be 60 s: what is not done by then is given to another worker. */
const DRAIN_MS = 20_000

/** Job to probe to result to stream, hundreds at a time; a job is completed only once its result is safe. */
export function openWorker(options: WorkerOptions): Pump<FetchedJob, Settled> {
  const { queue, clock, name, watcher, log } = options
  const feed = new JobFeed({ queue, worker: name, log })
  return new Pump<FetchedJob, Settled>({
    name: 'worker',
    fetch: async (limit) => {
      const doubt = clock.doubt()
      if (doubt !== null) throw new Error(doubt)
      return feed.fetch(limit)
    },
    work: (job) => workOff(job, options),
    settle: (batch) => settle(batch, feed, options),
    release: (jobs) => feed.release(jobs, 'the worker stopped'),
    onTrouble: (what, error) => {
      watcher.onTrouble(what)
      log.warn({ what, error: errorText(error) }, 'worker trouble')
    },
    maxInFlight: options.concurrency,
    maxUnsettled: Math.max(UNSETTLED_MAX, options.concurrency),
    maxFetch: FETCH_MAX,
    maxSettle: SETTLE_MAX,
    lingerMs: LINGER_MS,
    idleMs: IDLE_MS,
    drainMs: DRAIN_MS,
  })
}

export async function workOff(
  job: FetchedJob,
  { perform, clock }: Pick<WorkerOptions, 'perform' | 'clock'>,
): Promise<Settled> {
  atStep('worker.fetched')
  const check = decodeCheckJob(job.data)
  if ('unreadable' in check) return { outcome: 'unreadable', job, reason: check.unreadable }
  const lateMs = clock.nowMs() - check.slotMs
  if (lateMs > check.cadenceSeconds * 1000) return { outcome: 'missed', job, check, lateMs }
  const performed = perform(check, job.id)
  atStep('worker.probing')
  return { outcome: 'probed', job, result: await performed, isPublished: false }
}

/** Publishes, then completes. Tried again as a whole after a failure, it publishes nothing twice that was acknowledged. */
async function settle(
  batch: readonly Settled[],
  feed: JobFeed,
  { publisher, watcher, log }: WorkerOptions,
): Promise<void> {
  const unpublished = batch
    .filter((settled) => settled.outcome === 'probed')
    .filter((settled) => !settled.isPublished)
  const records = unpublished.map(({ result }) => ({
    key: resultKey(result),
    value: encodeResult(result),
  }))
  const begunAtMs = performance.now()
  atStep('worker.before_publish')
  const acknowledged = publisher.publish(records)
  atStep('worker.before_acknowledgement')
  await acknowledged
  if (records.length > 0) watcher.onPublished(performance.now() - begunAtMs)
  for (const settled of unpublished) settled.isPublished = true
  atStep('worker.before_complete')
  await feed.complete(batch.map((settled) => settled.job))
  atStep('worker.completed')
  watcher.onSettled(batch)
  tellUnprobed(batch, log)
}

function tellUnprobed(batch: readonly Settled[], log: Log): void {
  const missed = batch.filter((settled) => settled.outcome === 'missed')
  if (missed.length > 0) {
    const oldestMs = Math.max(...missed.map((settled) => settled.lateMs))
    log.warn(
      { count: missed.length, oldest_s: Math.round(oldestMs / 1000) },
      'checks missed: older than their cadence',
    )
  }
  for (const settled of batch) {
    if (settled.outcome === 'unreadable')
      log.error({ job: settled.job.id, reason: settled.reason }, 'job dropped')
  }
}
