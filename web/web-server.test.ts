import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { webContext } from '../test/support/web-context.ts'
import { webApp } from './app.ts'
import type { Recorded } from './call-recorder.ts'
import { type WebLimits, WebServer } from './web-server.ts'

const TOKEN = 'nightly-backup'
/** More than a busy machine needs; those who are to be cut off get less. */
const patient = { requestMs: 15_000, idleMs: 15_000, connections: 20 }
const hurried = { ...patient, requestMs: 500, idleMs: 1_000 }

let server: WebServer
let open: (limits: WebLimits) => Promise<void>
let calls: string[]
let answer: () => Promise<Recorded>
let sockets: Socket[]
beforeEach(async () => {
  calls = []
  sockets = []
  answer = async () => 'recorded'
  const record = ({ token, word }: { token: string; word: string }) => {
    calls.push(`${token} ${word}`)
    return answer()
  }
  const app = webApp(webContext({ record }))
  open = async (limits) => {
    server = new WebServer({ host: '127.0.0.1', port: 0 }, app.fetch, limits)
    await server.start()
  }
  await open(patient)
})
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  await server.stop()
})

type Conversation = { readonly socket: Socket; text(): string; readonly closed: Promise<void> }

/** A connection that says what it is told, and keeps what it hears. */
function talk(...chunks: readonly (string | Buffer)[]): Conversation {
  const socket = connect(server.port, '127.0.0.1')
  sockets.push(socket)
  const heard: Buffer[] = []
  socket.on('data', (chunk) => heard.push(chunk))
  socket.on('error', () => undefined)
  for (const chunk of chunks) socket.write(chunk)
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  return { socket, text: () => Buffer.concat(heard).toString('latin1'), closed }
}
const statusOf = (text: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? Number.NaN)
const hears = (conversation: Conversation, status: number) =>
  vi.waitFor(() => expect(statusOf(conversation.text())).toBe(status), { timeout: 10_000 })
const head = (path: string, ...fields: readonly string[]) =>
  [`POST ${path} HTTP/1.1`, 'Host: a', ...fields, '', ''].join('\r\n')
const ping = `/ping/${TOKEN}`
const tenMegabytes = Buffer.alloc(10 * 1024 * 1024, 'x')

/** For callers that are cut off: the same server, with less patience. */
async function hurry(): Promise<void> {
  await server.stop()
  await open(hurried)
}

/** Whatever came before, the next job is heard. */
async function isWell(): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${server.port}${ping}`)
  expect([response.status, await response.text()]).toEqual([200, 'OK'])
}

describe('a caller', () => {
  test.each([
    ['that says junk', ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 junk\r\n\r\n'], 400],
    ['that says no host', ['GET /ping/nightly-backup HTTP/1.1\r\n\r\n'], 400],
    ['with a NUL in its path', [`GET /ping/a\0b HTTP/1.1\r\nHost: a\r\n\r\n`], 400],
    [
      'with two lengths',
      [head(ping, 'Content-Length: 5', 'Transfer-Encoding: chunked'), '0\r\n\r\n'],
      400,
    ],
    ['with a broken chunk', [head(ping, 'Transfer-Encoding: chunked'), 'zz\r\n'], 400],
    ['with headers of 9 KiB', [head(ping, `X-A: ${'x'.repeat(9_216)}`)], 431],
    ['with a URL of 9 KiB', [`GET /ping/${'x'.repeat(9_216)} HTTP/1.1\r\nHost: a\r\n\r\n`], 431],
    [
      'that would like a web socket',
      [head('/', 'Connection: Upgrade', 'Upgrade: websocket', 'Content-Length: 0')],
      404,
    ],
  ])('%s is refused, and harms nobody', async (_, chunks, status) => {
    const caller = talk(...chunks)
    await hears(caller, status)
    expect(calls).toEqual([])
    await isWell()
  })

  test('that never ends its headers is cut off', async () => {
    await hurry()
    const caller = talk('GET /ping/nightly-backup HTTP/1.1\r\nHost: a\r\n')
    await caller.closed
    // It may be told so (408), or just lose its connection for having been idle.
    expect(caller.text()).not.toMatch(/^HTTP\/1\.1 [123]/)
    expect(calls).toEqual([])
    await isWell()
  })

  test('that never ends its body is cut off, and has not called', async () => {
    await hurry()
    const caller = talk(head(ping, 'Content-Length: 100'), 'begin')
    await caller.closed
    expect(calls).toEqual([])
    await isWell()
  })

  test('that goes away in the midst of its body has not called', async () => {
    const caller = talk(head(ping, 'Content-Length: 100'), 'begin')
    caller.socket.end()
    await caller.closed
    await isWell()
    expect(calls).toEqual([`${TOKEN} up`])
  })

  test('that says nothing at all is cut off', async () => {
    await hurry()
    await talk().closed
    await isWell()
  })

  test('that would like a tunnel is cut off', async () => {
    await talk('CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: a\r\n\r\n').closed
    await isWell()
  })

  test('that pushes a large body, which nobody reads, has called', async () => {
    const caller = talk(head(`/api/push/${TOKEN}`, 'Content-Length: 10485760'), tenMegabytes)
    await hears(caller, 200)
    expect(calls).toEqual([`${TOKEN} up`])
    await isWell()
  })

  test.each([
    ['says so', head(ping, 'Content-Length: 10485760'), ''],
    ['does not say so', `${head(ping, 'Transfer-Encoding: chunked')}a00000\r\n`, '\r\n0\r\n\r\n'],
  ])('that posts 10 MiB of output, and %s, has called', async (_, before, after) => {
    await hears(talk(before, tenMegabytes, after), 200)
    expect(calls).toEqual([`${TOKEN} up`])
    await isWell()
  })

  test('that posts without end has called, and is cut off', async () => {
    const caller = talk(`${head(ping, 'Transfer-Encoding: chunked')}2000000\r\n`)
    for (let sent = 0; sent < 3; sent++) caller.socket.write(tenMegabytes)
    await hears(caller, 200)
    await caller.closed
    expect(calls).toEqual([`${TOKEN} up`])
    await isWell()
  })

  test('that speaks HTTP/1.0 has called', async () => {
    const caller = talk(`GET ${ping} HTTP/1.0\r\nHost: a\r\n\r\n`)
    await hears(caller, 200)
    await caller.closed
    expect(calls).toEqual([`${TOKEN} up`])
  })

  test('that says three things at once is heard in order', async () => {
    const caller = talk(
      ['/start', '/log', '/0'].map((action) => head(ping + action, 'Content-Length: 0')).join(''),
    )
    await vi.waitFor(() => expect(caller.text().match(/HTTP\/1\.1 200/g)).toHaveLength(3))
    expect(calls).toEqual(['start', 'log', 'up'].map((word) => `${TOKEN} ${word}`))
  })

  test('is not told what serves it', async () => {
    const { headers } = await fetch(`http://127.0.0.1:${server.port}${ping}`)
    expect([headers.get('server'), headers.get('x-powered-by')]).toEqual([null, null])
  })
})

test('callers that say nothing leave room for others once their time is over', async () => {
  await hurry()
  const silent = Array.from({ length: patient.connections }, () => talk('G'))
  await vi.waitFor(isWell, { timeout: 10_000 })
  await Promise.all(silent.map(({ closed }) => closed))
})

describe('a server that stops', () => {
  test('answers the requests under way, and takes no more', async () => {
    const gate = Promise.withResolvers<Recorded>()
    answer = () => gate.promise
    const caller = talk(head(ping, 'Content-Length: 0'))
    await vi.waitFor(() => expect(calls).toHaveLength(1))
    const stopped = server.stop()
    const port = caller.socket.remotePort
    await expect(fetch(`http://127.0.0.1:${port}${ping}`)).rejects.toThrow('fetch failed')
    gate.resolve('recorded')
    await Promise.all([stopped, caller.closed])
    expect(statusOf(caller.text())).toBe(200)
  })

  test('may be started and stopped twice', async () => {
    await server.start()
    await server.stop()
    await server.stop()
    await server.start()
    await isWell()
  })

  test('says so when its port is taken', async () => {
    const second = new WebServer({ host: '127.0.0.1', port: server.port }, () => new Response())
    await expect(second.start()).rejects.toThrow('EADDRINUSE')
    await second.stop()
  })
})
