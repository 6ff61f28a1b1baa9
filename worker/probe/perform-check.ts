import type { Check } from '#shared/domain/check.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import { type CompiledExpectation, compileExpectation } from './compiled-expectation.ts'
import {
  type AssertionVerdict,
  inconclusiveVerdict,
  type Judged,
  judge,
  type Verdict,
} from './judge.ts'
import type { Observation, Prober } from './prober.ts'
import { redacted } from './redacted.ts'
import type { SelfWatch, Trouble } from './self-watch.ts'

export type CheckTools = {
  readonly prober: Prober
  readonly clock: { nowMs(): number }
  /** Knows of our own trouble: what it touches is no verdict on a site. */
  readonly selfWatch: SelfWatch
  /** What must not be told, wherever it turns up: the values of the secrets that a target names. */
  readonly secretsOf: (target: Check['target']) => readonly string[]
  /** How this worker signs its results. */
  readonly worker: string
  /** Ends a probe early, as `inconclusive`. */
  readonly signal?: AbortSignal
}

/** A result, and what it came from. */
export type Examined = {
  readonly result: CheckResult
  /** Null when the check could not even begin. */
  readonly observation: Observation | null
  readonly assertions: readonly AssertionVerdict[]
}

/** Looks at a site and concludes. Whatever the site or its row does is a result; only a bug throws. */
export async function performCheck(check: Check, tools: CheckTools): Promise<CheckResult> {
  return (await examine(check, tools)).result
}

/** The same, with all that was seen and how each rule was judged. */
export async function examine(check: Check, tools: CheckTools): Promise<Examined> {
  const checkedAtMs = tools.clock.nowMs()
  const mark = tools.selfWatch.begin()
  const { observation, judged } = await look(check, tools)
  const suspect = { check, observation, verdict: judged.verdict }
  const verdict = doubted(judged.verdict, await tools.selfWatch.troubleSince(mark, suspect))
  const { siteId, slotMs, occasion } = check
  const result = { siteId, slotMs, occasion, checkedAtMs, ...verdict, worker: tools.worker }
  return {
    result: redacted(result, tools.secretsOf(check.target)),
    observation,
    assertions: judged.assertions,
  }
}

/** What was seen on the way is kept, for people to read; what it says of the site is taken back. */
function doubted(verdict: Verdict, trouble: Trouble | null): Verdict {
  if (trouble === null) return verdict
  if (trouble.concerns === 'latency') return { ...verdict, slaMet: null }
  const { result, failure, message } = inconclusiveVerdict(
    `${trouble.reason}; seen: ${verdict.message}`,
  )
  return { ...verdict, result, failure, message, slaMet: null, excerpt: null }
}

async function look(
  check: Check,
  { prober, signal }: CheckTools,
): Promise<{ readonly observation: Observation | null; readonly judged: Judged }> {
  const compiled = compileExpectation(check.expectation)
  if (!compiled.ok) {
    const verdict = inconclusiveVerdict(compiled.reason)
    return { observation: null, judged: { verdict, assertions: [] } }
  }
  const observation = await prober.probe(check.target, wantedOf(compiled), signal)
  return { observation, judged: judge(observation, compiled, check.expectation) }
}

function wantedOf(compiled: CompiledExpectation) {
  return compiled.needsBody ? 'text' : 'none'
}
