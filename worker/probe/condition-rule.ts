import { type Condition, type Expected, readingsOf } from '#shared/domain/condition.ts'
import {
  type Comparable,
  type Comparison,
  type ComparisonOperator,
  comparableOf,
  compareValues,
} from '#shared/domain/value-comparison.ts'
import { shortRule } from './clean-text.ts'
import type { Evidence } from './evidence.ts'
import { type Finding, MET, NOT_REACHED, type Rule } from './rule.ts'
import { failureBy, lookAt, type Sight, told } from './sight.ts'

/** `unknown`: of a body beyond its cap, or too long for so costly an expression, the rest would decide. */
type Answer = 'met' | 'not_met' | 'unknown' | { readonly reason: string }
type Seen = Extract<Sight, { outcome: 'seen' }>

/** A condition as a rule. Its message quotes what was seen: `[STATUS] == 200 is not met: it is 503`. */
export function conditionRule(condition: Condition): Rule {
  return {
    text: condition.text,
    needsBody: readingsOf(condition).some(({ kind }) => kind === 'body'),
    judge: (evidence) => judgeCondition(condition, evidence),
    seen(evidence) {
      const sight = lookAt(condition.subject, evidence)
      return sight.outcome === 'seen' ? told(condition.subject, sight) : null
    },
  }
}

function judgeCondition(condition: Condition, evidence: Evidence): Finding {
  const sight = lookAt(condition.subject, evidence)
  if (sight.outcome !== 'seen') return unseen(condition, sight)
  if (condition.expected.kind === 'subject') {
    const { subject } = condition.expected
    const other = lookAt(subject, evidence)
    if (other.outcome !== 'seen') return unseen(condition, other)
    const answer = compareSights(sight, condition.operator, other)
    return finding(condition, answer, sight, `, and ${subject.text} is ${told(subject, other)}`)
  }
  return finding(condition, answerTo(sight, condition.operator, condition.expected), sight, '')
}

function unseen(condition: Condition, sight: Exclude<Sight, Seen>): Finding {
  if (sight.outcome === 'not_reached') return NOT_REACHED
  const failure = sight.outcome === 'problem' ? sight.failure : failureBy(condition.subject)
  return notMet(condition, sight.message, failure)
}

function finding(condition: Condition, answer: Answer, sight: Seen, more: string): Finding {
  if (answer === 'met') return MET
  if (answer === 'unknown') {
    const message = 'it is too large: its beginning alone may be searched, and does not decide'
    return notMet(condition, message, 'too_large')
  }
  const reason = typeof answer === 'object' ? `, ${answer.reason}` : ''
  return notMet(condition, `it is ${told(condition.subject, sight)}${more}${reason}`)
}

function notMet(
  condition: Condition,
  reason: string,
  failure = failureBy(condition.subject),
): Finding {
  const message = `${shortRule(condition.text)} is not met: ${reason}`
  return { outcome: 'not_met', failure, message }
}

function compareSights(sight: Seen, operator: ComparisonOperator, other: Seen): Answer {
  const [left, right] = [comparableOf(sight.json), comparableOf(other.json)]
  // What is nested too deeply to be told as text is nothing that anybody expects.
  if (left === null || right === null) return 'not_met'
  return other.extent === 'whole' ? compared(left, operator, right, sight.extent) : 'unknown'
}

function answerTo(
  { json, extent }: Seen,
  operator: ComparisonOperator,
  expected: Exclude<Expected, { kind: 'subject' }>,
): Answer {
  const left = comparableOf(json)
  if (left === null) return 'not_met'
  if (expected.kind === 'value') return compared(left, operator, expected.value, extent)
  const match = matchOf(left, expected, extent)
  return operator === '!=' ? opposite(match) : match
}

/** Whether one of many, a pattern or a regex is what the text is. */
function matchOf(
  left: Comparable,
  expected: Exclude<Expected, { kind: 'subject' | 'value' }>,
  extent: Seen['extent'],
): Exclude<Answer, object> {
  switch (expected.kind) {
    case 'any': {
      const answers = expected.values.map((value) => compared(left, '==', value, extent))
      if (answers.includes('met')) return 'met'
      return answers.includes('unknown') ? 'unknown' : 'not_met'
    }
    case 'statuses':
      return metIf(expected.matches(Number(left.text)))
    case 'pattern': {
      const isMatch = expected.matches(left.text)
      if (extent === 'whole') return metIf(isMatch)
      return isMatch && expected.isOpenAtTheEnd ? 'met' : 'unknown'
    }
    case 'regex': {
      const search = expected.search(left.text)
      if (search.found) return 'met'
      return search.searched === 'all' && extent === 'whole' ? 'not_met' : 'unknown'
    }
  }
}

function compared(
  left: Comparable,
  operator: ComparisonOperator,
  right: Comparable,
  extent: Seen['extent'],
): Answer {
  const { outcome } = compareValues(left, operator, right)
  if (extent === 'beginning' && !isDecided(left, operator, right, outcome)) return 'unknown'
  return outcome === 'no_number' ? { reason: 'which is not a number' } : outcome
}

/** Whether the beginning of a text is enough to tell: a part may yet come, but no shorter text. */
function isDecided(
  beginning: Comparable,
  operator: ComparisonOperator,
  right: Comparable,
  outcome: Comparison['outcome'],
): boolean {
  if (operator === 'contains') return outcome === 'met'
  return beginning.text.length > right.text.length
}

function metIf(isMet: boolean): 'met' | 'not_met' {
  return isMet ? 'met' : 'not_met'
}

function opposite(match: Exclude<Answer, object>): Answer {
  if (match === 'unknown') return match
  return match === 'met' ? 'not_met' : 'met'
}
