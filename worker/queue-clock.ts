import { errorText, type Log } from '#shared/runtime/log.ts'
import { recurring } from '#shared/runtime/recurring.ts'
import type { Service } from '#shared/runtime/service.ts'
import { type Clocks, systemClocks } from './self-watch/clock-watch.ts'

export type QueueClockOptions = {
  /** What time it is at the queue, in epoch milliseconds. */
  readonly ask: () => Promise<number>
  readonly clocks?: Clocks
  readonly log: Log
}

/** One answer: how far the queue's clock is ahead of our monotonic one, give or take `errorMs`. */
export type Reading = {
  readonly aheadMs: number
  readonly errorMs: number
  /** On the monotonic clock. */
  readonly atMs: number
}

const ASK_EVERY_MS = 2_000
/** Two clocks that nobody sets part by less: this is ten times what a bad quartz does. */
const DRIFT_MS_PER_MS = 0.001
/** A time that is less certain than this decides nothing: a cadence may be one second. */
const ERROR_MAX_MS = 1_000
/** A worker's own clock that is further off is told of, though nothing depends on it. */
const OFFSET_TOLD_SECONDS = 5

/** Pure: what is known after a reading. A better one stands, for as long as the new one does not contradict it. */
export function knownAfter(known: Reading | null, read: Reading): Reading {
  if (known === null) return read
  const knownErrorMs = errorAt(known, read.atMs)
  const isContradicted = Math.abs(read.aheadMs - known.aheadMs) > knownErrorMs + read.errorMs
  return isContradicted || read.errorMs <= knownErrorMs ? read : known
}

function errorAt(known: Reading, atMs: number): number {
  return known.errorMs + Math.max(0, atMs - known.atMs) * DRIFT_MS_PER_MS
}

/**
 * What time it is where slots are made. A worker's own clock may be set to anything: whether a check
 * is older than its cadence, and when it was made, is told by the queue's clock, which is asked now
 * and then and carried on by a clock that nobody sets.
 */
export class QueueClock implements Service {
  readonly name = 'queue clock'
  readonly #options: QueueClockOptions
  readonly #clocks: Clocks
  readonly #loop: Service
  #known: Reading | null = null
  #isTold = false

  constructor(options: QueueClockOptions) {
    this.#options = options
    this.#clocks = options.clocks ?? systemClocks
    this.#loop = recurring({
      name: this.name,
      everyMs: ASK_EVERY_MS,
      runOnce: () => this.runOnce(),
      onDone: () => undefined,
      onTrouble: (error) => this.#tellTrouble(error),
    })
  }

  /** Resolves after the first answer, or without one: then it is asked for again. */
  async start(): Promise<void> {
    await this.runOnce().catch((error) => this.#tellTrouble(error))
    await this.#loop.start()
  }

  async stop(): Promise<void> {
    await this.#loop.stop()
  }

  /** Epoch milliseconds by the queue's clock; by our own as long as that is not known. */
  nowMs(): number {
    if (this.#known === null) return this.#clocks.wallMs()
    return Math.round(this.#clocks.monotonicMs() + this.#known.aheadMs)
  }

  /** Why nothing should be decided by this clock now, or null. */
  doubt(): string | null {
    if (this.#known === null) return 'the clock of the queue is not known yet'
    const errorMs = errorAt(this.#known, this.#clocks.monotonicMs())
    if (errorMs <= ERROR_MAX_MS) return null
    return `the clock of the queue is only known to ${(errorMs / 1_000).toFixed(1)} s`
  }

  /** How far this worker's own clock is ahead of the queue's; null: not known yet. */
  offsetSeconds(): number | null {
    return this.#known === null ? null : (this.#clocks.wallMs() - this.nowMs()) / 1_000
  }

  async runOnce(): Promise<Reading> {
    const askedAtMs = this.#clocks.monotonicMs()
    const queueMs = await this.#options.ask()
    const atMs = this.#clocks.monotonicMs()
    const errorMs = (atMs - askedAtMs) / 2
    // It was read somewhere between the question and the answer.
    this.#known = knownAfter(this.#known, { aheadMs: queueMs + errorMs - atMs, errorMs, atMs })
    this.#tellOffset()
    return this.#known
  }

  #tellOffset(): void {
    const offsetSeconds = this.offsetSeconds() ?? 0
    const isOff = Math.abs(offsetSeconds) > OFFSET_TOLD_SECONDS
    if (isOff === this.#isTold) return
    this.#isTold = isOff
    const offset = { offset_s: Math.round(offsetSeconds) }
    if (isOff)
      this.#options.log.warn(offset, "this worker's clock is off: the queue's clock is used")
    else this.#options.log.info(offset, "this worker's clock is right again")
  }

  #tellTrouble(error: unknown): void {
    this.#options.log.warn({ error: errorText(error) }, 'the clock of the queue could not be read')
  }
}
