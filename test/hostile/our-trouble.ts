import { answer, fieldOf } from './behaviour.ts'
import type { Theme } from './theme.ts'

export const ourTrouble: Theme = {
  title: 'trouble of ours is inconclusive',
  behaviours: {
    '/agent': (socket, request) => answer(200, fieldOf(request, 'user-agent'))(socket, request),
  },
  cases: [
    ['we say who we are', '/agent', 'up', '', { bodyRegex: '^Uptick/0\\.0\\.0 \\(\\+https://' }],
    [
      'no name server within reach',
      'http://up.test/',
      'inconclusive',
      'no name server',
      { by: 'offline' },
    ],
    ['an address needs none', '/ok', 'up', '', { by: 'offline' }],
    ['a worker that stops', '/hang', 'inconclusive', 'stopping', { signal: AbortSignal.abort() }],
    [
      'a status that cannot be read',
      '/ok',
      'inconclusive',
      'expected_status has "2xx"',
      { expectedStatus: '2xx' },
    ],
    [
      'a header that cannot be sent',
      '/ok',
      'inconclusive',
      'x-a',
      { headers: { 'x-a': 'b\r\nc: d' } },
    ],
    ['a path with wildcards', '/json', 'inconclusive', 'json_path', { jsonPath: '$..*' }],
    ['a path with a filter', '/json', 'inconclusive', 'json_path', { jsonPath: 'a[?(@.x)]' }],
    [
      'a path of 1,000 levels',
      '/json',
      'inconclusive',
      '',
      { jsonPath: 'a'.repeat(33).split('').join('.') },
    ],
  ],
}
