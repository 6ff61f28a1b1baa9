import type { CheckResult } from '#shared/domain/result.ts'
import { cleanExcerpt, cleanMessage, cleanValue } from './clean-text.ts'
import type { CompiledExpectation } from './compiled-expectation.ts'
import { type Evidence, evidenceOf, type Problem } from './evidence.ts'
import type { Observation } from './prober.ts'
import type { Rule } from './rule.ts'

/** What a check concluded, all but whose check it was, when, and by whom. */
export type Verdict = Omit<CheckResult, 'siteId' | 'slotMs' | 'occasion' | 'checkedAtMs' | 'worker'>

/** How one rule of a site was judged, for people to read. */
export type AssertionVerdict = {
  /** As its owner would write it: `[STATUS] == 200`. */
  readonly rule: string
  readonly outcome: 'met' | 'not_met' | 'not_reached'
  /** What was seen in its place; null: nothing. */
  readonly seen: string | null
}

const NOTHING_SEEN = {
  failure: null,
  statusCode: null,
  latencyMs: null,
  dnsMs: null,
  connectMs: null,
  tlsMs: null,
  ttfbMs: null,
  hops: [],
  remoteAddress: null,
  httpVersion: null,
  responseBytes: null,
  extractedValue: null,
  slaMet: null,
  certExpiresAtMs: null,
  certificate: null,
  excerpt: null,
}

/**
 * Holds what was seen against what should be: the probe's own failure first, then each rule in its
 * order, up to the first that is not met. `nowMs` is when the probe began. Pure; all texts in the
 * verdict are clean and short enough to store and to send.
 */
export function judge(
  observation: Observation,
  compiled: CompiledExpectation,
  nowMs: number,
): Verdict {
  const seen = seenIn(observation)
  if (observation.outcome === 'inconclusive') {
    return { ...seen, result: 'inconclusive', message: cleanMessage(observation.message) }
  }
  if (observation.outcome === 'failed' && !isAnswerItself(observation, compiled)) {
    return { ...seen, ...downBy(observation) }
  }
  const { problem, value } = firstProblem(compiled.rules, evidenceOf(observation, nowMs), {
    notReached: observation.outcome === 'failed' ? observation : null,
  })
  return {
    ...seen,
    slaMet: slaMet(observation, compiled),
    extractedValue: value === null ? null : cleanValue(value),
    ...(problem === null ? { result: 'up', message: null } : downBy(problem)),
    excerpt: problem === null ? null : excerptOf(observation, problem),
  }
}

/** How every rule fared, also those after the first that is not met. */
export function explain(
  observation: Observation,
  compiled: CompiledExpectation,
  nowMs: number,
): readonly AssertionVerdict[] {
  const evidence = evidenceOf(observation, nowMs)
  return [...compiled.rules, ...compiled.told].map((rule) => {
    const seen = rule.seen(evidence)
    return {
      rule: cleanMessage(rule.text),
      outcome: rule.judge(evidence).outcome,
      seen: seen === null ? null : cleanMessage(seen),
    }
  })
}

/** The verdict when the fault is ours: it says nothing of the site. */
export function inconclusiveVerdict(message: string): Verdict {
  return { ...NOTHING_SEEN, result: 'inconclusive', message: cleanMessage(message) }
}

/** A failed look-up, at a site whose conditions ask which failure it was. */
function isAnswerItself(
  { failure, rcode }: Extract<Observation, { outcome: 'failed' }>,
  { readsRcode }: CompiledExpectation,
): boolean {
  return failure === 'dns' && rcode !== undefined && readsRcode
}

/** `notReached`: why a rule that needs more than was seen is not met. */
function firstProblem(
  rules: readonly Rule[],
  evidence: Evidence,
  { notReached }: { readonly notReached: Problem | null },
): { readonly problem: Problem | null; readonly value: string | null } {
  let value: string | null = null
  for (const rule of rules) {
    const finding = rule.judge(evidence)
    if (finding.outcome === 'not_reached') {
      if (notReached !== null) return { problem: notReached, value }
      continue
    }
    value = finding.value ?? value
    if (finding.outcome === 'not_met') return { problem: finding, value }
  }
  return { problem: null, value }
}

function seenIn(observation: Observation): Omit<Verdict, 'result' | 'message'> {
  const { phases } = observation
  return {
    ...NOTHING_SEEN,
    latencyMs: phases?.totalMs ?? null,
    dnsMs: phases?.dnsMs ?? null,
    connectMs: phases?.connectMs ?? null,
    tlsMs: phases?.tlsMs ?? null,
    ttfbMs: phases?.ttfbMs ?? null,
    hops: observation.hops ?? [],
    remoteAddress: observation.remoteAddress ?? null,
    httpVersion: observation.httpVersion ?? null,
    statusCode: observation.statusCode ?? null,
    responseBytes: observation.outcome === 'answered' ? observation.responseBytes : null,
    certExpiresAtMs: observation.certExpiresAtMs ?? null,
    certificate: observation.certificate ?? null,
  }
}

function slaMet(
  observation: Exclude<Observation, { outcome: 'inconclusive' }>,
  { slaMs }: CompiledExpectation,
): boolean | null {
  if (slaMs === null || observation.outcome !== 'answered') return null
  const { totalMs } = observation.phases
  return totalMs === null ? null : totalMs <= slaMs
}

function downBy({ failure, message }: Problem): Pick<Verdict, 'result' | 'failure' | 'message'> {
  return { result: 'down', failure, message: cleanMessage(message) }
}

function excerptOf(observation: Observation, { failure }: Problem): string | null {
  if (observation.outcome !== 'answered') return null
  return failure === 'status' || failure === 'body' ? cleanExcerpt(observation.beginning) : null
}
