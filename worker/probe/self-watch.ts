import type { CheckResult } from '#shared/domain/result.ts'

/** Where a probe began, for whoever watches us. */
export type SelfMark = { readonly monotonicMs: number; readonly wallMs: number }

/**
 * The port to what this process knows of itself: a stalled event loop, a clock that jumped, a network
 * that is gone. Errors of ours are never booked on a site.
 */
export type SelfWatch = {
  begin(): SelfMark
  /** Why a verdict on a probe that began at the mark is not to be trusted, in plain words, or null. */
  troubleSince(
    mark: SelfMark,
    verdict: Pick<CheckResult, 'result' | 'failure'>,
  ): Promise<string | null>
}

/** For a process that knows of no trouble: a single check by hand. */
export const unwatched: SelfWatch = {
  begin: () => ({ monotonicMs: performance.now(), wallMs: Date.now() }),
  troubleSince: async () => null,
}
