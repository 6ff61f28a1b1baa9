import { parseBodyRegex } from './body-regex.ts'
import type { Expected, Subject } from './condition.ts'
import { parseDecimal } from './decimal.ts'
import { parseDuration } from './duration.ts'
import { parseExpectedStatus } from './expected-status.ts'
import { globMatcher } from './glob.ts'
import type { Item, Operand, Refusal } from './read-operand.ts'
import type { Comparable, ComparisonOperator } from './value-comparison.ts'

type Written = Pick<Item, 'text' | 'form'>

/** How a subject is compared. */
const NATURES = {
  status: 'number',
  body_size: 'number',
  length: 'number',
  response_time: 'duration',
  certificate_expiration: 'duration',
  connected: 'truth',
  presence: 'truth',
  ip: 'name',
  dns_rcode: 'name',
  body: 'value',
  header: 'value',
} as const satisfies Record<Subject['kind'], string>

/** Makes the side that a subject is held against, or says why the two cannot be compared. */
export function expectedSide(
  subject: Subject,
  operator: ComparisonOperator,
  operand: Operand,
  at: number,
): Expected | Refusal {
  const misfit = operatorMisfit(subject, operator)
  if (misfit !== null) return { at, reason: misfit }
  switch (operand.kind) {
    case 'subject':
      return subjectSide(subject, operator, operand.subject, at)
    case 'text':
      return textSide(subject, operator, operand, at)
    case 'any':
      return anySide(subject, operator, operand.items, at)
    default:
      return patternSide(subject, operator, operand, at)
  }
}

function operatorMisfit(subject: Subject, operator: ComparisonOperator): string | null {
  const nature = NATURES[subject.kind]
  if (operator === '==' || operator === '!=') return null
  if (nature === 'truth') return `${subject.text} is true or false: use == or !=`
  if (operator === 'contains') {
    return nature === 'value'
      ? null
      : `contains looks into [BODY] or [HEADERS], not ${subject.text}`
  }
  return nature === 'name' ? `${subject.text} has no order: use == or !=` : null
}

function subjectSide(
  subject: Subject,
  operator: ComparisonOperator,
  other: Subject,
  at: number,
): Expected | Refusal {
  const [nature, otherNature] = [NATURES[subject.kind], NATURES[other.kind]]
  const isTruth = nature === 'truth' || otherNature === 'truth'
  const isNameInOrder = otherNature === 'name' && operator !== '==' && operator !== '!='
  if ((isTruth && nature !== otherNature) || isNameInOrder || subject.kind === 'connected') {
    return { at, reason: `${subject.text} cannot be compared with ${other.text}` }
  }
  return { kind: 'subject', subject: other }
}

function textSide(
  subject: Subject,
  operator: ComparisonOperator,
  written: Written,
  at: number,
): Expected | Refusal {
  if (subject.kind === 'connected') return connectedSide(operator, written.text, at)
  if (subject.kind === 'status' && /[-,]/.test(written.text)) {
    return statusesSide(operator, written.text, at)
  }
  const value = valueFor(subject, operator, written)
  return typeof value === 'string'
    ? { at, reason: value }
    : { kind: 'value', text: written.text, value }
}

/** `[STATUS] == 200-299,301`, as in the column `expected_status`. */
function statusesSide(operator: ComparisonOperator, text: string, at: number): Expected | Refusal {
  if (operator !== '==' && operator !== '!=') {
    return { at, reason: `${operator} needs one number, not ${JSON.stringify(text)}` }
  }
  const parsed = parseExpectedStatus(text)
  return parsed.ok
    ? { kind: 'statuses', matches: parsed.matches }
    : { at, reason: `${JSON.stringify(text)} ${parsed.reason}` }
}

function connectedSide(operator: ComparisonOperator, text: string, at: number): Expected | Refusal {
  const wanted = truthOf(text)
  if (wanted === null) return { at, reason: notTruth(text) }
  if (wanted === (operator === '==')) {
    return { kind: 'value', text, value: { text: String(wanted), type: 'text' } }
  }
  const reason = 'this is never met: a probe that cannot connect has failed already'
  return { at, reason }
}

function anySide(
  subject: Subject,
  operator: ComparisonOperator,
  items: readonly Item[],
  at: number,
): Expected | Refusal {
  if (operator !== '==' && operator !== '!=') {
    return { at, reason: 'any() goes with == and != only' }
  }
  if (NATURES[subject.kind] === 'truth') {
    return { at, reason: `${subject.text} is true or false, not any of a list` }
  }
  const values: Comparable[] = []
  for (const item of items) {
    const value = valueFor(subject, operator, item)
    if (typeof value === 'string') return { at: item.at, reason: value }
    values.push(value)
  }
  return { kind: 'any', values }
}

function patternSide(
  subject: Subject,
  operator: ComparisonOperator,
  { kind, text }: Extract<Operand, { kind: 'pat' | 'regex' }>,
  at: number,
): Expected | Refusal {
  const nature = NATURES[subject.kind]
  if (operator !== '==' && operator !== '!=') {
    return { at, reason: `${kind}() goes with == and != only` }
  }
  if (nature === 'duration' || nature === 'truth') {
    return { at, reason: `${kind}() is for texts, which ${subject.text} is not` }
  }
  if (kind === 'pat') {
    return { kind: 'pattern', matches: globMatcher(text), isOpenAtTheEnd: text.endsWith('*') }
  }
  const parsed = parseBodyRegex(text)
  return parsed.ok
    ? { kind: 'regex', search: parsed.search }
    : { at, reason: `${JSON.stringify(text)} ${parsed.reason}` }
}

/** The value as the subject needs it, or why it cannot be held against that. */
function valueFor(
  subject: Subject,
  operator: ComparisonOperator,
  { text, form }: Written,
): Comparable | string {
  switch (NATURES[subject.kind]) {
    case 'number':
      return parseDecimal(text) === null ? notNumber(text) : { text, type: 'open' }
    case 'duration':
      return durationFor(subject, text)
    case 'truth': {
      const wanted = truthOf(text)
      return wanted === null ? notTruth(text) : { text: String(wanted), type: 'text' }
    }
    case 'name':
      return { text, type: 'text' }
    case 'value':
      return ordered(operator)
        ? orderedValue(text)
        : { text, type: form === 'bare' ? 'open' : 'text' }
  }
}

/** Gatus reads a number without a unit as milliseconds; for a certificate nobody means that. */
function durationFor(subject: Subject, text: string): Comparable | string {
  const ms = parseDuration(text)
  if (ms !== null) return { text: String(ms), type: 'number' }
  if (parseDecimal(text) === null) {
    return `${JSON.stringify(text)} is not a duration, as 300ms, 48h or 14d are`
  }
  if (subject.kind === 'certificate_expiration' && text !== '0') {
    return `${JSON.stringify(text)} needs a unit: 48h, 14d`
  }
  return { text, type: 'number' }
}

function orderedValue(text: string): Comparable | string {
  if (parseDecimal(text) !== null) return { text, type: 'number' }
  const ms = parseDuration(text)
  return ms === null ? notNumber(text) : { text: String(ms), type: 'number' }
}

function ordered(operator: ComparisonOperator): boolean {
  return operator !== '==' && operator !== '!=' && operator !== 'contains'
}

function truthOf(text: string): boolean | null {
  const lower = text.toLowerCase()
  return lower === 'true' ? true : lower === 'false' ? false : null
}

function notTruth(text: string): string {
  return `${JSON.stringify(text)} is neither true nor false`
}

function notNumber(text: string): string {
  return `${JSON.stringify(text)} is not a number`
}
