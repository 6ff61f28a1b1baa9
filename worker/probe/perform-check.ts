import type { Check } from '#shared/domain/check.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import { type CompiledExpectation, compileExpectation } from './compiled-expectation.ts'
import { inconclusiveVerdict, judge, type Verdict } from './judge.ts'
import type { Prober } from './prober.ts'

export type CheckTools = {
  readonly prober: Prober
  readonly clock: { nowMs(): number }
  /** How this worker signs its results. */
  readonly worker: string
  /** Ends a probe early, as `inconclusive`. */
  readonly signal?: AbortSignal
}

/** Looks at a site and concludes. Whatever the site or its row does is a result; only a bug throws. */
export async function performCheck(check: Check, tools: CheckTools): Promise<CheckResult> {
  const checkedAtMs = tools.clock.nowMs()
  const compiled = compileExpectation(check.expectation)
  const verdict = compiled.ok
    ? await look(check, compiled, tools)
    : inconclusiveVerdict(compiled.reason)
  return {
    siteId: check.siteId,
    slotMs: check.slotMs,
    checkedAtMs,
    ...verdict,
    worker: tools.worker,
  }
}

async function look(
  check: Check,
  compiled: CompiledExpectation,
  { prober, signal }: CheckTools,
): Promise<Verdict> {
  const want = compiled.bodyRule === null ? 'none' : 'text'
  return judge(await prober.probe(check.target, want, signal), compiled, check.expectation)
}
