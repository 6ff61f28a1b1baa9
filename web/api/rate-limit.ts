export type Rate = {
  /** How many requests may come at once. */
  readonly burst: number
  /** How often one may come for ever. */
  readonly everyMs: number
}

export type Taken = {
  readonly outcome: 'admitted' | 'too_many'
  /** How many more may come at once. */
  readonly remaining: number
  /** Until it is as if nobody had come. */
  readonly restMs: number
  /** Of one too many, until it would not be; 0: it is not. */
  readonly waitMs: number
}

/** Those who come seldom are forgotten first: what is forgotten is mostly at rest anyway. */
const REMEMBERED_MAX = 10_000

/** A bucket for each caller that fills steadily, kept as the instant at which it will be full. In this process alone. */
export class RateLimit {
  readonly #rate: Rate
  readonly #fullAtMs = new Map<string, number>()

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** Counts a request of a caller, unless it is one too many. */
  take(caller: string, nowMs: number): Taken {
    const { burst, everyMs } = this.#rate
    const beforeMs = this.#missingMs(caller, nowMs)
    const waitMs = Math.max(0, beforeMs - (burst - 1) * everyMs)
    const restMs = waitMs === 0 ? beforeMs + everyMs : beforeMs
    this.#remember(caller, nowMs + restMs)
    return {
      outcome: waitMs === 0 ? 'admitted' : 'too_many',
      remaining: Math.floor(burst - restMs / everyMs),
      restMs,
      waitMs,
    }
  }

  /** Takes a request back that turned out not to count. */
  giveBack(caller: string, nowMs: number): void {
    this.#remember(caller, nowMs + Math.max(0, this.#missingMs(caller, nowMs) - this.#rate.everyMs))
  }

  get remembered(): number {
    return this.#fullAtMs.size
  }

  /** Until the bucket is full. Also when the clock was set back nobody waits for longer than an empty one takes. */
  #missingMs(caller: string, nowMs: number): number {
    const missingMs = (this.#fullAtMs.get(caller) ?? 0) - nowMs
    return Math.min(this.#rate.burst * this.#rate.everyMs, Math.max(0, missingMs))
  }

  #remember(caller: string, fullAtMs: number): void {
    // Deleted first, so that it comes last in the order of insertion.
    this.#fullAtMs.delete(caller)
    this.#fullAtMs.set(caller, fullAtMs)
    const [oldest] = this.#fullAtMs.keys()
    if (this.#fullAtMs.size > REMEMBERED_MAX && oldest !== undefined) this.#fullAtMs.delete(oldest)
  }
}
