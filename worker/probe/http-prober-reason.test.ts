import { createServer } from 'node:net'
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HttpProbe, openHttpProbe } from '../../test/support/http-probe.ts'
import { type RequestRecorder, startRequestRecorder } from '../../test/support/request-recorder.ts'

const LONG = 'größe '.repeat(500)
const bodies: Readonly<Record<string, readonly [Buffer, Record<string, string>]>> = {
  '/short': [Buffer.from('not found'), {}],
  '/long': [Buffer.from(LONG), {}],
  '/latin': [
    Buffer.from('gr\xf6\xdfe', 'latin1'),
    { 'content-type': 'text/plain; charset=latin1' },
  ],
  '/gzip': [gzipSync(LONG), { 'content-encoding': 'gzip' }],
  '/br': [brotliCompressSync(LONG), { 'content-encoding': 'br' }],
  '/fake-gzip': [Buffer.from('no gzip'), { 'content-encoding': 'gzip' }],
  '/bomb': [gzipSync(Buffer.alloc(4 * 1024 * 1024)), { 'content-encoding': 'gzip' }],
  '/deflate': [deflateRawSync('as it came'), { 'content-encoding': 'deflate' }],
  '/none': [Buffer.alloc(0), {}],
}

let probe: HttpProbe
let site: RequestRecorder
let elsewhere: RequestRecorder

beforeAll(async () => {
  elsewhere = await startRequestRecorder({
    host: '127.0.0.2',
    answer: (_request, response) => response.writeHead(404).end('nobody'),
  })
  site = await startRequestRecorder({
    answer: ({ url = '' }, response) => {
      const location = url.startsWith('/to?') ? url.slice('/to?'.length) : null
      if (location !== null) return response.writeHead(302, { location }).end()
      const [body, headers] = bodies[url] ?? [Buffer.from('ok'), {}]
      return response.writeHead(url === '/' ? 200 : 500, headers).end(body)
    },
  })
  probe = await openHttpProbe()
})
afterAll(() => Promise.all([site.stop(), elsewhere.stop(), probe.end()]))

const at = (path: string) => `http://127.0.0.1:${site.port}${path}`

describe('the hops of a probe', () => {
  test('none are told apart when there is only one', async () => {
    expect((await probe.look(at('/'))).result).toMatchObject({
      hops: [],
      remoteAddress: '127.0.0.1',
      httpVersion: '1.1',
    })
  })

  test('each has its own phases, status and address, and together they are the whole', async () => {
    const { result } = await probe.look(
      at(`/to?http://named.test:${site.port}/to?http://127.0.0.2:${elsewhere.port}/`),
    )
    expect(result).toMatchObject({ statusCode: 404, remoteAddress: '127.0.0.2', failure: 'status' })
    expect(result.hops).toMatchObject([
      { statusCode: 302, remoteAddress: '127.0.0.1', dnsMs: null, tlsMs: null },
      { statusCode: 302, remoteAddress: '127.0.0.1', dnsMs: expect.any(Number) },
      { statusCode: 404, remoteAddress: '127.0.0.2', dnsMs: null },
    ])
    const sum = (name: 'connectMs' | 'ttfbMs' | 'totalMs') =>
      result.hops.reduce((all, hop) => all + (hop[name] ?? Number.NaN), 0)
    expect(sum('connectMs')).toBeCloseTo(result.connectMs ?? -1, 1)
    expect(sum('ttfbMs')).toBeCloseTo(result.ttfbMs ?? -1, 1)
    expect(sum('totalMs')).toBeLessThanOrEqual((result.latencyMs ?? 0) + 0.1)
  })

  test('one that came to nothing is told as well', async () => {
    const { result } = await probe.look(at('/to?http://127.0.0.1:1/'))
    expect(result).toMatchObject({ failure: 'refused', statusCode: 302 })
    expect(result.hops).toMatchObject([
      { statusCode: 302, remoteAddress: '127.0.0.1' },
      { statusCode: null, remoteAddress: null, ttfbMs: null },
    ])
  })

  test('what cannot be concluded still tells how far it came', async () => {
    const { observation } = await probe.look(at('/to?/'), { bearerTokenSecret: null, timeoutMs: 1 })
    expect(observation).toMatchObject({ phases: { totalMs: expect.any(Number) } })
    const ours = await probe.look(at('/'), { bearerTokenSecret: 'missing' })
    expect(ours.observation).toMatchObject({
      outcome: 'inconclusive',
      phases: { connectMs: null, totalMs: expect.any(Number) },
      remoteAddress: null,
    })
  })
})

test.each([
  ['1.0', 'HTTP/1.0 200 OK\r\n\r\nok'],
  ['1.1', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'],
])('version %s is told as it was spoken', async (version, answer) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      // In two parts: the version is not always there at once.
      socket.write(answer.slice(0, 12))
      setImmediate(() => socket.end(answer.slice(12)))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const { result } = await probe.look(`http://127.0.0.1:${port}/`)
  server.close()
  expect(result).toMatchObject({ result: 'up', httpVersion: version })
})

describe('the beginning of an answer', () => {
  const beginning = Buffer.from(LONG)
    .subarray(0, 1024)
    .toString()
    .replace(/\ufffd$/, '')
  test.each([
    ['short', '/short', 'not found'],
    ['long: 1 KiB, and no half of a letter', '/long', beginning],
    ['in another character set', '/latin', 'größe'],
    ['compressed by gzip', '/gzip', beginning],
    ['compressed by Brotli', '/br', beginning],
    ['that is not the gzip it claims to be: as it came', '/fake-gzip', 'no gzip'],
    ['that is no text: as much as could be read', '/deflate', expect.stringContaining('\ufffd')],
    ['that is a bomb: no more than 1 KiB', '/bomb', '\0'.repeat(1024)],
    ['without a body', '/none', ''],
  ])('%s', async (_, path, text) => {
    const { observation } = await probe.look(at(path))
    expect(observation).toMatchObject({ outcome: 'answered', beginning: text })
  })

  test('is the same when all of the body is needed', async () => {
    for (const path of ['/short', '/long', '/gzip']) {
      const { observation } = await probe.look(at(path), { bodyRegex: 'x' })
      const text = path === '/short' ? 'not found' : beginning
      expect(observation).toMatchObject({ outcome: 'answered', beginning: text })
    }
  })
})
