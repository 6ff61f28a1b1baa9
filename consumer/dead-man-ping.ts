import { errorText, type Log } from '#shared/runtime/log.ts'
import type { Counter, Metrics } from '#shared/runtime/metrics.ts'
import type { Service } from '#shared/runtime/service.ts'
import type { Recorded } from './record-batch.ts'
import type { RecordWatcher } from './recorder.ts'

export type DeadManOptions = {
  /** Never logged: whoever knows it can ping. */
  readonly url: string
  readonly metrics: Metrics
  readonly nowMs: () => number
  readonly log: Log
}

const EVERY_MS = 60_000
/** An older slot shows that something catches up, not that all of it works now. */
const FRESH_MS = 2 * 60_000
const TIMEOUT_MS = 10_000

/**
 * Tells somebody else that Uptick works, so that they can tell when it does not: once a minute at
 * the most, and only after a result of a slot of these two minutes was committed. For that the
 * scheduler, the queue, a worker, the stream, this consumer and the database have all done their part.
 */
export class DeadManPing implements Service, RecordWatcher {
  readonly name = "dead man's ping"
  readonly #options: DeadManOptions
  readonly #pings: Counter<'outcome'>
  readonly #stopping = new AbortController()
  #lastAtMs = Number.NEGATIVE_INFINITY
  #state: 'works' | 'failing' = 'works'
  #running: Promise<unknown> = Promise.resolve()

  constructor(options: DeadManOptions) {
    this.#options = options
    this.#pings = options.metrics.counter({
      name: 'uptick_dead_man_pings_total',
      help: "Pings of DEADMAN_URL by outcome: 'sent' was answered with a status of 200 to 299.",
      labels: ['outcome'],
      known: [{ outcome: 'sent' }, { outcome: 'failed' }],
    })
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  /** Does not wait for the ping: recording goes on. */
  readonly onRecorded = (recorded: Recorded): void => {
    const nowMs = this.#options.nowMs()
    // Also when the clock was set back: nobody waits for it to come around again.
    const isSoon = Math.abs(nowMs - this.#lastAtMs) < EVERY_MS
    if (isSoon || this.#stopping.signal.aborted || !wentAllTheWay(recorded, nowMs)) return
    this.#lastAtMs = nowMs
    this.#running = this.#ping()
  }

  readonly onRefused = (): void => undefined

  async #ping(): Promise<void> {
    const failure = await this.#failureOfRequest()
    if (this.#stopping.signal.aborted) return
    this.#pings.add(1, { outcome: failure === null ? 'sent' : 'failed' })
    const state = failure === null ? 'works' : 'failing'
    if (state === this.#state) return
    this.#state = state
    if (failure === null) this.#options.log.info('DEADMAN_URL answers again')
    else
      this.#options.log.warn({ error: failure }, 'DEADMAN_URL was not reached; tried each minute')
  }

  async #failureOfRequest(): Promise<string | null> {
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(TIMEOUT_MS)])
    try {
      const response = await fetch(this.#options.url, { signal })
      await response.body?.cancel()
      return response.ok ? null : `status ${response.status}`
    } catch (error) {
      // fetch says why in the cause; neither of the two holds the URL.
      return errorText(error instanceof Error ? (error.cause ?? error) : error)
    }
  }
}

function wentAllTheWay({ stored }: Recorded, nowMs: number): boolean {
  return stored.some(
    ({ occasion, slotMs }) => occasion === 'slot' && Math.abs(nowMs - slotMs) <= FRESH_MS,
  )
}
