import { afterAll, beforeAll, describe } from 'vitest'
import { checkCases } from '../../test/support/check-cases.ts'
import { type HostileFleet, startHostileFleet } from '../../test/support/hostile-fleet.ts'

let fleet: HostileFleet
beforeAll(async () => {
  fleet = await startHostileFleet()
})
afterAll(() => fleet.stop())

const json = { jsonPath: 'status', expectedValue: 'OK' }

describe('the status', () => {
  checkCases(
    () => fleet,
    [
      ['a status that is not expected', '/missing', 'down status', 'status 404, expected 200-299'],
      ['a status that is', '/missing', 'up', '', { expectedStatus: '200-299,404' }],
      ['status 000', '/status-0', 'down protocol', 'status 0 is none of HTTP'],
      ['304 without a condition', '/not-modified', 'down status', 'status 304'],
      ['the status comes before the body', '/error', 'down status', 'status 503', json],
    ],
  )
})

describe('the body', () => {
  checkCases(
    () => fleet,
    [
      ['a JSON value that is as expected', '/json', 'up', '', json],
      [
        'a JSON value that is not',
        '/json',
        'down body',
        'the value is "OK", expected "KO"',
        { jsonPath: 'status', expectedValue: 'KO' },
      ],
      [
        'a JSON path that leads nowhere',
        '/json',
        'down body',
        'nothing in the body at a.b',
        { jsonPath: 'a.b' },
      ],
      ['a JSON path into HTML', '/html', 'down body', 'not JSON', json],
      ['a JSON path into nothing', '/empty', 'down body', 'not JSON: it is empty', json],
      ['a JSON path into NaN', '/nan', 'down body', 'not JSON', json],
      ['JSON beyond the cap', '/infinite', 'down too_large', 'larger than 1 MiB', json],
      [
        'JSON too deep for a text',
        '/deep-json',
        'down body',
        'nested too deeply',
        { jsonPath: '$' },
      ],
      ['an expression that matches', '/html', 'up', '', { bodyRegex: 'version (\\d+)' }],
      [
        'an expression that does not',
        '/html',
        'down body',
        'no match for release',
        { bodyRegex: 'release (\\d+)' },
      ],
      [
        'a match before the cap decides',
        '/infinite-status',
        'up',
        '',
        { bodyRegex: 'status: (\\w+)', expectedValue: 'fine' },
      ],
      [
        'no match before the cap',
        '/infinite',
        'down too_large',
        'first 1 MiB',
        { bodyRegex: 'status: (\\w+)' },
      ],
      [
        'a body of exactly the cap is whole',
        '/one-mebibyte',
        'down body',
        'no match',
        { bodyRegex: 'b' },
      ],
      ['an endless body that nobody needs', '/infinite', 'up'],
      ['an enormous length that nobody needs', '/enormous-length', 'up'],
      ['an endless body of a bad status', '/infinite-503', 'down status', 'status 503', json],
    ],
  )
})

describe('compression and character sets', () => {
  checkCases(
    () => fleet,
    [
      ['a compressed answer is decoded for a rule', '/gzip', 'up', '', json],
      ['Brotli too', '/brotli', 'up', '', json],
      ['a bare deflate stream too', '/deflate-raw', 'up', '', json],
      [
        'a bomb goes off no further than the cap',
        '/gzip-bomb',
        'down too_large',
        'larger than 1 MiB',
        json,
      ],
      ['a bomb that nobody opens', '/gzip-bomb', 'up'],
      ['a coding that is not what it says', '/gzip-corrupt', 'down body', 'not the gzip', json],
      ['a compressed body cut short', '/gzip-cut', 'down body', 'not the gzip', json],
      ['two layers of compression', '/gzip-twice', 'down body', 'content-encoding', json],
      ['an unknown coding', '/unknown-coding', 'down body', 'content-encoding', json],
      ['an unknown coding that nobody needs', '/unknown-coding', 'up'],
      ['the charset of the header', '/windows-1251', 'up', '', { bodyRegex: '^статус$' }],
      ['UTF-16 by its mark', '/utf-16', 'up', '', json],
      ['a charset that nobody knows is UTF-8', '/unknown-charset', 'up', '', json],
      ['the charset of a meta tag', '/meta-charset', 'up', '', { bodyRegex: 'grün' }],
      ['letters in two parts meet letters in one', '/decomposed', 'up', '', { bodyRegex: 'café' }],
    ],
  )
})

describe('trouble of ours is inconclusive', () => {
  checkCases(
    () => fleet,
    [
      [
        'an expectation that cannot be compiled',
        '/ok',
        'inconclusive',
        'body_regex cannot be compiled',
        { bodyRegex: '(' },
      ],
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
    ],
  )
})
