export type KeptOptions = {
  /** How old it may be when it is given out. */
  readonly maxAgeMs: number
  readonly nowMs: () => number
}

/**
 * What is costly to make, made once for all who ask for the same in a while. Whoever asks while it is
 * made waits for it; what fails is made again for the next. At most `max` things are kept.
 */
export class Kept<T> {
  readonly #options: KeptOptions & { readonly max: number }
  readonly #made = new Map<string, { readonly atMs: number; readonly value: Promise<T> }>()

  constructor(options: KeptOptions & { readonly max: number }) {
    this.#options = options
  }

  get(key: string, make: () => Promise<T>): Promise<T> {
    const { maxAgeMs, nowMs, max } = this.#options
    const found = this.#made.get(key)
    if (found !== undefined && nowMs() - found.atMs < maxAgeMs) return found.value
    this.#made.delete(key)
    // The oldest goes first: what is asked for again is made anew, and so becomes the newest.
    for (const oldest of this.#made.keys()) {
      if (this.#made.size < max) break
      this.#made.delete(oldest)
    }
    const value = make()
    const entry = { atMs: nowMs(), value }
    this.#made.set(key, entry)
    value.catch(() => {
      if (this.#made.get(key) === entry) this.#made.delete(key)
    })
    return value
  }

  forgetAll(): void {
    this.#made.clear()
  }
}
