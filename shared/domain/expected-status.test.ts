import { describe, expect, test } from 'vitest'
import { parseExpectedStatus } from './expected-status.ts'

function matches(text: string, code: number): boolean {
  const parsed = parseExpectedStatus(text)
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.matches(code)
}

describe('the expected status', () => {
  test.each([
    ['a range holds its first code', '200-299', 200, true],
    ['a range holds its last code', '200-299', 299, true],
    ['a range ends before the next code', '200-299', 300, false],
    ['a single code is a range of one', '301', 301, true],
    ['a single code holds no other', '301', 302, false],
    ['any token may match', '200-299,301,404', 404, true],
    ['spaces are allowed around tokens and dashes', ' 200 - 299 , 301 ', 250, true],
    ['the smallest code is allowed', '100', 100, true],
    ['the greatest code is allowed', '599', 599, true],
    ['a code beyond all tokens does not match', '100-599', 600, false],
  ])('%s', (_, text, code, expected) => {
    expect(matches(text, code)).toBe(expected)
  })

  test.each([
    ['nothing is no status', '', '""'],
    ['an open range', '200-', '"200-"'],
    ['a class of codes', '2xx,abc', '"2xx"'],
    ['only the bad token is named', '200,abc', '"abc"'],
    ['a range that runs backwards', '299-200', '"299-200"'],
    ['a code below 100', '099', '"099"'],
    ['a code above 599', '999-100', '"999-100"'],
    ['an empty token', '200,,301', '""'],
    ['a list in brackets', '[]', '"[]"'],
    ['a negative code', '-200', '"-200"'],
    ['a fraction', '200.5', '"200.5"'],
    ['digits of another script', '２００', '"２００"'],
    ['a text without end', '200,'.repeat(200), 'longer than 500'],
  ])('is refused: %s', (_, text, part) => {
    expect(parseExpectedStatus(text)).toEqual({ ok: false, reason: expect.stringContaining(part) })
  })
})
