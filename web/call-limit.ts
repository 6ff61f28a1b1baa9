/** Two runs of a job that start and end within a second; more says nothing new. */
export const CALLS_PER_SECOND_MAX = 5
const WINDOW_MS = 1_000

/** Counts the calls of each token within a second. What it remembers ends with the second. */
export class CallLimit {
  #windowStartedAtMs = 0
  readonly #counts = new Map<string, number>()

  admits(token: string, nowMs: number): boolean {
    // Also when the clock was set back: nobody waits for it to come around again.
    if (Math.abs(nowMs - this.#windowStartedAtMs) >= WINDOW_MS) {
      this.#windowStartedAtMs = nowMs
      this.#counts.clear()
    }
    const count = (this.#counts.get(token) ?? 0) + 1
    this.#counts.set(token, count)
    return count <= CALLS_PER_SECOND_MAX
  }
}
