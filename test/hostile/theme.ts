import type { Expectation, Target } from '#shared/domain/check.ts'
import type { Behaviours } from './behaviour.ts'

/** One kind of thing that targets do: how they do it, and what a check must make of it. */
export type Theme = {
  readonly title: string
  readonly cases: readonly CheckCase[]
  readonly behaviours: Behaviours
}

/**
 * What is looked at, what follows (`result`, or `result failure`), a part of the message, and how it
 * is asked. `/path` is on the plain server; `{name}` is the address and port of a server of the
 * fleet, `{:name}` its port alone.
 */
export type CheckCase = readonly [
  sentence: string,
  url: string,
  outcome: string,
  part?: string,
  ask?: Ask,
]

/** What a check asks besides its URL, and from which kind of worker. */
export type Ask = Partial<Target & Expectation> & {
  /** `strict`: may not watch private addresses. `offline`: its name server is gone. */
  readonly by?: 'strict' | 'offline'
  readonly signal?: AbortSignal
  readonly checkId?: string
}

/** For targets that never end: long enough to connect, short enough to wait for. */
export const short: Ask = { timeoutMs: 200 }
/** A rule that reads the body, and is met by `{"status":"OK"}`. */
export const statusOk: Ask = { jsonPath: 'status', expectedValue: 'OK' }
