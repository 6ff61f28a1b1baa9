import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseExactJson } from './exact-json.ts'
import {
  type Comparable,
  type ComparisonOperator,
  comparableOf,
  compareValues,
} from './value-comparison.ts'

/** A value as JSON has it, against what an owner wrote. */
function outcomeOf(json: string, operator: ComparisonOperator, written: string): string {
  const seen = comparableOf(parseExactJson(json))
  if (seen === null) throw new Error('nested too deeply')
  const comparison = compareValues(seen, operator, { text: written, type: 'open' })
  return comparison.outcome === 'no_number' ? `no number ${comparison.side}` : comparison.outcome
}

describe('a value compared with what its owner wrote', () => {
  test.each<[string, string, ComparisonOperator, string, string]>([
    ['a number is equal however it is written', '1', '==', '1.0', 'met'],
    ['also with an exponent', '1500', '==', '1.5e3', 'met'],
    ['a JSON text is no number', '"1.10"', '==', '1.1', 'not_met'],
    ['an identifier keeps its zeros', '"007"', '==', '7', 'not_met'],
    ['an identifier is not a number', '7', '==', '007', 'not_met'],
    [
      'an id of twenty digits counts to the last',
      '12345678901234567890',
      '==',
      '12345678901234567891',
      'not_met',
    ],
    [
      'an id of twenty digits is itself',
      '12345678901234567890',
      '==',
      '12345678901234567890',
      'met',
    ],
    ['what no double can hold is itself', '1e400', '==', '1e400', 'met'],
    ['what no double can hold is not infinite', '1e400', '==', 'null', 'not_met'],
    ['minus zero is zero', '-0', '==', '0', 'met'],
    ['truth is compared as text', 'true', '==', 'true', 'met'],
    ['null is compared as text', 'null', '==', 'null', 'met'],
    ['case counts', '"ok"', '==', 'OK', 'not_met'],
    ['spaces count', '" OK"', '==', 'OK', 'not_met'],
    ['an object is compared as JSON', '{"a": [1]}', '==', '{"a":[1]}', 'met'],
    ['the empty text is a text', '""', '==', '', 'met'],
    ['unequal is not equal', '1', '!=', '1.0', 'not_met'],
    ['a text is unequal to another', '"a"', '!=', 'b', 'met'],
    ['an order needs a number on the left', '"abc"', '<', '5', 'no number left'],
    ['an order needs a number on the right', '5', '<', 'abc', 'no number right'],
    ['truth has no order', 'true', '>=', '1', 'no number left'],
    ['null has no order', 'null', '<', '1', 'no number left'],
    ['a list has no order', '[1]', '<', '2', 'no number left'],
    ['a text that is a number has an order', '"10"', '>', '9', 'met'],
    ['an order is not that of letters', '10', '>', '9', 'met'],
    ['less is strict', '5', '<', '5.0', 'not_met'],
    ['at most is not', '5', '<=', '5.0', 'met'],
    ['at least is not', '5', '>=', '5.0', 'met'],
    ['greater is strict', '5', '>', '5', 'not_met'],
    ['a text contains a part of it', '"all is fine"', 'contains', 'is', 'met'],
    ['every text contains the empty one', '"a"', 'contains', '', 'met'],
    ['a list contains its member', '["a","b"]', 'contains', 'b', 'met'],
    ['a list does not contain a part of its member', '["ab"]', 'contains', 'b', 'not_met'],
    ['a list contains a number however it is written', '[1]', 'contains', '1.0', 'met'],
    ['an empty list contains nothing', '[]', 'contains', '', 'not_met'],
    ['a number contains digits', '1234', 'contains', '23', 'met'],
  ])('%s', (_, json, operator, written, outcome) => {
    expect(outcomeOf(json, operator, written)).toBe(outcome)
  })

  test('in quotes is a text, also where it looks like a number', () => {
    const quoted = { text: '1.0', type: 'text' } as const
    expect(compareValues({ text: '1', type: 'number' }, '==', quoted).outcome).toBe('not_met')
  })

  test('that is nested too deeply cannot be told as text', () => {
    expect(comparableOf(JSON.parse('['.repeat(200_000) + ']'.repeat(200_000)))).toBeNull()
  })
})

describe('the laws of comparison', () => {
  const side: fc.Arbitrary<Comparable> = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ({
      text: JSON.stringify(value),
      type: 'number' as const,
    })),
    fc.record({
      text: fc.oneof(fc.string(), fc.integer().map(String), fc.constantFrom('1', '1.0', '007')),
      type: fc.constantFrom<Comparable['type']>('number', 'text', 'open'),
    }),
  )
  const met = (left: Comparable, operator: ComparisonOperator, right: Comparable) =>
    compareValues(left, operator, right).outcome === 'met'

  test('everything is equal to itself', () => {
    fc.assert(
      fc.property(side, (one) => {
        expect(met(one, '==', one)).toBe(true)
      }),
    )
  })

  test('equality has no direction, and is the opposite of inequality', () => {
    fc.assert(
      fc.property(side, side, (one, other) => {
        expect(met(one, '==', other)).toBe(met(other, '==', one))
        expect(met(one, '!=', other)).toBe(!met(one, '==', other))
      }),
      { numRuns: 1_000 },
    )
  })

  test('of two numbers one is less, or neither', () => {
    fc.assert(
      fc.property(side, side, (one, other) => {
        const less = compareValues(one, '<', other)
        if (less.outcome === 'no_number') return
        expect(met(one, '<', other)).toBe(met(other, '>', one))
        expect(met(one, '<=', other)).toBe(!met(one, '>', other))
        expect(met(one, '<=', other) && met(one, '>=', other)).toBe(
          !met(one, '<', other) && !met(one, '>', other),
        )
      }),
      { numRuns: 1_000 },
    )
  })
})
