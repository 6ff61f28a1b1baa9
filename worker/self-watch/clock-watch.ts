import type { Log } from '#shared/runtime/log.ts'
import type { Service } from '#shared/runtime/service.ts'
import type { SelfMark } from '../probe/self-watch.ts'

export type Clocks = {
  /** Milliseconds on a clock that never goes back, and stands still while the host sleeps. */
  readonly monotonicMs: () => number
  readonly wallMs: () => number
}

/** A time in which the event loop ran nothing that was due. */
type Stall = { readonly fromMs: number; readonly untilMs: number }

const TICK_MS = 100
/** A loop that is less late than this is merely busy. */
const STALL_MIN_MS = 50
/** So much of a check may be lost to a stall, or a quarter of the time that it had, if that is less. */
const STALL_ALLOWED_MS = 500
const SHARE_ALLOWED = 0.25
/** What a time server corrects in steps is less. */
const JUMP_ALLOWED_MS = 1_000
/** Longer than any check lasts. */
const KEPT_MS = 90_000
/** More than fit into that time. */
const STALLS_MAX = 1_024

export const systemClocks: Clocks = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
}

/**
 * Notices that this process did not run: a tick that comes late tells of a blocked event loop, a
 * starved or stopped process; clocks that part tell of a host that slept, or a clock that was set.
 */
export class ClockWatch implements Service {
  readonly name = 'clock watch'
  readonly #log: Log
  readonly #clocks: Clocks
  #stalls: Stall[] = []
  #dueAtMs = Number.POSITIVE_INFINITY
  #offsetMs: number
  #timer: NodeJS.Timeout | null = null

  constructor(log: Log, clocks: Clocks = systemClocks) {
    this.#log = log
    this.#clocks = clocks
    this.#offsetMs = clocks.wallMs() - clocks.monotonicMs()
  }

  async start(): Promise<void> {
    if (this.#timer !== null) return
    this.#dueAtMs = this.#clocks.monotonicMs() + TICK_MS
    this.#timer = setInterval(() => this.tick(), TICK_MS)
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    this.#dueAtMs = Number.POSITIVE_INFINITY
  }

  mark(): SelfMark {
    return { monotonicMs: this.#clocks.monotonicMs(), wallMs: this.#clocks.wallMs() }
  }

  /** Every 100 ms, unless something is wrong. */
  tick(): void {
    const nowMs = this.#clocks.monotonicMs()
    if (nowMs - this.#dueAtMs >= STALL_MIN_MS) {
      this.#stalls.push({ fromMs: this.#dueAtMs, untilMs: nowMs })
    }
    const [oldest] = this.#stalls
    const isOld = oldest !== undefined && oldest.untilMs < nowMs - KEPT_MS
    if (isOld || this.#stalls.length > STALLS_MAX) this.#stalls.shift()
    this.#dueAtMs = nowMs + TICK_MS
    this.#tellJump(nowMs)
  }

  /**
   * Why whatever took too long since the mark, being allowed `limitMs`, may have done so by our own
   * fault; or null. It does not wait for the tick: after a stall, timers that fire before it would
   * find nothing wrong, and what waits in the sockets is read after both.
   */
  troubleSince(mark: SelfMark, limitMs: number): string | null {
    const nowMs = this.#clocks.monotonicMs()
    const jumpMs = this.#clocks.wallMs() - nowMs - (mark.wallMs - mark.monotonicMs)
    if (Math.abs(jumpMs) > JUMP_ALLOWED_MS) {
      return `the clock of this worker jumped by ${inSeconds(jumpMs)}`
    }
    const stalls = [...this.#stalls, { fromMs: this.#dueAtMs, untilMs: nowMs }]
    const lostMs = Math.max(
      ...stalls.map(({ fromMs, untilMs }) => untilMs - Math.max(fromMs, mark.monotonicMs)),
    )
    const allowedMs = Math.min(STALL_ALLOWED_MS, Math.max(STALL_MIN_MS, limitMs * SHARE_ALLOWED))
    return lostMs > allowedMs ? `this worker stood still for ${inSeconds(lostMs)}` : null
  }

  #tellJump(nowMs: number): void {
    const offsetMs = this.#clocks.wallMs() - nowMs
    const jumpMs = offsetMs - this.#offsetMs
    this.#offsetMs = offsetMs
    if (Math.abs(jumpMs) <= JUMP_ALLOWED_MS) return
    this.#log.warn(
      { by_s: Math.round(jumpMs / 1000) },
      'the clock jumped: the host was suspended, or its clock was set',
    )
  }
}

function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
