import { expect, test } from 'vitest'
import { percentText } from './percent.ts'

test.each([
  ['all of it', 1, '100 %'],
  ['all but a moment', 0.999999999, '99.999 %'],
  ['three nines', 0.999, '99.9 %'],
  ['what a float cannot hold', 0.9995, '99.95 %'],
  ['more decimals than anybody reads', 0.12345678, '12.345 %'],
  ['nothing', 0, '0 %'],
  ['less than nothing, by rounding', -1e-12, '0 %'],
  ['a moment', 0.0000001, '0 %'],
  ['nothing to take a share of', null, 'n/a'],
])('%s', (_, share, text) => {
  expect(percentText(share)).toBe(text)
})
