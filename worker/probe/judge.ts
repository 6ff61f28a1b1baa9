import type { Expectation } from '#shared/domain/check.ts'
import type { Failure } from '#shared/domain/failure.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import type { BodyRule, CompiledExpectation } from './compiled-expectation.ts'
import type { Answered, Body, Observation } from './prober.ts'

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

export type Judged = { readonly verdict: Verdict; readonly assertions: readonly AssertionVerdict[] }

type Problem = { readonly failure: Failure; readonly message: string }
type Extraction = { readonly value: string } | Problem

const TEXT_MAX = 500
const QUOTED_MAX = 80
/** Controls, and the marks that turn the direction of writing: no part of a plain sentence. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu

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
 * Holds what was seen against what should be: the probe's own failure first, then the status, then
 * the body. Pure; all texts in the verdict are clean and short enough to store and to send.
 */
export function judge(
  observation: Observation,
  compiled: CompiledExpectation,
  expectation: Expectation,
): Judged {
  return { verdict: verdictOn(observation, compiled, expectation), assertions: [] }
}

function verdictOn(
  observation: Observation,
  compiled: CompiledExpectation,
  expectation: Expectation,
): Verdict {
  if (observation.outcome === 'inconclusive') return inconclusiveVerdict(observation.message)
  const seen = seenIn(observation)
  if (observation.outcome === 'failed') return { ...seen, ...downBy(observation) }
  const { totalMs } = observation.phases
  const isTimed = expectation.slaMs !== null && totalMs !== null
  const slaMet = isTimed ? totalMs <= expectation.slaMs : null
  return { ...seen, slaMet, ...judgeAnswer(observation, compiled, expectation) }
}

/** The verdict when the fault is ours: it says nothing of the site. */
export function inconclusiveVerdict(message: string): Verdict {
  return { ...NOTHING_SEEN, result: 'inconclusive', message: cleanMessage(message) }
}

function seenIn(
  observation: Exclude<Observation, { outcome: 'inconclusive' }>,
): Omit<Verdict, 'result' | 'failure' | 'message'> {
  const { totalMs, ...phases } = observation.phases
  return {
    ...phases,
    latencyMs: totalMs,
    hops: observation.hops,
    remoteAddress: observation.remoteAddress,
    httpVersion: observation.httpVersion,
    statusCode: observation.statusCode,
    responseBytes: observation.outcome === 'answered' ? observation.responseBytes : null,
    extractedValue: null,
    slaMet: null,
    certExpiresAtMs: observation.certExpiresAtMs,
    certificate: observation.certificate,
    excerpt: null,
  }
}

type Conclusion = Pick<Verdict, 'result' | 'failure' | 'message'> &
  Partial<Pick<Verdict, 'extractedValue'>>

function judgeAnswer(
  answer: Answered,
  compiled: CompiledExpectation,
  expectation: Expectation,
): Conclusion {
  if (answer.statusCode !== null && !compiled.matchesStatus(answer.statusCode)) {
    return downBy({
      failure: 'status',
      message: `status ${answer.statusCode}, expected ${expectation.expectedStatus}`,
    })
  }
  if (compiled.bodyRule === null) return up
  const extraction = extract(answer.body, compiled.bodyRule, expectation)
  if ('failure' in extraction) return downBy(extraction)
  const extractedValue = cleanValue(extraction.value)
  return { ...judgeValue(extraction.value, expectation.expectedValue), extractedValue }
}

const up: Conclusion = { result: 'up', failure: null, message: null }

function downBy({ failure, message }: Problem): Conclusion {
  return { result: 'down', failure, message: cleanMessage(message) }
}

function judgeValue(value: string, expected: string | null): Conclusion {
  if (expected === null || value === expected.normalize('NFC')) return up
  return downBy({
    failure: 'body',
    message: `the value is ${quote(value)}, expected ${quote(expected)}`,
  })
}

function extract(body: Body, rule: BodyRule, expectation: Expectation): Extraction {
  switch (body.kind) {
    case 'unread':
      throw new Error('a body rule needs a probe that reads the body')
    case 'unreadable':
      return { failure: 'body', message: `the body cannot be read: ${body.reason}` }
    default:
      return rule.kind === 'json_path'
        ? extractByPath(body, rule, expectation.jsonPath)
        : extractByRegex(body, rule, expectation.bodyRegex)
  }
}

type ReadBody = Extract<Body, { text: string }>
type RuleOf<Kind> = Extract<BodyRule, { kind: Kind }>

function extractByPath(body: ReadBody, rule: RuleOf<'json_path'>, path: string | null): Extraction {
  if (body.kind === 'beginning') {
    return { failure: 'too_large', message: 'the body is larger than 1 MiB, too large for JSON' }
  }
  const document = parseJson(body.text)
  if ('failure' in document) return document
  const found = rule.extract(document.json)
  if (!found.found) return { failure: 'body', message: `nothing in the body at ${path}` }
  return asText(found.value)
}

function extractByRegex(
  body: ReadBody,
  rule: RuleOf<'body_regex'>,
  regex: string | null,
): Extraction {
  const match = rule.search(body.text)
  if (match.found) return { value: match.value }
  const searched = match.searched === 'all' && body.kind === 'whole' ? 'all' : 'part'
  if (searched === 'all') return { failure: 'body', message: `no match for ${regex} in the body` }
  const limit =
    match.searched === 'part' ? 'part that so costly an expression may search' : 'first 1 MiB'
  return { failure: 'too_large', message: `no match for ${regex} in the ${limit} of the body` }
}

function parseJson(text: string): { readonly json: unknown } | Problem {
  try {
    return { json: JSON.parse(text) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const reason = text.trim() === '' ? 'it is empty' : error.message
    return { failure: 'body', message: `the body is not JSON: ${reason}` }
  }
}

/** A text as it is; everything else as JSON writes it. */
function asText(value: unknown): Extraction {
  if (typeof value === 'string') return { value }
  try {
    return { value: JSON.stringify(value) }
  } catch (error) {
    // JSON is read without a stack but written with one.
    if (!(error instanceof RangeError)) throw error
    return { failure: 'body', message: 'the value is nested too deeply to be told as text' }
  }
}

function quote(text: string): string {
  return JSON.stringify(text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}...` : text)
}

function cleanMessage(text: string): string {
  return text
    .slice(0, 2 * TEXT_MAX)
    .replace(UNPRINTABLE, ' ')
    .trim()
    .slice(0, TEXT_MAX)
    .toWellFormed()
}

/** Postgres cannot store U+0000, nor half a surrogate pair that a cut may leave. */
function cleanValue(text: string): string {
  return text.replaceAll('\u0000', '').slice(0, TEXT_MAX).toWellFormed()
}
