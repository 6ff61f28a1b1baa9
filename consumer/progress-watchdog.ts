import { errorText, type Log } from '#shared/runtime/log.ts'
import type { Service } from '#shared/runtime/service.ts'

/** What is known at one look: how much waits in the stream, and how much this process has handled so far. */
export type Look = { readonly atMs: number; readonly lag: number; readonly handled: number }

/** Since when nothing has moved although something waits; null while all is well. */
export type Standstill = { readonly sinceMs: number } | null

/** Longer than a rebalance of the group takes, shorter than a slot of the fastest usual cadence and a half. */
export const STANDSTILL_MAX_MS = 90_000
const LOOK_EVERY_MS = 15_000

/** Pure: a consumer that has work and handles none is standing still, whatever its client says. */
export function judgeProgress(before: Look | null, now: Look, standstill: Standstill): Standstill {
  if (before === null || now.lag === 0 || now.handled > before.handled) return null
  return standstill ?? { sinceMs: before.atMs }
}

export type WatchdogOptions = {
  readonly lag: () => Promise<number>
  readonly handled: () => number
  /** True while the database is waited for: then standing still is right. */
  readonly isWaiting: () => boolean
  readonly onStandstill: (reason: string) => void
  readonly log: Log
}

/**
 * Clients have been seen to stay in their group and never fetch again (tulios/kafkajs#1277, #1466).
 * A consumer that stands still for 90 s ends its process, so that the supervisor starts a sound one.
 */
export class ProgressWatchdog implements Service {
  readonly name = 'progress watchdog'
  readonly #options: WatchdogOptions
  #timer: NodeJS.Timeout | null = null
  #before: Look | null = null
  #standstill: Standstill = null
  #isLooking = false

  constructor(options: WatchdogOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    this.#timer ??= setInterval(() => void this.#look(), LOOK_EVERY_MS)
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  /** One look at a time: a broker that is away is waited for once. */
  async #look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    await this.runOnce(Date.now())
    this.#isLooking = false
  }

  async runOnce(nowMs: number): Promise<Standstill> {
    const { lag, handled, isWaiting, onStandstill, log } = this.#options
    try {
      const now: Look = { atMs: nowMs, lag: isWaiting() ? 0 : await lag(), handled: handled() }
      this.#standstill = judgeProgress(this.#before, now, this.#standstill)
      this.#before = now
    } catch (error) {
      // Without the broker's word nothing is known; the client itself reports a broker that is away.
      log.debug({ error: errorText(error) }, 'cannot tell the lag')
    }
    if (this.#standstill !== null && nowMs - this.#standstill.sinceMs > STANDSTILL_MAX_MS) {
      onStandstill(
        `no result handled for ${Math.round((nowMs - this.#standstill.sinceMs) / 1000)} s although some wait`,
      )
    }
    return this.#standstill
  }
}
