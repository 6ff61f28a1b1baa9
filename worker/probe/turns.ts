/** A place among those who wait, and then the turn itself. */
export type Turn = {
  readonly ready: Promise<void>
  /** Gives the place up, or the turn back; to be called whatever happens, and harmless again. */
  leave(): void
}

type Waiting = { readonly begin: () => void }

/** A bound on how many do something at once; who comes later waits, first come first served. */
export class Turns {
  #free: number
  readonly #queue = new Set<Waiting>()
  readonly #taken = new Set<Waiting>()

  constructor(max: number) {
    this.#free = max
  }

  take(): Turn {
    const { promise: ready, resolve: begin } = Promise.withResolvers<void>()
    const place = { begin }
    this.#queue.add(place)
    this.#next()
    return { ready, leave: () => this.#leave(place) }
  }

  #leave(place: Waiting): void {
    this.#queue.delete(place)
    if (this.#taken.delete(place)) this.#free++
    this.#next()
  }

  #next(): void {
    const [first] = this.#queue
    if (first === undefined || this.#free === 0) return
    this.#free--
    this.#queue.delete(first)
    this.#taken.add(first)
    first.begin()
  }
}
