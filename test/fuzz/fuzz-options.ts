import type { Expectation } from '#shared/domain/check.ts'
import type { CheckResult } from '#shared/domain/result.ts'

export type FuzzOptions = {
  /** All answers follow from it, and from their numbers. */
  readonly seed: number
  readonly count: number
  /** Whether the checks look at bodies too. */
  readonly rules: 'none' | 'body'
  readonly concurrency: number
  readonly timeoutMs: number
}

/** Sent by the process that probes: results as they come, and at last what it cost. */
export type FuzzMessage =
  | { readonly kind: 'results'; readonly results: readonly ProbedAnswer[] }
  | { readonly kind: 'end'; readonly memory: FuzzMemory }

export type ProbedAnswer = {
  readonly number: number
  /** Null: the probe had not ended a second after its deadline, by the fair clock. */
  readonly result: CheckResult | null
  readonly tookMs: number
  /** Without the time that the machine gave to others: what counts as a hang. */
  readonly tookFairMs: number
}

/** Of the process that probes. */
export type FuzzMemory = {
  readonly start: MemoryMark
  /** When the code was warm: after the first 2,000 answers, or a fifth of them. */
  readonly warm: MemoryMark
  readonly end: MemoryMark
  /** The most that was resident from warm to end. */
  readonly peakBytes: number
}

/** Right after a collection of garbage. */
export type MemoryMark = { readonly residentBytes: number; readonly liveBytes: number }

const bodyRules: readonly Partial<Expectation>[] = [
  { jsonPath: 'status', expectedValue: 'OK' },
  { bodyRegex: '"status": ?"(\\w+)"', expectedValue: 'OK' },
  { bodyRegex: '(?s)^.*(O.)' },
]

/** What the check of an answer asks for besides its status. */
export function rulesOf({ rules }: FuzzOptions, number: number): Partial<Expectation> {
  return rules === 'none' ? {} : (bodyRules[number % bodyRules.length] ?? {})
}
