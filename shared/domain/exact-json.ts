import { compareDecimals, parseDecimal } from './decimal.ts'

/** Of ECMAScript's JSON.parse source text access, which TypeScript's library does not declare yet. */
declare global {
  interface JSON {
    rawJSON(text: string): object
    isRawJSON(value: unknown): boolean
  }
}

/**
 * Where a number begins, and goes on in a way that a double may not hold: sixteen digits before the
 * point, eighteen after it, or three of an exponent. A text that only looks so costs time, no more.
 */
const MAY_HOLD_A_LONG_NUMBER = /(?:^|[:,[\s])-?(?:\d{16}|\d+(?:\.\d{18}|(?:\.\d+)?[eE][+-]?\d{3}))/

/**
 * Reads JSON as `JSON.parse` does, except that a number which a double cannot hold, an id of twenty
 * digits or `1e400`, keeps its digits: `isLongNumber` knows it, and `JSON.stringify` writes it as it
 * came. Throws a SyntaxError where the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  if (!MAY_HOLD_A_LONG_NUMBER.test(text)) return JSON.parse(text)
  try {
    return JSON.parse(text, (_, value: unknown, context?: { readonly source?: string }) =>
      keepDigits(value, context?.source),
    )
  } catch (error) {
    // JSON is read without a stack, but revived with one.
    if (!(error instanceof RangeError)) throw error
    return JSON.parse(text)
  }
}

/** A number that kept its digits; only `JSON.stringify` can read it. */
export function isLongNumber(value: unknown): value is object {
  return JSON.isRawJSON(value)
}

function keepDigits(value: unknown, source: string | undefined): unknown {
  if (typeof value !== 'number' || source === undefined) return value
  const [held, written] = [parseDecimal(String(value)), parseDecimal(source)]
  const isExact = held !== null && written !== null && compareDecimals(held, written) === 0
  return isExact ? value : JSON.rawJSON(source)
}
