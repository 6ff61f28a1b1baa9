import type { HeartbeatCall } from '#shared/domain/heartbeat-call.ts'
import { coalesce } from '#shared/runtime/coalesce.ts'
import { errorText, type Log } from '#shared/runtime/log.ts'
import { retry } from '#shared/runtime/retry.ts'
import { CallLimit } from './call-limit.ts'

/** What became of a call. `unknown`: its token belongs to no enabled heartbeat. */
export type Recorded = 'recorded' | 'unknown' | 'too_often' | 'unavailable'

export type CallRecorderOptions = {
  /** Writes down calls of different tokens, and resolves to the tokens that are known. */
  readonly note: (calls: readonly HeartbeatCall[]) => Promise<ReadonlySet<string>>
  readonly isRetryable: (error: unknown) => boolean
  readonly nowMs: () => number
  readonly log: Log
}

type WaitingCall = { readonly call: HeartbeatCall; isKnown: boolean }

/** More than a second's worth; beyond it a call is better refused than kept. */
const WAITING_MAX = 5_000
const CALLS_PER_STATEMENT = 1_000
/** A database that restarts is waited for, for as long as a job's own time limit may bear. */
const RETRY_FOR_MS = 3_000
const BACKOFF = { firstMs: 50, maxMs: 500 }
/** Then it counts as well again, or a balancer that sends nothing here would never find out. */
const TROUBLE_LASTS_MS = 5_000

/**
 * Writes calls down together: while one statement runs, the calls that arrive become the next. So
 * the database's load does not grow with the number of callers, nor with that of guessed tokens.
 */
export class CallRecorder {
  readonly #options: CallRecorderOptions
  readonly #limit = new CallLimit()
  readonly #noteTogether: (calls: readonly WaitingCall[]) => Promise<void>
  #waiting = 0
  #failedAtMs = Number.NEGATIVE_INFINITY

  constructor(options: CallRecorderOptions) {
    this.#options = options
    const together = coalesce<WaitingCall>((calls) => this.#note(calls), {
      maxItems: CALLS_PER_STATEMENT,
      lingerMs: 0,
    })
    this.#noteTogether = (calls) => together(calls, async () => undefined)
  }

  /** Never throws. `recorded` is said only after the commit. */
  async record(call: HeartbeatCall): Promise<Recorded> {
    if (!this.#limit.admits(call.token, this.#options.nowMs())) return 'too_often'
    if (this.#waiting >= WAITING_MAX) return 'unavailable'
    const waiting: WaitingCall = { call, isKnown: false }
    this.#waiting++
    try {
      await this.#noteTogether([waiting])
      return waiting.isKnown ? 'recorded' : 'unknown'
    } catch {
      return 'unavailable'
    } finally {
      this.#waiting--
    }
  }

  /** Why calls are not taken right now, or null. */
  trouble(): string | null {
    const isTrouble = this.#options.nowMs() - this.#failedAtMs < TROUBLE_LASTS_MS
    return isTrouble ? 'the database does not take calls' : null
  }

  async #note(waiting: readonly WaitingCall[]): Promise<void> {
    const { log, nowMs } = this.#options
    try {
      for (const round of roundsOf(waiting)) await this.#noteRound(round)
      this.#failedAtMs = Number.NEGATIVE_INFINITY
    } catch (error) {
      this.#failedAtMs = nowMs()
      log.error({ calls: waiting.length, error: errorText(error) }, 'calls of jobs not recorded')
      throw error
    }
  }

  async #noteRound(round: readonly WaitingCall[]): Promise<void> {
    const { note, isRetryable, log } = this.#options
    const known = await retry(() => note(round.map(({ call }) => call)), {
      backoff: BACKOFF,
      signal: AbortSignal.timeout(RETRY_FOR_MS),
      isRetryable,
      onFailure: (error, attempt) =>
        log.warn({ attempt, error: errorText(error) }, 'calls of jobs wait for the database'),
    })
    for (const waiting of round) waiting.isKnown = known.has(waiting.call.token)
  }
}

/** The first call of each token, then the second of each, and so on: one statement takes one of each. */
function roundsOf(waiting: readonly WaitingCall[]): readonly (readonly WaitingCall[])[] {
  const rounds: WaitingCall[][] = []
  const seen = new Map<string, number>()
  for (const one of waiting) {
    const round = seen.get(one.call.token) ?? 0
    seen.set(one.call.token, round + 1)
    const calls = rounds[round] ?? []
    calls.push(one)
    rounds[round] = calls
  }
  return rounds
}
