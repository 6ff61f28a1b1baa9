import { createServer, type Server, type Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type HttpProbe, openHttpProbe } from '../../test/support/http-probe.ts'

let probe: HttpProbe
const servers = new Set<Server>()
const sockets = new Set<Socket>()

beforeAll(async () => {
  probe = await openHttpProbe()
  return probe.end
})
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  await Promise.all([...servers].map((server) => new Promise((done) => server.close(done))))
  servers.clear()
})

/** A server that does this to whoever asks it anything. */
async function start(behave: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
    socket.once('data', () => behave(socket))
  })
  servers.add(server)
  await new Promise<void>((resolve) =>
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, resolve),
  )
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
}

/** Begins so, and goes on with the same for ever. */
function endlessly(beginning: string, more: string): (socket: Socket) => void {
  const chunk = more.repeat(Math.ceil(65_536 / more.length))
  return (socket) => {
    const fill = () => {
      while (!socket.destroyed && socket.write(chunk));
    }
    socket.on('drain', fill)
    socket.write(beginning)
    fill()
  }
}

const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'

describe('a server without end', () => {
  test.each([
    ['of empty lines before the answer', '', '\r\n', /not an HTTP|without end/],
    ['of its status line', 'HTTP/1.1 200 ', 'x', /16 KiB|not an HTTP|without end/],
    ['of one header', 'HTTP/1.1 200 OK\r\na: ', 'x', /16 KiB/],
    ["of one header's name", 'HTTP/1.1 200 OK\r\n', 'x', /16 KiB/],
    ['of headers', 'HTTP/1.1 200 OK\r\n', 'a: b\r\n', /16 KiB/],
    ['of hints', '', 'HTTP/1.1 103 Early Hints\r\n\r\n', /interim answers/],
    ['of hints with much to say', '', `HTTP/1.1 103 x\r\na: ${'b'.repeat(900)}\r\n\r\n`, /interim/],
    ['of the size of a chunk', CHUNKED, '0', /not an HTTP|without end/],
    ['of what a chunk says besides', `${CHUNKED}1;`, 'x', /16 KiB|not an HTTP|without end/],
    ['of trailers', `${CHUNKED}0\r\n`, 'a: b\r\n', /16 KiB|without end/],
    ['of one trailer', `${CHUNKED}0\r\na: `, 'b', /16 KiB|without end/],
  ])('%s is down long before its deadline', async (_, beginning, more, message) => {
    const url = await start(endlessly(beginning, more))
    const { result } = await probe.look(url, { timeoutMs: 15_000, bodyRegex: 'x' })
    expect(result).toMatchObject({ result: 'down', failure: 'protocol' })
    expect(result.message).toMatch(message)
    await expect.poll(() => sockets.size).toBe(0)
  })

  test.each([
    ['of its body', 'HTTP/1.1 200 OK\r\n\r\n', 'x'],
    ['of small chunks', CHUNKED, '1\r\nx\r\n'],
    [
      'of a body of 10^18 bytes',
      'HTTP/1.1 200 OK\r\ncontent-length: 1000000000000000000\r\n\r\n',
      'x',
    ],
  ])('%s is judged by what is read of it', async (_, beginning, more) => {
    const url = await start(endlessly(beginning, more))
    const { result } = await probe.look(url, { bodyRegex: 'x' })
    expect(result).toMatchObject({ result: 'up', extractedValue: 'x' })
    expect((await probe.look(url)).result.result).toBe('up')
    await expect.poll(() => sockets.size).toBe(0)
  })
})

describe('a server that closes one half', () => {
  test('after its answer is up', async () => {
    const url = await start((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'),
    )
    expect((await probe.look(url)).result.result).toBe('up')
  })

  test('and goes on listening instead of answering is down', async () => {
    const url = await start((socket) => socket.end())
    expect((await probe.look(url)).result).toMatchObject({ result: 'down', failure: 'reset' })
  })

  test('before it was asked is down', async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.once('close', () => sockets.delete(socket)).resume()
      socket.end()
    })
    servers.add(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
    expect((await probe.look(url)).result).toMatchObject({ result: 'down', failure: 'reset' })
  })
})

describe('an answer without a body by its status', () => {
  test.each([
    ['204 with a length', 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n', '204'],
    ['204 with a body', 'HTTP/1.1 204 No Content\r\n\r\n', '204'],
    ['304 that nobody asked for', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n', '304'],
  ])('%s is over with its headers', async (_, head, expectedStatus) => {
    const url = await start((socket) => void socket.write(head))
    const { result } = await probe.look(url, { expectedStatus })
    expect(result).toMatchObject({ result: 'up', responseBytes: 0 })
  })
})

describe('a thousand slow targets at once', () => {
  const COUNT = 1_000
  const GROWTH_BYTES_MAX = 64 * 1024 * 1024

  test.each([
    ['that never answer', () => undefined, 'no answer within 2000 ms'],
    [
      'that never end',
      (socket: Socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\nx'),
      'no complete body within 2000 ms',
    ],
  ])('%s all end at their deadline, and nothing of them is left', async (_, behave, message) => {
    const url = await start(behave)
    const collect = garbageCollector()
    await Promise.all(Array.from({ length: 100 }, () => probe.look(url, { timeoutMs: 200 })))
    collect()
    const before = process.memoryUsage().rss
    const seen = await Promise.all(
      Array.from({ length: COUNT }, () => probe.look(url, { timeoutMs: 2_000 })),
    )
    const verdicts = new Set(seen.map(({ result }) => `${result.failure}: ${result.message}`))
    expect([...verdicts]).toEqual([`timeout: ${message}`])
    await expect.poll(() => sockets.size, { timeout: 5_000 }).toBe(0)
    collect()
    expect(process.memoryUsage().rss - before).toBeLessThan(GROWTH_BYTES_MAX)
  })
})

/** Node has it, and shows it only to whoever asks. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect !== 'function') throw new Error('no garbage collector to call')
  return () => void collect()
}
