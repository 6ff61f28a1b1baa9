import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Asked, examineBy } from '../../test/support/examine-by.ts'
import { startTalkingServer, type TalkingServer } from '../../test/support/talking-server.ts'
import type { Resolve } from './resolver.ts'
import { tcpProber } from './tcp-prober.ts'

const MIB = 1024 * 1024
/** Stands in for the addresses that are always refused: those are never connected to. */
const REFUSED = '127.0.0.2'

const talks: Readonly<Record<string, (socket: Socket) => void>> = {
  mute: () => undefined,
  banner: (socket) => void socket.write('220 mail.test ready\r\n'),
  'banner in pieces': (socket) =>
    void socket.write('220-mail', () => setTimeout(() => socket.write('.test ready'), 50)),
  'banner and close': (socket) => void socket.end('220 mail.test ready\r\n'),
  'banner and reset': (socket) =>
    void socket.write('220 mail.test ready\r\n', () =>
      setTimeout(() => socket.resetAndDestroy(), 50),
    ),
  close: (socket) => void socket.end(),
  reset: (socket) => void socket.resetAndDestroy(),
  echo: (socket) => void socket.on('data', (bytes) => socket.write(`heard ${bytes}`)),
  flood: (socket) => {
    const pour = () => {
      while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 'x')));
    }
    socket.on('drain', pour)
    pour()
  },
  drip: (socket) => {
    const timer = setInterval(() => socket.write('x'), 20)
    socket.once('close', () => clearInterval(timer))
  },
  junk: (socket) => void socket.end(Buffer.from([0xff, 0x00, 0xfe, 0x41])),
  'decomposed umlaut': (socket) => void socket.end('gru\u0308n'),
}

const resolve: Resolve = async (name) => {
  if (name === 'up.test') return ['127.0.0.1']
  if (name === 'mixed.test') return ['127.0.0.1', REFUSED]
  return { outcome: 'failed', failure: 'dns', message: 'no such name' }
}
const secretsDir = mkdtempSync(join(tmpdir(), 'tcp-prober-'))
writeFileSync(join(secretsDir, 'password'), 'hunter2\n')
const prober = tcpProber({
  secretsDir,
  addresses: { allowPrivate: true, alsoRefused: [REFUSED] },
  resolve,
})

const servers = new Map<string, TalkingServer>()
beforeAll(async () => {
  for (const [name, talk] of Object.entries(talks))
    servers.set(name, await startTalkingServer(talk))
  const closed = await startTalkingServer(() => undefined)
  await closed.stop()
  servers.set('closed', closed)
})
afterAll(async () => {
  for (const [name, server] of servers) if (name !== 'closed') await server.stop()
  rmSync(secretsDir, { recursive: true })
})

const portOf = (name: string) => servers.get(name)?.port ?? 0
/** The server of that name, by the address 127.0.0.1 unless another host is given. */
function examine(name: string, asked: Asked = {}, host = '127.0.0.1') {
  return examineBy(prober, 'tcp', `tcp://${host}:${portOf(name)}`, asked)
}

const short = { timeoutMs: 300 }
/** A rule that needs the text and accepts any. */
const anyText = { bodyRegex: '(?s)(.*)' }

describe('a port is up when it can be connected to', () => {
  test.each<[string, string, string, string, Asked?, string?]>([
    ['it is open', 'mute', 'up', ''],
    ['it is open, by name', 'mute', 'up', '', {}, 'up.test'],
    ['it talks, and nobody asked', 'banner', 'up', ''],
    ['it closes at once', 'close', 'up', ''],
    ['it takes what is sent', 'echo', 'up', '', { body: 'PING\r\n' }],
    ['it is closed', 'closed', 'down refused', 'connection refused'],
    ['its name does not exist', 'mute', 'down dns', 'no such name', {}, 'missing.test'],
    ['its address is refused', 'mute', 'down blocked', REFUSED, {}, REFUSED],
    ['one of its addresses is refused', 'mute', 'down blocked', REFUSED, {}, 'mixed.test'],
    [
      'the worker stops',
      'mute',
      'inconclusive',
      'stopping',
      { signal: AbortSignal.abort(), ...anyText },
    ],
  ])('%s', async (_, name, outcome, part, asked, host) => {
    const { result, observation } = await examine(name, asked, host)
    expect([result.result, result.failure].filter((word) => word !== null).join(' ')).toBe(outcome)
    expect(result.message ?? '').toContain(part)
    if (outcome === 'up') {
      expect(observation).toMatchObject({
        outcome: 'answered',
        remoteAddress: '127.0.0.1',
        statusCode: null,
        phases: { connectMs: expect.any(Number), tlsMs: null },
      })
    }
  })

  test('its URL cannot be read: nobody is to blame but us', async () => {
    const { result } = await examineBy(prober, 'tcp', 'tcp://127.0.0.1')
    expect(result).toMatchObject({
      result: 'inconclusive',
      message: 'url: "127.0.0.1" has no port',
    })
  })
})

describe('what it says is judged when a rule asks for it', () => {
  test.each<[string, string, string, string, Asked]>([
    ['a banner', 'banner', 'up', '', { bodyRegex: '^220 (\\S+)' }],
    ['a banner in two pieces', 'banner in pieces', 'up', '', { bodyRegex: 'mail.test ready' }],
    ['a banner before the end', 'banner and close', 'up', '', { bodyRegex: '^220' }],
    ['a banner before a reset', 'banner and reset', 'up', '', { bodyRegex: '^220' }],
    [
      'the answer to what was sent',
      'echo',
      'up',
      '',
      { body: 'PING\r\n', bodyRegex: '^heard PING' },
    ],
    ['another banner', 'banner', 'down body', 'no match', { bodyRegex: '^554' }],
    ['the beginning of a flood', 'flood', 'up', '', { bodyRegex: '^xxx' }],
    [
      'what a flood does not begin with',
      'flood',
      'down too_large',
      'first 1 MiB',
      { bodyRegex: 'y' },
    ],
    ['a drip, as far as the time goes', 'drip', 'up', '', { bodyRegex: '^xx', ...short }],
    ['what is not UTF-8', 'junk', 'up', '', { bodyRegex: '\ufffd\ufffd?A' }],
    ['letters in normal form', 'decomposed umlaut', 'up', '', { bodyRegex: '^gr\u00fcn$' }],
    ['silence', 'mute', 'down timeout', 'no answer within 300 ms', { ...anyText, ...short }],
    [
      'silence after what was sent',
      'mute',
      'down timeout',
      'no answer',
      { body: 'PING', ...anyText, ...short },
    ],
    ['a close without a word', 'close', 'down reset', 'closed before anything', anyText],
    ['a reset without a word', 'reset', 'down reset', 'reset', anyText],
  ])('%s', async (_, name, outcome, part, asked) => {
    const { result } = await examine(name, asked)
    expect([result.result, result.failure].filter((word) => word !== null).join(' ')).toBe(outcome)
    expect(result.message ?? '').toContain(part)
  })

  test('its first byte has a time, its beginning is kept, and its bytes are counted', async () => {
    const { observation } = await examine('banner and close', anyText)
    expect(observation).toMatchObject({
      body: { kind: 'whole', text: '220 mail.test ready\r\n' },
      beginning: '220 mail.test ready\r\n',
      responseBytes: 21,
      phases: { ttfbMs: expect.any(Number) },
    })
  })

  test('its latency ends with what it said, not with the pause after it', async () => {
    const { result } = await examine('banner', anyText)
    expect(Math.abs((result.latencyMs ?? 0) - (result.ttfbMs ?? 0))).toBeLessThan(200)
  })

  test('no more than 1 MiB of it is kept', async () => {
    const { observation } = await examine('flood', anyText)
    expect(observation).toMatchObject({ responseBytes: MIB, body: { kind: 'beginning' } })
  })
})

test('what is sent arrives as it is written', async () => {
  const server = servers.get('echo')
  const line = 'EHLO gr\u00fcn\r\n'
  await examine('echo', { body: line })
  await vi.waitFor(() => expect(server?.heard).toContain(line))
})

test('a secret is filled in where it is sent', async () => {
  const asked = { body: 'AUTH {{secret:password}}\r\n', bodyRegex: '^heard AUTH hunter2' }
  expect((await examine('echo', asked)).result.result).toBe('up')
})

test('a secret that is not there says nothing of the server', async () => {
  const { result } = await examine('echo', { body: 'AUTH {{secret:missing}}' })
  expect(result).toMatchObject({
    result: 'inconclusive',
    message: expect.stringContaining('body: the secret "missing"'),
  })
})

test('no connection stays open', async () => {
  for (const name of Object.keys(talks)) await examine(name, { ...anyText, ...short })
  await vi.waitFor(() => {
    expect([...servers.values()].map((server) => server.openConnections)).toEqual(
      [...servers].map(() => 0),
    )
  })
})
