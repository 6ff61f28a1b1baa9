import { decodeCheckJob } from '#shared/contracts/check-job.ts'
import { CHECK_QUEUE, RECHECK_QUEUE } from '#shared/contracts/queues.ts'
import { errorText, type Log } from '#shared/runtime/log.ts'
import type { FetchedJob, JobQueue } from '#shared/runtime/queue.ts'

export type JobFeedOptions = {
  readonly queue: JobQueue
  /** This worker's name, as a job's `avoid_worker` gives it. */
  readonly worker: string
  readonly log: Log
  /** Milliseconds on a clock that never goes back. */
  readonly monotonicMs?: () => number
}

/** Short against the seconds that a re-check waits, long against what a fetch costs. */
const RECHECK_POLL_MS = 500
/** After passing jobs on: twice as long as another worker takes to ask for them. */
const PASS_ON_MS = 2 * RECHECK_POLL_MS
/**
 * One time would do, were it not for two workers that pass on to each other at the same moment: the
 * first to ask again would then get its own jobs back with the other's.
 */
const PASSES_MAX = 2

/** Who makes a re-check: this worker, or whichever else asks for it next. */
export function handOf(job: FetchedJob, worker: string): 'taken' | 'passed_on' {
  const check = decodeCheckJob(job.data)
  const isForOthers = 'avoidWorker' in check && check.avoidWorker === worker
  return isForOthers && job.retryCount < PASSES_MAX ? 'passed_on' : 'taken'
}

/**
 * The jobs of a worker out of both of its queues, re-checks first. A re-check of what this worker
 * saw itself goes back untouched, for another one to take; when nobody does, it is done here.
 */
export class JobFeed {
  readonly #options: JobFeedOptions
  readonly #monotonicMs: () => number
  #nextRecheckAtMs = 0

  constructor(options: JobFeedOptions) {
    this.#options = options
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now())
  }

  /** Up to `limit` jobs of both queues together. */
  async fetch(limit: number): Promise<readonly FetchedJob[]> {
    const rechecks = await this.#fetchRechecks(limit)
    if (rechecks.length === limit) return rechecks
    try {
      const checks = await this.#options.queue.fetch(CHECK_QUEUE, limit - rechecks.length)
      return [...rechecks, ...checks]
    } catch (error) {
      // What was fetched must be worked on. A queue that is away will say so again.
      if (rechecks.length === 0) throw error
      return rechecks
    }
  }

  async complete(jobs: readonly FetchedJob[]): Promise<void> {
    for (const [name, group] of Map.groupBy(jobs, (job) => job.name)) {
      await this.#options.queue.complete(name, group)
    }
  }

  async release(jobs: readonly FetchedJob[], reason: string): Promise<void> {
    for (const [name, group] of Map.groupBy(jobs, (job) => job.name)) {
      await this.#options.queue.release(name, group, reason)
    }
  }

  async #fetchRechecks(limit: number): Promise<readonly FetchedJob[]> {
    if (this.#monotonicMs() < this.#nextRecheckAtMs) return []
    const jobs = await this.#options.queue.fetch(RECHECK_QUEUE, limit)
    const { taken = [], passed_on: others = [] } = Object.groupBy(jobs, (job) =>
      handOf(job, this.#options.worker),
    )
    const isPassedOn = others.length > 0 && (await this.#passOn(others)) === 'passed_on'
    this.#nextRecheckAtMs = this.#monotonicMs() + (isPassedOn ? PASS_ON_MS : RECHECK_POLL_MS)
    return isPassedOn ? taken : jobs
  }

  async #passOn(jobs: readonly FetchedJob[]): Promise<'passed_on' | 'kept'> {
    const { worker, log } = this.#options
    try {
      await this.release(jobs, `${worker} made this check necessary: for another worker`)
      log.debug({ count: jobs.length }, 'rechecks passed on')
      return 'passed_on'
    } catch (error) {
      // Given back or not, nobody can tell. Looking here as well does no harm.
      log.warn({ error: errorText(error) }, 'rechecks could not be passed on')
      return 'kept'
    }
  }
}
