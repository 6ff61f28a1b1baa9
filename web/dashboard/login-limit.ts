/** Within one window. Who has forgotten the password tries a few; who guesses needs millions. */
export const ATTEMPTS_PER_CALLER_MAX = 10
/** Of all callers together: a guesser with many addresses gets no further. It bounds what is remembered, too. */
export const ATTEMPTS_MAX = 100
const WINDOW_MS = 10 * 60_000

export type Admission =
  | { readonly outcome: 'admitted' }
  | { readonly outcome: 'too_many'; readonly waitMs: number }

/** Counts attempts to log in, by caller and over all. Who is logged in already is not touched by it. */
export class LoginLimit {
  #windowStartedAtMs = 0
  #count = 0
  readonly #counts = new Map<string, number>()

  /** Counts this attempt, whether it will succeed or not: many at once must not slip through. */
  admit(caller: string, nowMs: number): Admission {
    // Also when the clock was set back: nobody waits for it to come around again.
    if (Math.abs(nowMs - this.#windowStartedAtMs) >= WINDOW_MS) this.#begin(nowMs)
    const ofCaller = this.#counts.get(caller) ?? 0
    if (ofCaller >= ATTEMPTS_PER_CALLER_MAX || this.#count >= ATTEMPTS_MAX) {
      return { outcome: 'too_many', waitMs: this.#windowStartedAtMs + WINDOW_MS - nowMs }
    }
    this.#counts.set(caller, ofCaller + 1)
    this.#count++
    return { outcome: 'admitted' }
  }

  /** Who knew the password is no guesser. */
  forget(caller: string): void {
    this.#count -= this.#counts.get(caller) ?? 0
    this.#counts.delete(caller)
  }

  #begin(nowMs: number): void {
    this.#windowStartedAtMs = nowMs
    this.#count = 0
    this.#counts.clear()
  }
}
