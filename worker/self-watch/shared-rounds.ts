import { pause } from '#shared/runtime/retry.ts'

/** Milliseconds on a clock that never goes back. */
export type Round<T> = {
  readonly beganAtMs: number
  readonly endedAtMs: number
  readonly answer: T
}

type Begun<T> = { readonly beganAtMs: number; readonly ended: Promise<Round<T>> }

const NEVER = { beganAtMs: Number.NEGATIVE_INFINITY }

export type SharedRoundsOptions<T> = {
  /** One round of questions. Bounded in time; never throws. */
  readonly ask: () => Promise<T>
  /** From the beginning of one round to that of the next, at least. */
  readonly gapMs: number
}

/**
 * Lets any number of callers share one costly question. One round is out at a time; all who need a
 * newer one wait for the same next one.
 */
export class SharedRounds<T> {
  readonly #options: SharedRoundsOptions<T>
  #latest: Begun<T> | null = null
  #next: Promise<Round<T>> | null = null

  constructor(options: SharedRoundsOptions<T>) {
    this.#options = options
  }

  /** The latest round, if it began at that time or later, or else the next one. */
  begunSince(sinceMs: number): Promise<Round<T>> {
    if (this.#latest !== null && this.#latest.beganAtMs >= sinceMs) return this.#latest.ended
    this.#next ??= this.#begin()
    return this.#next
  }

  async #begin(): Promise<Round<T>> {
    // The first one waits for nothing, but must not begin before `#next` is set either.
    const last = (await this.#latest?.ended) ?? NEVER
    const waitMs = last.beganAtMs + this.#options.gapMs - performance.now()
    // Timers count whole milliseconds, and may be early by one.
    if (waitMs > 0) await pause(Math.ceil(waitMs) + 1)
    this.#next = null
    const beganAtMs = performance.now()
    const ended = this.#options
      .ask()
      .then((answer) => ({ beganAtMs, endedAtMs: performance.now(), answer }))
    this.#latest = { beganAtMs, ended }
    return ended
  }
}
