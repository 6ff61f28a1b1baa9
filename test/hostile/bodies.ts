import { answer, flood } from './behaviour.ts'
import { statusOk, type Theme } from './theme.ts'

const MIB = 1024 * 1024
const OPEN = 'HTTP/1.1 200 OK\r\n\r\n'

export const bodies: Theme = {
  title: 'bodies',
  behaviours: {
    '/infinite': flood(OPEN, 'a'),
    '/infinite-chunks': flood(
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n',
      `400\r\n${'a'.repeat(1024)}\r\n`,
    ),
    '/infinite-status': flood(`${OPEN}status: fine `, 'a'),
    '/infinite-503': flood('HTTP/1.1 503 No\r\n\r\n', 'a'),
    '/one-mebibyte': answer(200, Buffer.alloc(MIB, 'a')),
    '/one-mebibyte-and-a-byte': answer(200, Buffer.alloc(MIB + 1, 'a')),
    '/binary': answer(200, Buffer.from([0, 1, 2, 0xff, 0xfe, 0x80, 0])),
  },
  cases: [
    ['an endless body that nobody needs', '/infinite', 'up'],
    ['endless chunks that nobody needs', '/infinite-chunks', 'up'],
    ['the status comes before the body', '/error', 'down status', 'status 503', statusOk],
    ['an endless body of a bad status', '/infinite-503', 'down status', 'status 503', statusOk],
    [
      'a match before the cap decides',
      '/infinite-status',
      'up',
      '',
      { bodyRegex: 'status: (\\w+)', expectedValue: 'fine' },
    ],
    ['no match before the cap', '/infinite', 'down too_large', '1 MiB', { bodyRegex: 'status' }],
    [
      'no match in the chunks before it',
      '/infinite-chunks',
      'down too_large',
      '1 MiB',
      { bodyRegex: 'status' },
    ],
    ['a body of exactly the cap is whole', '/one-mebibyte', 'down body', '', { bodyRegex: 'b' }],
    ['one byte more is not', '/one-mebibyte-and-a-byte', 'down too_large', '', { bodyRegex: 'b' }],
    ['a body of bytes is text of a kind', '/binary', 'down body', 'no match', { bodyRegex: 'b' }],
  ],
}
