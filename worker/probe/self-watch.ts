import type { Check } from '#shared/domain/check.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import type { Observation } from './prober.ts'

/** Where a probe began, for whoever watches us: milliseconds on a clock that never goes back, and on the wall's. */
export type SelfMark = { readonly monotonicMs: number; readonly wallMs: number }

/** A check that has just been judged. */
export type Suspect = {
  readonly check: Pick<Check, 'target' | 'expectation'>
  /** Null when the check could not even begin. */
  readonly observation: Observation | null
  readonly verdict: Pick<CheckResult, 'result' | 'failure' | 'slaMet'>
}

/** Trouble of ours that may have made a verdict what it is. */
export type Trouble = {
  /** In plain words, to stand before what was seen. */
  readonly reason: string
  /** `latency`: the verdict stands, but how long it took does not. */
  readonly concerns: 'verdict' | 'latency'
}

/**
 * The port to what this process knows of itself: a stalled event loop, a clock that jumped, a network
 * that is gone. Errors of ours are never booked on a site.
 */
export type SelfWatch = {
  begin(): SelfMark
  /**
   * Why a check that began at the mark is not to be trusted, or null. May ask the network, for some
   * seconds, when a site seems down; answers at once when it is up and in time.
   */
  troubleSince(mark: SelfMark, suspect: Suspect): Promise<Trouble | null>
}

/** For a process that knows of no trouble: a single check by hand. */
export const unwatched: SelfWatch = {
  begin: () => ({ monotonicMs: performance.now(), wallMs: Date.now() }),
  troubleSince: async () => null,
}
