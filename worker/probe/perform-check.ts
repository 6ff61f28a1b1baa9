import type { Check } from '#shared/domain/check.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import { compileExpectation } from './compiled-expectation.ts'
import {
  type AssertionVerdict,
  explain,
  inconclusiveVerdict,
  judge,
  type Verdict,
} from './judge.ts'
import type { Observation, Prober } from './prober.ts'
import { redacted, redactedAssertions } from './redacted.ts'
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
  /** The id of the check's job, told to the site. */
  readonly checkId?: string
}

/** A result, and what it came from. Secrets are masked but in the observation. */
export type Examined = {
  readonly result: CheckResult
  /** Null when the check could not even begin. */
  readonly observation: Observation | null
  readonly assertions: readonly AssertionVerdict[]
}

/** Looks at a site and concludes. Whatever the site or its row does is a result; only a bug throws. */
export async function performCheck(check: Check, tools: CheckTools): Promise<CheckResult> {
  return (await perform(check, tools)).result
}

/** The same, with all that was seen and how each rule was judged. */
export async function examine(check: Check, tools: CheckTools): Promise<Examined> {
  const { result, look } = await perform(check, tools)
  const assertions = redactedAssertions(look.assertions(), tools.secretsOf(check.target))
  return { result, observation: look.observation, assertions }
}

/** One look at a site. Most who look do not ask how each rule fared. */
type Look = {
  readonly observation: Observation | null
  readonly verdict: Verdict
  assertions(): readonly AssertionVerdict[]
}

async function perform(
  check: Check,
  tools: CheckTools,
): Promise<{ readonly result: CheckResult; readonly look: Look }> {
  const checkedAtMs = tools.clock.nowMs()
  const mark = tools.selfWatch.begin()
  const look = await lookAt(check, checkedAtMs, tools)
  const suspect = { check, observation: look.observation, verdict: look.verdict }
  const verdict = doubted(look.verdict, await tools.selfWatch.troubleSince(mark, suspect))
  const { siteId, slotMs, occasion } = check
  const result = { siteId, slotMs, occasion, checkedAtMs, ...verdict, worker: tools.worker }
  return { result: redacted(result, tools.secretsOf(check.target)), look }
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

async function lookAt(
  { target, expectation }: Check,
  nowMs: number,
  { prober, signal, checkId }: CheckTools,
): Promise<Look> {
  const compiled = compileExpectation(expectation, target.kind)
  if (!compiled.ok) {
    const verdict = inconclusiveVerdict(compiled.reason)
    return { observation: null, verdict, assertions: () => [] }
  }
  const visit = { ...(signal && { signal }), ...(checkId && { checkId }) }
  const observation = await prober.probe(target, compiled.needsBody ? 'text' : 'none', visit)
  return {
    observation,
    verdict: judge(observation, compiled, nowMs),
    assertions: () => explain(observation, compiled, nowMs),
  }
}
