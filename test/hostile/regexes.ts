import { answer } from './behaviour.ts'
import type { Theme } from './theme.ts'

export const regexes: Theme = {
  title: 'expressions',
  behaviours: {
    '/trap': answer(200, `${'a'.repeat(30)}!`),
    '/long-trap': answer(200, `${'a'.repeat(1_000_000)}!`),
    '/lines': answer(200, 'first\nsecond\r\nthird'),
  },
  cases: [
    ['one that matches', '/html', 'up', '', { bodyRegex: 'version (\\d+)' }],
    ['one that does not', '/html', 'down body', 'no match for release', { bodyRegex: 'release' }],
    [
      'its first group is held against the value',
      '/html',
      'down body',
      'the value is "12", expected "13"',
      { bodyRegex: 'version (\\d+)', expectedValue: '13' },
    ],
    ['one that matches the empty text', '/ok', 'up', '', { bodyRegex: 'x*' }],
    ['one that matches it in an empty body', '/empty', 'up', '', { bodyRegex: '^$' }],
    ['one for a line of its own', '/lines', 'up', '', { bodyRegex: '(?m)^second' }],
    ['one that would take V8 seconds', '/trap', 'down body', 'no match', { bodyRegex: '^(a+)+$' }],
    ['the same on 1 MB', '/long-trap', 'down body', 'no match', { bodyRegex: '^(a+)+$' }],
    ['the same with two ways', '/long-trap', 'down body', '', { bodyRegex: '^(a|a)*$' }],
    [
      'one too costly for a whole body',
      '/long-trap',
      'down too_large',
      'so costly an expression',
      { bodyRegex: '(a?){500}b' },
    ],
    ['one that never closes', '/ok', 'inconclusive', 'body_regex', { bodyRegex: '(' }],
    ['one that looks ahead', '/ok', 'inconclusive', 'body_regex', { bodyRegex: '(?=a)' }],
    ['one that looks back', '/ok', 'inconclusive', 'body_regex', { bodyRegex: '(a)\\1' }],
    ['one of 1,001 letters', '/ok', 'inconclusive', '', { bodyRegex: 'a'.repeat(1_001) }],
    ['one that grows', '/ok', 'inconclusive', 'body_regex', { bodyRegex: '(.{1000}){1000}' }],
  ],
}
