import type { ValueOperator } from './check.ts'
import { compareDecimals, parseDecimal } from './decimal.ts'
import { isLongNumber } from './exact-json.ts'

export type ComparisonOperator = Exclude<ValueOperator, 'exists'>

/** A side of a comparison, as text, and what it may be taken for. */
export type Comparable = {
  readonly text: string
  /** `open`: written by an owner without quotes, a number where the other side is one. */
  readonly type: 'number' | 'text' | 'open'
  /** The members of a JSON array, for `contains`. */
  readonly members?: readonly unknown[]
}

export type Comparison =
  | { readonly outcome: 'met' }
  | { readonly outcome: 'not_met' }
  /** An order was asked for, and this side has none. */
  | { readonly outcome: 'no_number'; readonly side: 'left' | 'right' }

/**
 * Whether a value is as it should be.
 *
 * `==` and `!=` compare texts, exactly, except that a JSON number and a number compare as numbers,
 * to the last digit: 1 is 1.0 and 1e0. A JSON text or a regex's match stays a text: "1.10" is
 * neither "1.1" nor 1.1, and "007" is not 7.
 * `<`, `<=`, `>`, `>=` need what JSON would call a number on both sides, be it a text or not.
 * `contains` looks for a text in a text, or for a member that is `==` in an array.
 */
export function compareValues(
  left: Comparable,
  operator: ComparisonOperator,
  right: Comparable,
): Comparison {
  switch (operator) {
    case '==':
      return metIf(areEqual(left, right))
    case '!=':
      return metIf(!areEqual(left, right))
    case 'contains':
      return metIf(contains(left, right))
    default:
      return compareOrder(left.text, operator, right.text)
  }
}

/** A JSON value as a side of a comparison, or null where it is nested too deeply to be told as text. */
export function comparableOf(value: unknown): Comparable | null {
  if (typeof value === 'string') return { text: value, type: 'text' }
  const text = jsonText(value)
  if (text === null) return null
  if (typeof value === 'number' || isLongNumber(value)) return { text, type: 'number' }
  return Array.isArray(value) ? { text, type: 'text', members: value } : { text, type: 'text' }
}

function jsonText(value: unknown): string | null {
  try {
    return JSON.stringify(value)
  } catch (error) {
    // JSON is read without a stack but written with one.
    if (!(error instanceof RangeError)) throw error
    return null
  }
}

function areEqual(left: Comparable, right: Comparable): boolean {
  if (left.text === right.text) return true
  if (!areNumbers(left, right)) return false
  const [one, other] = [parseDecimal(left.text), parseDecimal(right.text)]
  return one !== null && other !== null && compareDecimals(one, other) === 0
}

function areNumbers(left: Comparable, right: Comparable): boolean {
  if (left.type === 'text' || right.type === 'text') return false
  return left.type === 'number' || right.type === 'number'
}

function contains(whole: Comparable, part: Comparable): boolean {
  if (whole.members === undefined) return whole.text.includes(part.text)
  return whole.members.some((member) => {
    const side = comparableOf(member)
    return side !== null && areEqual(side, part)
  })
}

function compareOrder(left: string, operator: '<' | '<=' | '>' | '>=', right: string): Comparison {
  const [one, other] = [parseDecimal(left), parseDecimal(right)]
  if (one === null) return { outcome: 'no_number', side: 'left' }
  if (other === null) return { outcome: 'no_number', side: 'right' }
  const order = compareDecimals(one, other)
  switch (operator) {
    case '<':
      return metIf(order < 0)
    case '<=':
      return metIf(order <= 0)
    case '>':
      return metIf(order > 0)
    case '>=':
      return metIf(order >= 0)
  }
}

function metIf(isMet: boolean): Comparison {
  return { outcome: isMet ? 'met' : 'not_met' }
}
