import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareDecimals, parseDecimal } from './decimal.ts'

function compare(first: string, second: string): number {
  const [one, other] = [parseDecimal(first), parseDecimal(second)]
  if (one === null || other === null) throw new Error(`${first} or ${second} is no number`)
  return Math.sign(compareDecimals(one, other))
}

describe('a decimal', () => {
  test.each([
    ['nothing', ''],
    ['a leading zero: it is an identifier', '007'],
    ['a plus', '+1'],
    ['a bare point', '.5'],
    ['a point at the end', '1.'],
    ['hexadecimal', '0x1'],
    ['a space', ' 1'],
    ['a word', 'NaN'],
    ['infinity', 'Infinity'],
    ['digits of another script', '１'],
    ['an exponent beyond all use', '1e1000000'],
    ['digits without end', '1'.repeat(1_001)],
    ['two numbers', '1 2'],
  ])('is not %s', (_, text) => {
    expect(parseDecimal(text)).toBeNull()
  })

  test.each([
    ['zeros after the point do not count', '1', '1.0', 0],
    ['an exponent is another way to write it', '1.5e3', '1500', 0],
    ['a capital exponent too', '1E-2', '0.01', 0],
    ['zero has no sign', '-0', '0.000', 0],
    ['zero has no size', '0e999', '0', 0],
    ['a negative number is below zero', '-0.001', '0', -1],
    ['the greater of two negative ones is nearer to zero', '-1', '-2', 1],
    ['twenty digits count to the last', '12345678901234567890', '12345678901234567891', -1],
    ['what no double can hold is greater', '1e400', '1e308', 1],
    ['what no double can tell from zero is not zero', '1e-400', '0', 1],
    ['longer is not greater', '0.1234', '0.2', -1],
    ['a fraction counts to the last digit', '0.10000000000000001', '0.1', 1],
  ])('%s', (_, first, second, order) => {
    expect(compare(first, second)).toBe(order)
    expect(compare(second, first)).toBe(order === 0 ? 0 : -order)
  })

  test('orders whole numbers as BigInt does', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (one, other) => {
        const order = one === other ? 0 : one < other ? -1 : 1
        expect(compare(String(one), String(other))).toBe(order)
      }),
    )
  })

  test('orders doubles as they are written', () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true })
    fc.assert(
      fc.property(double, double, (one, other) => {
        expect(compare(JSON.stringify(one), JSON.stringify(other))).toBe(
          one === other ? 0 : one < other ? -1 : 1,
        )
      }),
    )
  })
})
