import { createSecureServer } from 'node:http2'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Target } from '#shared/domain/check.ts'
import { type Certificates, makeCertificates } from '../../test/support/certificates.ts'
import { type HttpProbe, openHttpProbe } from '../../test/support/http-probe.ts'
import {
  END_HEADERS,
  END_STREAM,
  fields,
  frame,
  frameType,
  type Http2Behaviour,
  startHttp2Target,
} from '../../test/support/http2-target.ts'
import { startRequestRecorder } from '../../test/support/request-recorder.ts'

let certificates: Certificates
let probe: HttpProbe
beforeAll(async () => {
  certificates = await makeCertificates()
  probe = await openHttpProbe({ trustedCa: certificates.ca })
})
afterAll(() => probe.end())

const NO_BYTES = Buffer.alloc(0)
const ok = frame(frameType.headers, END_HEADERS, 1, fields([':status', '200']))
const answer = (status: string, flags = 0, ...more: (readonly [string, string])[]) =>
  frame(frameType.headers, END_HEADERS | flags, 1, fields([':status', status], ...more))
const data = (text: string, flags = 0) => frame(frameType.data, flags, 1, Buffer.from(text))
const code = (number: number) => Buffer.from([0, 0, 0, number])
const reset = (number: number) => frame(frameType.reset, 0, 1, code(number))
const goAway = (lastStream: number, number: number) =>
  frame(frameType.goAway, 0, 0, Buffer.concat([code(lastStream), code(number)]))

/** Sends the same without end, as fast as it is taken. */
function endlessly(bytes: Buffer): Http2Behaviour {
  const many = Buffer.concat(Array.from({ length: 500 }, () => bytes))
  return (socket) => {
    const fill = () => {
      while (!socket.destroyed && socket.write(many));
    }
    socket.on('drain', fill)
    fill()
  }
}

const sends =
  (...parts: readonly Buffer[]): Http2Behaviour =>
  (socket) =>
    void socket.write(Buffer.concat(parts))

async function lookAt(behaviour: Http2Behaviour, ask: Partial<Target> & { bodyRegex?: string }) {
  const target = await startHttp2Target(certificates.valid, behaviour)
  const { result } = await probe.look(`https://localhost:${target.port}/path?q=1`, {
    httpVersion: '2',
    ...ask,
  })
  await expect.poll(() => target.openConnections).toBe(0)
  await target.stop()
  return result
}

describe('a server that speaks HTTP/2', () => {
  test.each<[string, Http2Behaviour]>([
    ['and answers', sends(ok, data('ok', END_STREAM))],
    ['and answers without a body', sends(answer('204', END_STREAM))],
    ['and gives hints first', sends(answer('103'), answer('103'), ok, data('', END_STREAM))],
    ['and says its last word before it answers', sends(goAway(1, 0), ok, data('ok', END_STREAM))],
    ['and resets the stream once it has answered', sends(ok, data('ok', END_STREAM), reset(0))],
    [
      'and acknowledges, pings and widens its window amid the answer',
      sends(
        frame(frameType.settings, 1, 0, NO_BYTES),
        frame(frameType.ping, 0, 0, Buffer.alloc(8)),
        ok,
        frame(frameType.windowUpdate, 0, 0, code(1)),
        data('ok', END_STREAM),
      ),
    ],
  ])('%s is up', async (_, behaviour) => {
    expect(await lookAt(behaviour, {})).toMatchObject({
      result: 'up',
      message: null,
      httpVersion: '2',
      ttfbMs: expect.any(Number),
    })
  })

  test('a body without end is read up to the cap', async () => {
    const flood = sends(ok)
    const more = endlessly(data('x'.repeat(1_000)))
    const behaviour: Http2Behaviour = (socket) => {
      flood(socket)
      more(socket)
    }
    expect(await lookAt(behaviour, { bodyRegex: '^x' })).toMatchObject({ result: 'up' })
    expect(await lookAt(behaviour, {})).toMatchObject({ result: 'up' })
  })

  test.each<[string, Http2Behaviour, string, string, Partial<Target>?]>([
    ['and never answers', () => undefined, 'timeout', 'no answer within', { timeoutMs: 200 }],
    ['and never ends', sends(ok, data('x')), 'timeout', 'no complete body', { timeoutMs: 200 }],
    ['and refuses the stream', sends(reset(7)), 'reset', 'REFUSED_STREAM'],
    ['and fails', sends(reset(2)), 'reset', 'INTERNAL_ERROR'],
    ['and fails amid the body', sends(ok, data('x'), reset(2)), 'reset', 'INTERNAL_ERROR'],
    ['and cancels amid the body', sends(ok, data('x'), reset(8)), 'reset', 'closed before'],
    ['and says goodbye instead', sends(goAway(0, 0)), 'reset', 'before the answer'],
    ['and says goodbye in anger', sends(goAway(0, 2)), 'reset', 'INTERNAL_ERROR'],
    ['and hangs up', (socket) => void socket.end(), 'reset', 'closed before'],
    ['and hangs up amid the body', (socket) => void socket.end(ok), 'reset', 'closed before'],
    ['and asks for HTTP/1.1', sends(reset(13)), 'protocol', 'HTTP version'],
    ['and asks for calm', sends(reset(11)), 'protocol', 'ENHANCE_YOUR_CALM'],
    [
      'and sends less than it said',
      sends(answer('200', 0, ['content-length', '9']), data('x', END_STREAM)),
      'protocol',
      'PROTOCOL_ERROR',
    ],
    [
      'and sends more than it said',
      sends(answer('200', 0, ['content-length', '1']), data('xx', END_STREAM)),
      'protocol',
      'not an HTTP/2 answer',
    ],
    [
      'and has headers of 24 KiB',
      sends(
        frame(frameType.headers, 0, 1, fields([':status', '200'], ['x-a', 'a'.repeat(12_000)])),
        frame(frameType.continuation, END_HEADERS, 1, fields(['x-b', 'b'.repeat(12_000)])),
      ),
      'protocol',
      'larger than 16 KiB',
    ],
    [
      'and has 200 headers',
      sends(answer('200', 0, ...Array.from({ length: 200 }, (_, at) => [`x-${at}`, ''] as const))),
      'protocol',
      'more than 128 headers',
    ],
    [
      'and gives hints without end',
      sends(...Array.from({ length: 20 }, () => answer('103'))),
      'protocol',
      'interim answers',
    ],
    ['and has no status', sends(frame(1, END_HEADERS, 1, fields(['a', 'b']))), 'protocol', ''],
    ['and has the status 000', sends(answer('000', END_STREAM)), 'protocol', ''],
    ['and switches protocols', sends(answer('101')), 'protocol', ''],
    [
      'and only pushes',
      sends(frame(frameType.push, END_HEADERS, 1, code(2))),
      'timeout',
      '',
      { timeoutMs: 200 },
    ],
    ['and sends data before headers', sends(data('x')), 'protocol', ''],
    ['and answers in HTTP/1.1', sends(Buffer.from('HTTP/1.1 200 OK\r\n\r\n')), 'protocol', ''],
    ['and sends junk', sends(Buffer.alloc(100, 0xff)), 'protocol', ''],
    [
      'and compresses headers wrongly',
      sends(frame(1, END_HEADERS, 1, Buffer.from([0xff]))),
      'protocol',
      '',
    ],
    [
      'and pings without end',
      endlessly(frame(frameType.ping, 0, 0, Buffer.alloc(8))),
      'protocol',
      '',
    ],
    [
      'and settles without end',
      endlessly(frame(frameType.settings, 0, 0, NO_BYTES)),
      'protocol',
      '',
    ],
    [
      'and widens its window without end',
      endlessly(frame(frameType.windowUpdate, 0, 0, code(1))),
      'protocol',
      '',
    ],
    ['and sends empty data without end', endlessly(data('')), 'protocol', ''],
    [
      'and sends frames of no known kind without end',
      endlessly(frame(0xee, 0, 0, Buffer.alloc(100))),
      'protocol',
      '',
    ],
    [
      'and continues its headers without end',
      (socket) => {
        socket.write(frame(frameType.headers, 0, 1, fields([':status', '200'])))
        endlessly(frame(frameType.continuation, 0, 1, fields(['x-a', 'a'.repeat(100)])))(socket)
      },
      'protocol',
      '',
    ],
  ])('%s is down', async (_, behaviour, failure, part, ask = {}) => {
    const result = await lookAt(behaviour, ask)
    expect(result).toMatchObject({ result: 'down', failure })
    expect(result.message).toContain(part)
  })
})

test('what a server gets to see over HTTP/2', async () => {
  const seen: Record<string, unknown>[] = []
  const server = createSecureServer({ ...certificates.valid }, (request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text) => {
      body += text
    })
    request.on('end', () => {
      seen.push({ ...request.headers, body })
      response.end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  await probe.keep('token', 't0ken')
  const { result } = await probe.look(`https://localhost:${port}/a?b=c`, {
    httpVersion: '2',
    method: 'POST',
    body: 'größe',
    headers: { 'X-Own': 'mine', Accept: 'text/plain' },
    bearerTokenSecret: 'token',
    hostHeader: 'localhost',
  })
  server.close()
  expect(result).toMatchObject({ result: 'up', httpVersion: '2' })
  expect(seen).toMatchObject([
    {
      ':method': 'POST',
      ':path': '/a?b=c',
      ':scheme': 'https',
      ':authority': 'localhost',
      'user-agent': 'Uptick/0.0.0 (+https://github.com/uptick/uptick)',
      'accept-encoding': 'identity',
      accept: 'text/plain',
      'x-own': 'mine',
      authorization: 'Bearer t0ken',
      'content-length': '7',
      body: 'größe',
    },
  ])
})

describe('which version is spoken', () => {
  const both = async () => {
    const server = createSecureServer({ ...certificates.valid, allowHTTP1: true }, (_, response) =>
      response.end('ok'),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    return { port, stop: async () => void server.close() }
  }
  const only1 = () => startRequestRecorder({ certificate: certificates.valid })
  const only2 = () => startHttp2Target(certificates.valid, sends(ok, data('ok', END_STREAM)))
  const plain = () => startRequestRecorder()
  const withoutAlpn = async () => {
    const server = createTlsServer({ ...certificates.valid }, (socket) => {
      socket.on('error', () => undefined)
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    return { port, stop: async () => void server.close() }
  }

  test.each([
    ['1.1 with a server of both', both, '1.1', '1.1'],
    ['2 with a server of both', both, '2', '2'],
    ['the one that the server prefers', both, 'auto', '2'],
    ['1.1 with a server of that alone', only1, 'auto', '1.1'],
    ['2 with a server of that alone', only2, 'auto', '2'],
    ['1.1 with a server that agrees upon nothing', withoutAlpn, 'auto', '1.1'],
    ['1.1 without TLS', plain, 'auto', '1.1'],
    ['none, when 2 is asked of a server of 1.1', only1, '2', null],
    ['none, when 2 is asked of a server that agrees upon nothing', withoutAlpn, '2', null],
    ['none, when 1.1 is asked of a server of 2', only2, '1.1', null],
    ['none, when 2 is asked without TLS', plain, '2', null],
  ] as const)('%s', async (sentence, start, httpVersion, spoken) => {
    const server = await start()
    const scheme = sentence.endsWith('without TLS') ? 'http' : 'https'
    const { result } = await probe.look(`${scheme}://localhost:${server.port}/`, { httpVersion })
    await server.stop()
    expect(result).toMatchObject(
      spoken === null
        ? { result: 'down', failure: 'protocol', message: expect.stringContaining('version') }
        : { result: 'up', httpVersion: spoken },
    )
  })
})
