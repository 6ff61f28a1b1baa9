import { type Backoff, backoffMs, pause } from './retry.ts'
import type { Service } from './service.ts'

/**
 * Moves jobs from a queue through work to settlement, refilling continuously: one slow job holds
 * one place, never its neighbours. Settlement (publish, acknowledge) happens in batches that grow
 * with the load. Everything is bounded; when settlement stalls, fetching stops.
 */
export type PumpOptions<Job, Done> = {
  readonly name: string
  /** Takes up to `limit` jobs. May throw: the pump waits and tries again. */
  readonly fetch: (limit: number) => Promise<readonly Job[]>
  /** Does one job. Must not throw for anything that is expected of a job. */
  readonly work: (job: Job) => Promise<Done>
  /** Makes a batch durable. Tried again until it succeeds or the drain time is over. */
  readonly settle: (batch: readonly Done[]) => Promise<void>
  /** What was fetched and cannot be finished in time goes back. */
  readonly release: (jobs: readonly Job[]) => Promise<void>
  readonly onTrouble: (what: PumpStep, error: unknown) => void
  /** Jobs being worked on at the same time. */
  readonly maxInFlight: number
  /** Done but not yet settled; beyond it nothing is fetched. */
  readonly maxUnsettled: number
  readonly maxFetch: number
  readonly maxSettle: number
  /** How long the first finished job waits for company before it is settled. */
  readonly lingerMs: number
  /** How long to wait before asking an empty queue again. */
  readonly idleMs: number
  /** How long `stop` waits for jobs in flight and their settlement. */
  readonly drainMs: number
}

export type PumpStep = 'fetch' | 'work' | 'settle' | 'release'

export type PumpState = {
  readonly inFlight: number
  readonly unsettled: number
  readonly lastFetchAtMs: number
}

const SETTLE_BACKOFF: Backoff = { firstMs: 200, maxMs: 5_000 }
const FETCH_BACKOFF: Backoff = { firstMs: 250, maxMs: 5_000 }

type Finished<Job, Done> = { readonly job: Job; readonly done: Done }

export class Pump<Job, Done> implements Service {
  readonly name: string
  readonly #options: PumpOptions<Job, Done>
  readonly #stopping = new AbortController()
  readonly #abandoning = new AbortController()
  readonly #inFlight = new Set<Job>()
  #finished: Finished<Job, Done>[] = []
  #settlingCount = 0
  #lastFetchAtMs = 0
  #changed = Promise.withResolvers<void>()
  #loops: Promise<unknown> | null = null

  constructor(options: PumpOptions<Job, Done>) {
    this.name = options.name
    this.#options = options
  }

  async start(): Promise<void> {
    this.#loops ??= Promise.all([this.#fetchLoop(), this.#settleLoop()])
  }

  /** Stops fetching, finishes and settles what is in flight, and gives back what it could not. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#wake()
    const drainEnd = setTimeout(() => {
      this.#abandoning.abort()
      this.#wake()
    }, this.#options.drainMs)
    await this.#loops
    clearTimeout(drainEnd)
    await this.#giveBack()
  }

  get state(): PumpState {
    return {
      inFlight: this.#inFlight.size,
      unsettled: this.#unsettled,
      lastFetchAtMs: this.#lastFetchAtMs,
    }
  }

  /** One fetch: starts as many jobs as there is room for, and says whether there may be more. */
  async runOnce(): Promise<'full' | 'drained' | 'more'> {
    const room = this.#room
    if (room <= 0) return 'full'
    const limit = Math.min(room, this.#options.maxFetch)
    const jobs = await this.#options.fetch(limit)
    this.#lastFetchAtMs = Date.now()
    for (const job of jobs) this.#begin(job)
    return jobs.length < limit ? 'drained' : 'more'
  }

  get #unsettled(): number {
    return this.#finished.length + this.#settlingCount
  }

  get #room(): number {
    const { maxInFlight, maxUnsettled } = this.#options
    return Math.min(
      maxInFlight - this.#inFlight.size,
      maxUnsettled - this.#unsettled - this.#inFlight.size,
    )
  }

  async #fetchLoop(): Promise<void> {
    let failures = 0
    while (!this.#stopping.signal.aborted) {
      await this.#gatherRoom()
      if (this.#stopping.signal.aborted) return
      try {
        const outcome = await this.runOnce()
        failures = 0
        if (outcome === 'full' && !this.#stopping.signal.aborted) await this.#changed.promise
        if (outcome === 'drained') await pause(this.#options.idleMs, this.#stopping.signal)
      } catch (error) {
        this.#options.onTrouble('fetch', error)
        await pause(backoffMs(failures++, FETCH_BACKOFF), this.#stopping.signal)
      }
    }
  }

  /** With little room, waits for as long as it grows: or each finished job would cost a fetch of its own. */
  async #gatherRoom(): Promise<void> {
    const { maxFetch, lingerMs } = this.#options
    let roomBefore = -1
    while (this.#room < maxFetch / 2 && this.#room > roomBefore) {
      roomBefore = this.#room
      await pause(lingerMs, this.#stopping.signal)
      if (this.#stopping.signal.aborted) return
    }
  }

  #begin(job: Job): void {
    this.#inFlight.add(job)
    this.#options.work(job).then(
      (done) => {
        this.#inFlight.delete(job)
        this.#finished.push({ job, done })
        this.#wake()
      },
      (error) => {
        this.#inFlight.delete(job)
        this.#options.onTrouble('work', error)
        this.#wake()
        // Not given back at once: a job that throws each time would spin. It expires and comes again.
      },
    )
  }

  async #settleLoop(): Promise<void> {
    while (!this.#isDrained) {
      if (this.#finished.length === 0) {
        await this.#changed.promise
        continue
      }
      if (this.#finished.length < this.#options.maxSettle)
        await pause(this.#options.lingerMs, this.#stopping.signal)
      const batch = this.#finished.splice(0, this.#options.maxSettle)
      this.#settlingCount = batch.length
      await this.#settleBatch(batch)
      this.#settlingCount = 0
      this.#wake()
    }
  }

  get #isDrained(): boolean {
    if (this.#abandoning.signal.aborted) return true
    return this.#stopping.signal.aborted && this.#inFlight.size === 0 && this.#finished.length === 0
  }

  async #settleBatch(batch: Finished<Job, Done>[]): Promise<void> {
    const done = batch.map((finished) => finished.done)
    for (let attempt = 0; !this.#abandoning.signal.aborted; attempt++) {
      try {
        return await this.#options.settle(done)
      } catch (error) {
        this.#options.onTrouble('settle', error)
        await pause(backoffMs(attempt, SETTLE_BACKOFF), this.#abandoning.signal)
      }
    }
    this.#finished.unshift(...batch)
  }

  async #giveBack(): Promise<void> {
    const left = [...this.#inFlight, ...this.#finished.map((finished) => finished.job)]
    this.#finished = []
    if (left.length === 0) return
    await this.#options.release(left).catch((error) => this.#options.onTrouble('release', error))
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }
}
