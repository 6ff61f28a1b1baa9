import type { Failure } from './failure.ts'

/** `inconclusive`: we could not tell, by our own fault. It never counts against the site. */
export const outcomes = ['up', 'down', 'inconclusive'] as const
export type Outcome = (typeof outcomes)[number]

/** What one check concluded. Instants are epoch milliseconds, durations milliseconds; null: not reached or not asked for. */
export type CheckResult = {
  readonly siteId: number
  readonly slotMs: number
  /** When the probe began. */
  readonly checkedAtMs: number
  readonly result: Outcome
  /** Set exactly when `result` is `down`. */
  readonly failure: Failure | null
  /** One plain sentence, at most 500 characters, without secrets. */
  readonly message: string | null
  readonly statusCode: number | null
  /** The probe from start to the last byte judged. */
  readonly latencyMs: number | null
  readonly dnsMs: number | null
  readonly connectMs: number | null
  readonly tlsMs: number | null
  readonly ttfbMs: number | null
  readonly responseBytes: number | null
  readonly extractedValue: string | null
  readonly slaMet: boolean | null
  readonly certExpiresAtMs: number | null
  /** Which worker looked. */
  readonly worker: string
}
