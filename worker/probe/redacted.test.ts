import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CheckResult } from '#shared/domain/result.ts'
import { resultAt } from '../../test/support/results.ts'
import { redacted, redactedAssertions } from './redacted.ts'

const plainResult = resultAt(0, 'down')
const withMessage = (message: string): CheckResult => ({ ...plainResult, message })
const messageOf = (message: string, secrets: readonly string[]) =>
  redacted(withMessage(message), secrets).message

describe('a text without its secrets', () => {
  test.each([
    ['nothing to hide', 'a text', [], 'a text'],
    ['a secret', 'it said s3cret!', ['s3cret'], 'it said ***!'],
    ['a secret each time', 's3cret s3cret', ['s3cret'], '*** ***'],
    ['two, one a part of the other', 's3cret-long s3cret', ['s3cret', 's3cret-long'], '*** ***'],
    ['one that is percent-encoded', 'a%2Fb%20cd', ['a/b cd'], '***'],
    ['one that JSON escapes', '{"a":"p\\"q\\"r"}', ['p"q"r'], '{"a":"***"}'],
    [
      'one in JSON that is quoted',
      JSON.stringify(JSON.stringify('it"s3')),
      ['it"s3'],
      '"\\"***\\""',
    ],
    ['one too short to be found for certain', 'the end', ['end'], 'the end'],
    ['one that was cut at the end', 'it said s3cr', ['s3cret'], 'it said ***'],
    [
      'one that was cut with a mark',
      'it said "s3cre..." here',
      ['s3cret'],
      'it said "***..." here',
    ],
    ['a word that only begins like it', 's3crab', ['s3cret'], 's3crab'],
    ['half a pair of surrogates', 'a\ud800bcd', ['a\ud800bcd'], '***'],
  ])('%s', (_, text, secrets, masked) => {
    expect(messageOf(text, secrets)).toBe(masked)
  })

  test('no secret survives, wherever the text was cut', () => {
    const secret = fc.string({ minLength: 4, maxLength: 40 }).filter((text) => !/[*.]/.test(text))
    fc.assert(
      fc.property(secret, fc.string(), fc.nat(40), (value, before, cutAt) => {
        const text = `${before}${value.slice(0, 4 + cutAt)}`
        expect(messageOf(text, [value])).not.toContain(value.slice(0, 4 + cutAt))
      }),
    )
  })

  test('both texts of how a rule was judged', () => {
    const told = { rule: '[BODY] == s3cret', outcome: 'not_met', seen: '"no s3cr..."' } as const
    const silent = { rule: '[STATUS] == 200', outcome: 'not_reached', seen: null } as const
    expect(redactedAssertions([told, silent], ['s3cret'])).toEqual([
      { rule: '[BODY] == ***', outcome: 'not_met', seen: '"no ***..."' },
      silent,
    ])
  })

  test('all texts of a result', () => {
    const told = { message: 's3cret', extractedValue: 's3cret', excerpt: 's3cret' }
    expect(redacted({ ...plainResult, ...told }, ['s3cret'])).toMatchObject({
      message: '***',
      extractedValue: '***',
      excerpt: '***',
    })
  })
})
