import { expect, test } from 'vitest'
import { NESTING_MAX, outlineJson } from './json-outline.ts'

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

test('brackets may lie within one another up to a bound', () => {
  expect(outlineJson(nested(NESTING_MAX)).fault).toBe(null)
  expect(outlineJson(nested(NESTING_MAX + 1)).fault).toEqual({
    line: 1,
    expected: 'no more than 100 brackets within one another',
  })
})

test('a text of nothing but brackets is refused before it costs anything', () => {
  expect(outlineJson(nested(1_000_000)).fault).not.toBe(null)
})
