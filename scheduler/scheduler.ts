import { Cron } from 'croner'
import { errorText, type Log } from '#shared/runtime/log.ts'
import type { Service } from '#shared/runtime/service.ts'
import type { Tick } from './enqueue-due-checks.ts'

export type SchedulerOptions = {
  /** One turn of the clock hand. */
  readonly enqueue: () => Promise<Tick>
  /** Makes the partitions of the days to come; called at start and every hour. */
  readonly makePartitions: () => Promise<number>
  readonly log: Log
}

/** A turn that had more to catch up than this is worth a line in the log. */
const STALL_SECONDS = 5

/** Ticks every second on the second. A turn that takes longer than that is not overtaken by the next. */
export class Scheduler implements Service {
  readonly name = 'scheduler'
  readonly #options: SchedulerOptions
  #crons: Cron[] = []
  #running: Promise<unknown> = Promise.resolve()
  #lastTurnAtMs = Date.now()

  constructor(options: SchedulerOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    if (this.#crons.length > 0) return
    await this.#guarded(this.#options.makePartitions)
    this.#crons = [
      new Cron('* * * * * *', { protect: true }, () => this.#guarded(() => this.runOnce())),
      new Cron('0 7 * * * *', { protect: true }, () => this.#guarded(this.#options.makePartitions)),
    ]
  }

  async stop(): Promise<void> {
    for (const cron of this.#crons.splice(0)) cron.stop()
    await this.#running
  }

  /** When a turn last succeeded, here or, being `busy`, elsewhere. */
  get lastTurnAtMs(): number {
    return this.#lastTurnAtMs
  }

  async runOnce(): Promise<Tick> {
    const tick = await this.#options.enqueue()
    this.#lastTurnAtMs = Date.now()
    if (tick.outcome === 'moved') this.#tell(tick)
    return tick
  }

  #tell(tick: Extract<Tick, { outcome: 'moved' }>): void {
    const { log } = this.#options
    for (const { siteId, reason } of tick.invalid)
      log.warn({ site_id: siteId, reason }, 'site cannot be checked')
    const { invalid, ...counts } = tick
    if (tick.seconds > STALL_SECONDS)
      log.warn(counts, 'caught up after a stall: slots in between are missed')
    else log.debug(counts, 'tick')
  }

  /** A database that is away is waited for: the hand keeps its place. */
  async #guarded(work: () => Promise<unknown>): Promise<void> {
    const attempt = work().catch((error) => {
      this.#options.log.error({ error: errorText(error) }, 'turn failed, will be done by the next')
    })
    // Down to nothing, or each result would hold all that came before it.
    this.#running = Promise.all([this.#running, attempt]).then(() => undefined)
    await attempt
  }
}
