import { expect, test } from 'vitest'
import { requestHeaders } from './request-headers.ts'

const defaults = [
  ['user-agent', 'Uptick'],
  ['accept', '*/*'],
] as const

test.each([
  ['without own headers the defaults go', {}, ['user-agent', 'Uptick', 'accept', '*/*']],
  ['own headers go besides', { 'X-A': 'b' }, ['user-agent', 'Uptick', 'accept', '*/*', 'X-A', 'b']],
  [
    'an own header takes the place of a default',
    { 'User-Agent': 'mine' },
    ['accept', '*/*', 'User-Agent', 'mine'],
  ],
])('%s', (_, own, fields) => {
  expect(requestHeaders(defaults, own)).toEqual(fields)
})
