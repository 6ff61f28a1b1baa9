import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { globMatcher } from './glob.ts'

describe('a pattern', () => {
  test.each([
    ['without a star is the whole text', 'abc', 'abc', true],
    ['without a star is not a part', 'abc', 'abcd', false],
    ['of one star is any text', '*', 'a\nb', true],
    ['of one star is also no text', '*', '', true],
    ['ends with what follows the star', '*.org', 'example.org', true],
    ['begins with what precedes it', 'john*', 'john.doe', true],
    ['finds a piece in between', '*<h1>Hi</h1>*', '<p><h1>Hi</h1></p>', true],
    ['finds pieces in their order only', '*a*b*', 'b a', false],
    ['does not use a letter twice', 'ab*bc', 'abc', false],
    ['does not use a piece for the end', 'a*b', 'ab', true],
    ['takes brackets and dots as they are', '[a].*', '[a].b', true],
    ['takes a question mark as it is', 'what?*', 'whatever', false],
    ['with stars in a row is as with one', 'a**b', 'axb', true],
  ])('%s', (_, pattern, text, isMatch) => {
    expect(globMatcher(pattern)(text)).toBe(isMatch)
  })

  test('matches what a regular expression would', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 12 })
    fc.assert(
      fc.property(text, text, (pattern, subject) => {
        const pieces = pattern.split('*').map((piece) => piece.replaceAll('.', '\\.'))
        const expression = new RegExp(`^${pieces.join('[^]*')}$`)
        expect(globMatcher(pattern)(subject)).toBe(expression.test(subject))
      }),
      { numRuns: 1_000 },
    )
  })
})
