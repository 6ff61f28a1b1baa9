import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isLongNumber, parseExactJson } from './exact-json.ts'

describe('exact JSON', () => {
  test.each([
    ['an id of twenty digits', '12345678901234567890'],
    ['a number beyond all doubles', '1e400'],
    ['a number too small for any', '1e-400'],
    ['a fraction of twenty digits', '0.12345678901234567891'],
    ['a number deep inside', '{"a":[{"id":12345678901234567890}]}'],
  ])('keeps the digits of %s', (_, text) => {
    expect(JSON.stringify(parseExactJson(text))).toBe(text)
  })

  test.each([
    ['a number that a double holds', '1234567890123456', 1_234_567_890_123_456],
    ['a fraction as every language writes it', '0.30000000000000004', 0.1 + 0.2],
    ['a text of digits', '"12345678901234567890"', '12345678901234567890'],
    ['an exponent of three digits', '1e+100', 1e100],
  ])('leaves %s as it is', (_, text, value) => {
    expect(parseExactJson(text)).toBe(value)
  })

  test('knows a long number from an object of the same form', () => {
    expect(isLongNumber(parseExactJson('1e400'))).toBe(true)
    expect(isLongNumber(parseExactJson('{"rawJSON":"1e400"}'))).toBe(false)
  })

  test.each([
    ['nothing', ''],
    ['a bare word of sixteen digits', '1234567890123456x'],
    ['a number with a leading zero', '0012345678901234567890'],
  ])('throws a SyntaxError for %s', (_, text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError)
  })

  test('of a depth that no stack can follow is read without exactness', () => {
    const depth = 200_000
    const text = `${'['.repeat(depth)}12345678901234567890${']'.repeat(depth)}`
    expect(Array.isArray(parseExactJson(text))).toBe(true)
  })

  test('is what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.stringify(parseExactJson(text))).toBe(JSON.stringify(JSON.parse(text)))
      }),
    )
  })
})
