import type { Failure } from '#shared/domain/failure.ts'
import type { Stop } from './prober.ts'

/** `answer`: until its headers are there; `body`: the rest. */
export type Stage = 'dns' | 'connect' | 'tls' | 'answer' | 'body'

/** What is still missing when time is up in a stage. */
const MISSING: Readonly<Record<Stage, readonly [failure: Failure, what: string]>> = {
  dns: ['dns', 'no answer from the name servers'],
  connect: ['connect_timeout', 'no connection'],
  tls: ['connect_timeout', 'connected, but no TLS handshake'],
  answer: ['timeout', 'no answer'],
  body: ['timeout', 'no complete body'],
}

/**
 * The end of one probe's time, whatever it is doing. A stage registers what to do then; the next
 * stage replaces it. So one timer holds for all of a probe, redirects and body included.
 */
export class Deadline {
  readonly timeoutMs: number
  readonly #signal: AbortSignal | undefined
  readonly #timer: NodeJS.Timeout
  #interrupt: (() => void) | null = null
  #isOver = false

  constructor(timeoutMs: number, signal?: AbortSignal) {
    this.timeoutMs = timeoutMs
    this.#signal = signal
    this.#timer = setTimeout(this.#strike, timeoutMs)
    signal?.addEventListener('abort', this.#strike)
    this.#isOver = signal?.aborted === true
  }

  /** Runs `interrupt` when time is up, or now if it already is. */
  watch(interrupt: () => void): void {
    this.#interrupt = interrupt
    if (this.#isOver) interrupt()
  }

  /** What being interrupted in this stage says of the target. */
  stop(stage: Stage): Stop {
    if (this.#signal?.aborted) return { outcome: 'inconclusive', message: 'the worker is stopping' }
    const [failure, what] = MISSING[stage]
    return { outcome: 'failed', failure, message: `${what} within ${this.timeoutMs} ms` }
  }

  /** Releases the timer; to be called whenever the probe ends. */
  release(): void {
    clearTimeout(this.#timer)
    this.#signal?.removeEventListener('abort', this.#strike)
    this.#interrupt = null
  }

  readonly #strike = (): void => {
    this.#isOver = true
    this.#interrupt?.()
  }
}
