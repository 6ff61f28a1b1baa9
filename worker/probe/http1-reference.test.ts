import { type Duplex, duplexPair } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { askWithUndici } from '../../test/support/undici-exchange.ts'
import { AnswerReader, type RawAnswer } from './answer-reader.ts'
import { sendHttp1 } from './http1-request.ts'
import type { Stop } from './prober.ts'
import { Trace } from './trace.ts'

/** The same bytes, in the same pieces, read by undici and by us: the same answer, or the same refusal. */

type Ask = (method: string, socket: Duplex, reader: AnswerReader) => void

const askOurselves: Ask = (method, socket, reader) => {
  const url = new URL('http://site.test/')
  sendHttp1({ url, method, headers: {}, body: null, isAtHome: true }, [], socket, reader)
}

async function read(ask: Ask, method: string, pieces: readonly Buffer[]): Promise<unknown> {
  const [socket, server] = duplexPair()
  const reader = new AnswerReader('text', new Trace(), () => false)
  socket.on('error', () => undefined)
  server.on('error', () => undefined)
  server.resume()
  ask(method, socket, reader)
  await turn()
  for (const piece of pieces) {
    if (socket.destroyed) break
    server.write(piece)
    await turn()
  }
  server.end()
  const seen = comparable(await reader.done)
  socket.destroy()
  server.destroy()
  return seen
}

function comparable(seen: RawAnswer | Stop): unknown {
  if (!('outcome' in seen)) return { ...seen, bytes: seen.bytes.toString('latin1') }
  return {
    ...seen,
    message: seen.message.replace(/(Expected HTTP\/).*|header field char/, sameWords),
  }
}

/** llhttp reads two other protocols as well, and has two words for a field that is none. */
function sameWords(_: string, protocol?: string): string {
  return protocol ?? 'header token'
}

const HEAD = [
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.0 200 OK\r\n',
  'HTTP/1.1 204 x\r\n',
  'HTTP/1.1 304\r\n',
  'HTTP/1.1 404 \r\n',
  'HTTP/1.1 103 x\r\n',
  'HTTP/1.1 100 Continue\r\n',
  'HTTP/0.9 200 x\r\n',
  'HTTP/3.0 200 x\r\n',
  'HTTP/',
  '',
]
const FIELD = [
  'a: b\r\n',
  'A:b\r\n',
  'set-cookie: a\r\n',
  'x-y:  z \t\r\n',
  'empty:\r\n',
  '__proto__: a\r\n',
  'constructor: b\r\n',
  'content-length: 2\r\n',
  'Content-Length:0\r\n',
  'content-length: 99999999999999999999\r\n',
  'transfer-encoding: chunked\r\n',
  'Transfer-Encoding: gzip, Chunked\r\n',
  'transfer-encoding: x\r\n',
  'transfer-encoding:\r\n',
  'connection: close\r\n',
  'connection: x, keep-alive\r\n',
]
const BODY = [
  'ok',
  '2\r\nok\r\n',
  '2;a=b\r\nok\r\n',
  '3;a="b;c";d\r\nabc\r\n',
  '0\r\n\r\n',
  '0\r\n',
  'x-after: a\r\n',
  'ffffffffffffffff\r\n',
  'fffffffffffffffff\r\n',
  'HTTP/1.1 200 OK\r\n\r\n',
]
const STRAY = ['\r', '\n', ' ', '\t', ':', ';', '"', '\\', '=', '\0', '\x7f', '\xff', '1', 'x', '']

const pick = (pieces: readonly string[]) => fc.constantFrom(...pieces)
const many = (pieces: readonly string[], max: number) =>
  fc.array(pick(pieces), { maxLength: max }).map((list) => list.join(''))

/**
 * llhttp lets a second return pass after the status line, undici counts the blanks after a length in,
 * and of two faults in a second length they tell the other one.
 */
function isReadOtherwise(text: string): boolean {
  return text.includes('\r\r') || /content-length:[ \t]*(\d+ +\r|\r[^\n])/i.test(text)
}

/** An answer, most of it in order, and one byte somewhere that may not belong. */
const answers = fc
  .tuple(
    fc.array(fc.tuple(pick(HEAD), many(FIELD, 4)), { minLength: 1, maxLength: 2 }),
    pick(['\r\n', '\r\n', '\r\n', '']),
    many(BODY, 4),
    fc.nat(200),
    pick(STRAY),
    fc.boolean(),
  )
  .map(([heads, blank, body, at, stray, isStray]) => {
    const text = heads.map(([line, fields]) => line + fields).join('\r\n') + blank + body
    return isStray ? text.slice(0, at) + stray + text.slice(at) : text
  })
  .filter((text) => !isReadOtherwise(text))

const cuts = fc.array(fc.nat(200), { maxLength: 4 })

function cutUp(text: string, places: readonly number[]): readonly Buffer[] {
  const bytes = Buffer.from(text, 'latin1')
  const sorted = [0, ...places.toSorted((a, b) => a - b), bytes.length]
  return sorted
    .slice(1)
    .map((end, at) => bytes.subarray(sorted[at], end))
    .filter((piece) => piece.length > 0)
}

describe('our reading of HTTP/1.1 beside undici’s', () => {
  test('the same bytes are the same answer, however they come in pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        answers,
        cuts,
        pick(['GET', 'GET', 'HEAD']),
        async (text, places, method) => {
          const pieces = cutUp(text, places)
          const [theirs, ours] = [
            await read(askWithUndici, method, pieces),
            await read(askOurselves, method, pieces),
          ]
          expect(withReasonOf(theirs, ours)).toEqual(ours)
        },
      ),
      { numRuns: 2_000 },
    )
  }, 60_000)

  test.each([
    'HTTP/1.1 200 OK\r\na: b\r\nempty:\r\nContent-Length: 2\r\n\r\nok',
    'HTTP/1.0 404\r\nTransfer-Encoding: x, chunked\r\n\r\n2;a;b=c;d="e\\f"\r\nok\r\n0\r\na: b\r\n\r\n',
    'HTTP/1.1 103 x\r\na: b\r\n\r\nHTTP/1.1 204 x\r\nconnection: close\r\n\r\n',
  ])(
    'a byte that does not belong, at any place of %j',
    async (text) => {
      for (const stray of STRAY) {
        for (let at = 0; at < text.length; at++) {
          const bytes = Buffer.from(text.slice(0, at) + stray + text.slice(at), 'latin1')
          if (isReadOtherwise(bytes.toString('latin1'))) continue
          const theirs = await read(askWithUndici, 'GET', [bytes])
          const ours = await read(askOurselves, 'GET', [bytes])
          expect(withReasonOf(theirs, ours), `${stray} at ${at}`).toEqual(ours)
        }
      }
    },
    60_000,
  )
})

/** undici gives no reason where it has counted on a length. */
function withReasonOf(theirs: unknown, ours: unknown): unknown {
  const isBare = (one: unknown): one is Stop =>
    typeof one === 'object' &&
    one !== null &&
    'message' in one &&
    String(one.message).endsWith(': ')
  return isBare(theirs) && isStop(ours) && ours.message.startsWith(theirs.message)
    ? { ...theirs, message: ours.message }
    : theirs
}

function isStop(one: unknown): one is Stop {
  return typeof one === 'object' && one !== null && 'outcome' in one
}
