import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Http1Parser } from './http1-parser.ts'
import type { ResponseHeaders } from './prober.ts'

/** What the parser told its sink, and how it ended. */
type Seen = {
  readonly heads: readonly (readonly [number, ResponseHeaders])[]
  readonly version: string
  readonly body: string
  readonly ended: 'by itself' | 'with the connection' | 'cut short' | string
}

function read(pieces: readonly Buffer[], method = 'GET'): Seen {
  const heads: [number, ResponseHeaders][] = []
  let body = ''
  let isOver = false
  const sink = {
    httpVersion: '',
    onResponseStarted: () => undefined,
    onResponseStart: (statusCode: number, headers: ResponseHeaders) => {
      heads.push([statusCode, { ...headers }])
    },
    onResponseData: (bytes: Buffer) => {
      body += bytes.toString('latin1')
    },
    onResponseEnd: () => {
      isOver = true
    },
  }
  const parser = new Http1Parser(sink, method)
  const refusals = pieces.map((piece) => parser.read(piece))
  const refusal = refusals.at(-1) ?? null
  const isOverByItself = isOver
  const end = parser.end()
  const why = refusal?.kind === 'not_http' ? refusal.reason : refusal?.kind
  const whole = isOverByItself ? 'by itself' : 'with the connection'
  const ended = why ?? (end === 'whole' ? whole : 'cut short')
  return { heads, version: sink.httpVersion, body, ended }
}

const bytesOf = (text: string) => Buffer.from(text, 'latin1')
const readText = (text: string, method?: string) => read([bytesOf(text)], method)
const ok = (fields: string, body = '') => `HTTP/1.1 200 OK\r\n${fields}\r\n${body}`
const CHUNKED = 'transfer-encoding: chunked\r\n'

describe('where a body ends', () => {
  test.each<[string, string, string, string, string?]>([
    ['after its length', ok('content-length: 2\r\n', 'ok'), 'ok', 'by itself'],
    ['after its length, whatever follows', ok('content-length: 2\r\n', 'ok!'), 'ok', 'by itself'],
    ['at a length of none', ok('content-length: 0\r\n', 'x'), '', 'by itself'],
    ['at a length with blanks around it', ok('content-length: \t2 \r\n', 'ok'), 'ok', 'by itself'],
    ['not before its length', ok('content-length: 3\r\n', 'ok'), 'ok', 'cut short'],
    ['with the connection', ok('', 'ok'), 'ok', 'with the connection'],
    ['with its connection over 1.0', 'HTTP/1.0 200 OK\r\n\r\nok', 'ok', 'with the connection'],
    ['with its last chunk', ok(CHUNKED, '2\r\nok\r\n0\r\n\r\n'), 'ok', 'by itself'],
    ['not before its last chunk', ok(CHUNKED, '2\r\nok\r\n'), 'ok', 'cut short'],
    ['not within the last chunk', ok(CHUNKED, '2\r\nok\r\n0\r\n'), 'ok', 'cut short'],
    ['after trailers', ok(CHUNKED, '0\r\nx-after: a\r\n\r\n'), '', 'by itself'],
    ['behind extensions', ok(CHUNKED, '2;a;b=c;d="e;\\"f"\r\nok\r\n0\r\n\r\n'), 'ok', 'by itself'],
    [
      'at a size in capitals',
      ok(CHUNKED, '0A\r\n0123456789\r\n0\r\n\r\n'),
      '0123456789',
      'by itself',
    ],
    [
      'by chunks that stand last',
      ok('transfer-encoding: x, CHUNKED\r\n', '0\r\n\r\n'),
      '',
      'by itself',
    ],
    [
      'by chunks of another line',
      ok(`transfer-encoding: x\r\n${CHUNKED}`, '0\r\n\r\n'),
      '',
      'by itself',
    ],
    [
      'with the connection, when chunks are not last',
      ok('transfer-encoding: chunked, x\r\n', 'ok'),
      'ok',
      'with the connection',
    ],
    ['at once for HEAD', ok('content-length: 2\r\n', 'ok'), '', 'by itself', 'HEAD'],
    ['at once for 204', 'HTTP/1.1 204 x\r\ncontent-length: 2\r\n\r\nok', '', 'by itself'],
    ['at once for 304', `HTTP/1.1 304 x\r\n${CHUNKED}\r\nok`, '', 'by itself'],
  ])('%s', (_, text, body, ended, method) => {
    expect(readText(text, method)).toMatchObject({ body, ended })
  })
})

describe('what is refused', () => {
  test.each<[string, string, string]>([
    ['another protocol of the same form', 'RTSP/1.0 200 OK\r\n\r\n', 'Expected HTTP/'],
    ['half a version', 'HTTP/1 200 OK\r\n', 'Expected dot'],
    ['a version that there is not', 'HTTP/1.2 200 OK\r\n', 'Invalid HTTP version'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n', 'Invalid status code'],
    ['a status of four digits', 'HTTP/1.1 2000\r\n', 'Invalid response status'],
    ['a bare feed after the words', 'HTTP/1.1 200 OK\n', 'Missing expected CR after response line'],
    ['two returns after the words', 'HTTP/1.1 200 OK\r\r\n', 'Expected LF after CR'],
    ['a space before the first name', ok(' a: b\r\n'), 'Unexpected space after start line'],
    ['a space in a name', ok('a b: c\r\n'), 'Invalid header token'],
    ['a space before the colon', ok('a : c\r\n'), 'Invalid header token'],
    ['no name', ok(': c\r\n'), 'Invalid header token'],
    ['a NUL in a value', ok('a: b\0c\r\n'), 'Invalid header value char'],
    ['a bare feed after a value', ok('a: b\nc: d\r\n'), 'Missing expected CR after header value'],
    ['a bare return in a value', ok('a: b\rc\r\n'), 'Missing expected LF after header value'],
    ['a folded value', ok('a: b\r\n c\r\n'), 'Unexpected whitespace after header value'],
    ['an empty value that is folded', ok('a:\r\n c\r\n'), 'Invalid header value char'],
    ['a bare return after the headers', ok('a: b\r\n\rx'), 'Expected LF after headers'],
    [
      'a length and chunks',
      ok(`content-length: 2\r\n${CHUNKED}`),
      "Transfer-Encoding can't be present with Content-Length",
    ],
    [
      'chunks and a length',
      ok(`${CHUNKED}content-length: 2\r\n`),
      "Content-Length can't be present with Transfer-Encoding",
    ],
    [
      'the same length twice',
      ok('content-length: 2\r\ncontent-length: 2\r\n'),
      'Duplicate Content-Length',
    ],
    ['an empty length', ok('content-length:\r\na: b\r\n'), 'Empty Content-Length'],
    ['a length with a sign', ok('content-length: +2\r\n'), 'Invalid character in Content-Length'],
    ['two lengths in one', ok('content-length: 2 2\r\n'), 'Invalid character in Content-Length'],
    [
      'a length beyond 64 bits',
      ok('content-length: 99999999999999999999\r\n'),
      'Content-Length overflow',
    ],
    ['a size in words', ok(CHUNKED, 'two\r\n'), 'Invalid character in chunk size'],
    ['a size of nothing', ok(CHUNKED, '\r\n'), 'Invalid character in chunk size'],
    ['a size beyond 64 bits', ok(CHUNKED, 'fffffffffffffffff\r\n'), 'Chunk size overflow'],
    ['a bare feed after a size', ok(CHUNKED, '2\nok'), 'Missing expected CR after chunk size'],
    [
      'an extension without a name',
      ok(CHUNKED, '2;\r\nok'),
      'Invalid character in chunk extensions',
    ],
    [
      'a control in a quoted extension',
      ok(CHUNKED, '2;a="\x01"\r\n'),
      'Invalid character in chunk extensions quoted value',
    ],
    ['a chunk longer than its size', ok(CHUNKED, '2\r\nok!'), 'Expected LF after chunk data'],
    [
      'a length among the trailers',
      ok(CHUNKED, '0\r\ncontent-length: 2\r\n\r\n'),
      "Content-Length can't be present with Transfer-Encoding",
    ],
    ['100 that nobody asked for', 'HTTP/1.1 100 Continue\r\n\r\n', 'unasked'],
    ['101 that nobody asked for', 'HTTP/1.1 101 x\r\n\r\n', 'unasked'],
    [
      'an answer after a hint that ends the connection',
      `HTTP/1.1 103 x\r\nconnection: close\r\n\r\n${ok('')}`,
      'Data after `Connection: close`',
    ],
    [
      'an answer after a hint over 1.0',
      `HTTP/1.0 103 x\r\n\r\n${ok('')}`,
      'Data after `Connection: close`',
    ],
    ['16 KiB of one value', ok(`a: ${'b'.repeat(16_383)}\r\n`), 'headers_too_large'],
    ['16 KiB of many fields', ok('a: b\r\n'.repeat(8_192)), 'headers_too_large'],
    ['16 KiB of trailers', ok(CHUNKED, `0\r\n${'a: b\r\n'.repeat(8_192)}`), 'headers_too_large'],
    ['words without end', `HTTP/1.1 200 ${'word '.repeat(30_000)}`, 'endless'],
    ['blank lines without end', '\r\n'.repeat(70_000), 'endless'],
    ['a size without end', ok(CHUNKED, '0'.repeat(140_000)), 'endless'],
    ['an extension without end', ok(CHUNKED, `2;a=${'b'.repeat(140_000)}`), 'endless'],
  ])('%s', (_, text, ended) => {
    expect(readText(text).ended).toBe(ended)
  })
})

describe('what is told of a head', () => {
  test.each<[string, string, readonly (readonly [number, ResponseHeaders])[]]>([
    ['names in lower case', ok('A-B: c\r\n'), [[200, { 'a-b': 'c' }]]],
    [
      'a list for a name that comes again',
      ok('a: 1\r\nA: 2\r\na: 3\r\n'),
      [[200, { a: ['1', '2', '3'] }]],
    ],
    ['a value without the blanks before it', ok('a: \t b\t\r\n'), [[200, { a: 'b\t' }]]],
    ['an empty value', ok('a:\r\nb: \r\n'), [[200, { a: '', b: '' }]]],
    ['bytes beyond ASCII, one letter each', ok('a: \xff\xe4\r\n'), [[200, { a: '\xff\xe4' }]]],
    ['names that objects inherit', ok('constructor: a\r\n'), [[200, { constructor: 'a' }]]],
    [
      'hints before it, each its own',
      `HTTP/1.1 103 x\r\na: 1\r\n\r\n${ok('b: 2\r\n')}`,
      [
        [103, { a: '1' }],
        [200, { b: '2' }],
      ],
    ],
    [
      'none of the trailers',
      ok(CHUNKED, '0\r\na: b\r\n\r\n'),
      [[200, { 'transfer-encoding': 'chunked' }]],
    ],
    ['no words', 'HTTP/1.1 404\r\n\r\n', [[404, {}]]],
    ['blank lines before it are passed over', `\r\n\r\n${ok('')}`, [[200, {}]]],
  ])('%s', (_, text, heads) => {
    expect(readText(text).heads).toEqual(heads)
  })

  test.each([
    ['1.0', 'HTTP/1.0 200 OK\r\n\r\n'],
    ['1.1', 'HTTP/1.1 200 OK\r\n\r\n'],
    ['1.0', 'HTTP/2.0 200 OK\r\n\r\n'],
  ])('version %s for %j', (version, text) => {
    expect(readText(text).version).toBe(version)
  })
})

describe('pieces', () => {
  const texts = [
    ok('a: b\r\nContent-Length: 12 \r\n', 'hello, world'),
    ok(`${CHUNKED}a: b\r\n`, '5;a="b;c"\r\nhello\r\n00\r\nx-after: y\r\n\r\n'),
    `HTTP/1.1 103 x\r\nlink: </a>\r\n\r\n${ok('a:\r\n', 'hello')}`,
    ok('a: b\r\nc : d\r\n'),
    ok(CHUNKED, '5\r\nhello!\r\n'),
  ]

  test('however an answer is cut up, it is the same answer', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(fc.nat(100), { maxLength: 100 }),
        (text, places) => {
          const bytes = bytesOf(text)
          const sorted = [0, ...places.toSorted((a, b) => a - b), bytes.length]
          const pieces = sorted.slice(1).map((end, at) => bytes.subarray(sorted[at], end))
          expect(read(pieces)).toEqual(readText(text))
        },
      ),
    )
  })

  test('any bytes are read, refused or still to go on', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (pieces) => {
        expect(read(pieces.map((piece) => Buffer.from(piece))).ended).toEqual(expect.any(String))
      }),
    )
  })
})
