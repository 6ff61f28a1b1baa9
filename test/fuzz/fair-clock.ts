/**
 * Milliseconds in which this process could have run: time that the machine gave to others does not
 * count, so that a limit holds on a busy machine too; time that the process itself burnt does.
 */
export class FairClock {
  readonly #timer: NodeJS.Timeout
  #wallMs = performance.now()
  #cpuMs = cpuMs()
  #fairMs = 0

  constructor() {
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
  }

  nowMs(): number {
    this.#tick()
    return this.#fairMs
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #tick(): void {
    const wallMs = performance.now()
    const cpu = cpuMs()
    this.#fairMs += Math.min(wallMs - this.#wallMs, Math.max(TICK_MS, cpu - this.#cpuMs))
    this.#wallMs = wallMs
    this.#cpuMs = cpu
  }
}

/** What may pass between two looks without having to be explained. */
const TICK_MS = 10

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
