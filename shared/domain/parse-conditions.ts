import type { Condition, Subject } from './condition.ts'
import { expectedSide } from './expected-side.ts'
import {
  match,
  type Operand,
  type Read,
  type Refusal,
  readOperand,
  shown,
  skipSpaces,
} from './read-operand.ts'
import type { ComparisonOperator } from './value-comparison.ts'

export type Conditions =
  | { readonly ok: true; readonly conditions: readonly Condition[] }
  /** `line` and `column` count from 1, the column in UTF-16 units; the reason begins with both. */
  | {
      readonly ok: false
      readonly line: number
      readonly column: number
      readonly reason: string
    }

export const CONDITIONS_TEXT_MAX = 4_000
export const CONDITIONS_MAX = 50
/** Each may search for half a second in the worst case. */
const REGEXES_MAX = 5

const OPERATOR = /([=!<>]=|[<>]|contains(?=\s))/y
const FLIPPED: Readonly<Record<ComparisonOperator, ComparisonOperator | null>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  contains: null,
}

/**
 * Reads rules in Gatus' style, one a line: `[BODY].status == "OK"`. Blank lines and lines that begin
 * with # are skipped. At most 4,000 characters, and 50 rules of which 5 may have a
 * `regex()`. docs/conditions.md is the reference.
 */
export function parseConditions(text: string): Conditions {
  if (text.length > CONDITIONS_TEXT_MAX) {
    return refuse(1, { at: 0, reason: `longer than ${CONDITIONS_TEXT_MAX} characters` })
  }
  const conditions: Condition[] = []
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue
    const read = readCondition(line)
    if ('reason' in read) return refuse(index + 1, read)
    conditions.push(read)
    const excess = tooMany(conditions)
    if (excess !== null) return refuse(index + 1, { at: 0, reason: excess })
  }
  if (conditions.length === 0) return refuse(1, { at: 0, reason: 'there is no rule' })
  return { ok: true, conditions }
}

function refuse(line: number, { at, reason }: Refusal): Conditions {
  const column = at + 1
  return { ok: false, line, column, reason: `line ${line}, column ${column}: ${reason}` }
}

type Side = { readonly operand: Operand; readonly at: number }

function readCondition(line: string): Condition | Refusal {
  const left = readOperand(line, 0, 'left')
  if ('reason' in left) return left
  const operator = readOperator(line, left.end)
  if ('reason' in operator) return operator
  const right = readOperand(line, operator.end, 'right')
  if ('reason' in right) return right
  const end = skipSpaces(line, right.end)
  if (end < line.length) {
    return { at: end, reason: `expected the end of the line, found ${shown(line, end)}` }
  }
  return conditionOf(
    line.trim().normalize('NFC'),
    { operand: left.value, at: skipSpaces(line, 0) },
    operator.value,
    { operand: right.value, at: skipSpaces(line, operator.end) },
  )
}

function readOperator(line: string, from: number): Read<ComparisonOperator> {
  const at = skipSpaces(line, from)
  const found = match(OPERATOR, line, at)
  const value = Object.keys(FLIPPED).find((name) => name === found?.group)
  if (found === null || !isOperator(value)) {
    return { at, reason: `expected an operator, found ${shown(line, at)}` }
  }
  return { value, end: found.end }
}

function isOperator(text: string | undefined): text is ComparisonOperator {
  return text !== undefined && Object.hasOwn(FLIPPED, text)
}

function tooMany(conditions: readonly Condition[]): string | null {
  if (conditions.length > CONDITIONS_MAX) return `more than ${CONDITIONS_MAX} rules`
  const regexes = conditions.filter(({ expected }) => expected.kind === 'regex').length
  return regexes > REGEXES_MAX ? `more than ${REGEXES_MAX} rules with regex()` : null
}

/** What is looked at comes first, however it was written. */
function conditionOf(
  text: string,
  left: Side,
  operator: ComparisonOperator,
  right: Side,
): Condition | Refusal {
  if (left.operand.kind === 'subject') {
    return completed(text, left.operand.subject, operator, right)
  }
  if (right.operand.kind !== 'subject') {
    return { at: left.at, reason: 'neither side looks at the answer, as [STATUS] does' }
  }
  const flipped = FLIPPED[operator]
  if (flipped === null)
    return { at: left.at, reason: `${operator} needs a placeholder on its left` }
  return completed(text, right.operand.subject, flipped, left)
}

function completed(
  text: string,
  subject: Subject,
  operator: ComparisonOperator,
  other: Side,
): Condition | Refusal {
  const expected = expectedSide(subject, operator, other.operand, other.at)
  return 'reason' in expected ? expected : { text, subject, operator, expected }
}
