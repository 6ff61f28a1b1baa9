import type { Log } from '#shared/runtime/log.ts'
import type { SendOutcome } from './outcome-of-smtp-error.ts'

type State = 'works' | 'failing' | 'misconfigured'

/**
 * While no mail gets through, how long to wait between single tries. A wrong password tried more
 * often than that gets accounts locked; a server that is back should be noticed soon.
 */
const TRY_EVERY_MS = { failing: 2_000, misconfigured: 30_000 } as const

/**
 * Whether the mail server takes mails at all, by what came of the last ones: tells the log when that
 * changes (not at each mail), and holds the others back while a single one tries.
 */
export class MailServerWatch {
  readonly #log: Log
  readonly #nowMs: () => number
  #state: State = 'works'
  #sinceMs = 0
  #lastTryAtMs = Number.NEGATIVE_INFINITY

  /** `nowMs`: of a clock that never goes back. */
  constructor(log: Log, nowMs: () => number) {
    this.#log = log
    this.#nowMs = nowMs
  }

  /** How many of `wanted` mails may be tried now. */
  admit(wanted: number): number {
    if (this.#state === 'works') return wanted
    const nowMs = this.#nowMs()
    if (wanted === 0 || nowMs - this.#lastTryAtMs < TRY_EVERY_MS[this.#state]) return 0
    this.#lastTryAtMs = nowMs
    return 1
  }

  note(sent: SendOutcome): void {
    const state = stateAfter(sent)
    if (state === this.#state) return
    const nowMs = this.#nowMs()
    const lastedSeconds = Math.round((nowMs - this.#sinceMs) / 1_000)
    this.#state = state
    this.#sinceMs = nowMs
    this.#lastTryAtMs = nowMs
    const reason = 'reason' in sent ? sent.reason : null
    if (state === 'works') this.#log.info({ failed_s: lastedSeconds }, 'mail server works again')
    if (state === 'failing') this.#log.warn({ reason }, 'mail server fails: emails wait')
    if (state === 'misconfigured')
      this.#log.error({ reason }, 'mail settings are refused: emails wait until they are mended')
  }
}

/** A server that refuses a message, or puts one off, works. */
function stateAfter(sent: SendOutcome): State {
  if (sent.outcome === 'misconfigured') return 'misconfigured'
  return sent.outcome === 'retry' && sent.concerns === 'server' ? 'failing' : 'works'
}
