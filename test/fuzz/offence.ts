import { isFailure } from '#shared/domain/failure.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import type { FuzzOptions, ProbedAnswer } from './fuzz-options.ts'
import type { ScriptedAnswer } from './scripted-answer.ts'

const TEXT_MAX = 500
const HOPS_MAX = 6
const CONTROL = /[\p{Cc}\u202a-\u202e]/u

/** What is wrong with a result, whatever the answer was; null: nothing. */
export function offenceOf(
  { result, tookFairMs }: ProbedAnswer,
  promise: ScriptedAnswer['promise'],
  { rules, timeoutMs }: FuzzOptions,
): string | null {
  if (result === null) return `no end within ${Math.round(tookFairMs)} ms`
  if (tookFairMs > timeoutMs + 1_000) return `took ${Math.round(tookFairMs)} ms`
  return offenceOfShape(result) ?? offenceOfVerdict(result, promise, rules)
}

function offenceOfShape(result: CheckResult): string | null {
  const { failure, message, statusCode, latencyMs, extractedValue, hops } = result
  if (result.result === 'inconclusive') return 'inconclusive, though the target did it'
  if ((result.result === 'down') !== (failure !== null))
    return 'down without a failure, or not down with one'
  if (failure !== null && !isFailure(failure)) return `${failure} is no failure`
  if ((failure === null) !== (message === null))
    return 'a failure without a message, or a message without one'
  if (message !== null && !isPlain(message)) return 'a message that is not short and plain'
  if ((extractedValue?.length ?? 0) > TEXT_MAX) return 'an extracted value that is too long'
  if (statusCode !== null && !(statusCode >= 100 && statusCode <= 999)) {
    return `status ${statusCode}`
  }
  if (latencyMs === null || !(latencyMs >= 0)) return `a latency of ${latencyMs}`
  return hops.length > HOPS_MAX ? `${hops.length} hops` : null
}

function isPlain(message: string): boolean {
  return message !== '' && message.length <= TEXT_MAX && !CONTROL.test(message)
}

/** An answer that keeps its promise is up; only time may have run out on our side. */
function offenceOfVerdict(
  { result, failure }: CheckResult,
  promise: ScriptedAnswer['promise'],
  rules: FuzzOptions['rules'],
): string | null {
  const mustBeUp = promise === 'good' || (promise === 'honest' && rules === 'none')
  if (!mustBeUp || result === 'up' || isLate(failure)) return null
  return 'down, though the answer was good'
}

export function isLate(failure: CheckResult['failure']): boolean {
  return failure === 'timeout' || failure === 'connect_timeout'
}
