import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { EXPIRED_AT_MS, makeCertificates } from '../../test/support/certificates.ts'
import { type Asked, examineBy } from '../../test/support/examine-by.ts'
import {
  type HostileOptions,
  type HostileTarget,
  startHostileTarget,
} from '../../test/support/hostile-target.ts'
import { startTalkingServer } from '../../test/support/talking-server.ts'
import type { Prober } from './prober.ts'
import type { Resolve } from './resolver.ts'
import { tlsProber } from './tls-prober.ts'

/** Stands in for the addresses that are always refused: those are never connected to. */
const REFUSED = '127.0.0.2'

const resolve: Resolve = async (name) =>
  name === 'localhost'
    ? ['127.0.0.1']
    : { outcome: 'failed', failure: 'dns', message: 'no such name' }

const secretsDir = mkdtempSync(join(tmpdir(), 'tls-prober-'))
let prober: Prober
let stranger: Prober
const servers = new Map<string, Pick<HostileTarget, 'port' | 'openConnections' | 'stop'>>()
beforeAll(async () => {
  const { ca, valid, expired, notYetValid, wrongHost, selfSigned } = await makeCertificates()
  prober = tlsProber({
    addresses: { allowPrivate: true, alsoRefused: [REFUSED] },
    resolve,
    trustedCa: ca,
    secretsDir,
  })
  stranger = tlsProber({ addresses: { allowPrivate: true }, resolve, secretsDir })
  writeFileSync(join(secretsDir, 'ca.pem'), ca)
  const kinds: Record<string, HostileOptions> = {
    valid: { tls: valid },
    expired: { tls: expired },
    notYetValid: { tls: notYetValid },
    wrongHost: { tls: wrongHost },
    selfSigned: { tls: selfSigned },
    mute: { isMute: true },
  }
  for (const [name, options] of Object.entries(kinds))
    servers.set(name, await startHostileTarget(options))
  servers.set(
    'rst',
    await startTalkingServer((socket) => void socket.once('data', () => socket.resetAndDestroy())),
  )
  servers.set('junk', await startTalkingServer((socket) => void socket.end('220 hello\r\n')))
  servers.set(
    'drip',
    await startTalkingServer((socket) => void socket.write(Buffer.from([22, 3, 3, 0]))),
  )
  servers.set(
    'flood',
    await startTalkingServer((socket) => void socket.write(Buffer.alloc(1_000_000, 22))),
  )
  servers.set(
    'hangup',
    await startTalkingServer((socket) => void socket.once('data', () => socket.end())),
  )
})
afterAll(async () => {
  for (const server of servers.values()) await server.stop()
  rmSync(secretsDir, { recursive: true })
})

function examine(name: string, asked: Asked = {}, host = 'localhost') {
  return examineBy(prober, 'tls', `tls://${host}:${servers.get(name)?.port ?? 1}`, asked)
}

const short = { timeoutMs: 300 }
const lax = { verifyTls: false }

describe('a certificate is', () => {
  test.each<[string, string, string, string, Asked?, string?]>([
    ['in order', 'valid', 'up', ''],
    ['in order for an address', 'valid', 'up', '', {}, '127.0.0.1'],
    ['expired', 'expired', 'down tls_cert', 'has expired'],
    ['of tomorrow', 'notYetValid', 'down tls_cert', 'not valid yet'],
    ['of another name', 'wrongHost', 'down tls_cert', 'another name'],
    ['self-signed', 'selfSigned', 'down tls_cert', 'self-signed'],
    ['expired, which does not matter', 'expired', 'up', '', lax],
    ['self-signed, which does not matter', 'selfSigned', 'up', '', lax],
    ['never shown: the server is mute', 'mute', 'down connect_timeout', 'no TLS handshake', short],
    ['never shown: the server drips', 'drip', 'down connect_timeout', 'no TLS handshake', short],
    ['never shown: a reset', 'rst', 'down tls_handshake', 'during the TLS handshake'],
    [
      'never shown: the server hangs up',
      'hangup',
      'down tls_handshake',
      'during the TLS handshake',
    ],
    ['never shown: plain text', 'junk', 'down tls_handshake', 'TLS handshake failed'],
    ['never shown: a flood of junk', 'flood', 'down tls_handshake', 'TLS handshake failed'],
    ['never shown: the port is closed', 'nobody', 'down refused', 'refused', {}, '127.0.0.1'],
    [
      'never shown: the name does not exist',
      'valid',
      'down dns',
      'no such name',
      {},
      'missing.test',
    ],
    ['never asked for at a refused address', 'valid', 'down blocked', REFUSED, {}, REFUSED],
    [
      'never asked for by a worker that stops',
      'mute',
      'inconclusive',
      'stopping',
      { signal: AbortSignal.abort() },
    ],
  ])('%s', async (_, name, outcome, part, asked, host) => {
    const { result } = await examine(name, asked, host)
    expect([result.result, result.failure].filter((word) => word !== null).join(' ')).toBe(outcome)
    expect(result.message ?? '').toContain(part)
  })

  test('known by its expiry, also when it is not valid any more', async () => {
    const { result } = await examine('expired')
    expect(result).toMatchObject({
      certExpiresAtMs: EXPIRED_AT_MS,
      remoteAddress: '127.0.0.1',
      connectMs: expect.any(Number),
      tlsMs: expect.any(Number),
      certificate: {
        subject: 'localhost',
        issuer: 'Uptick test authority',
        expiresAtMs: EXPIRED_AT_MS,
        chainError: 'the certificate has expired',
      },
    })
  })

  test('the whole answer: a rule about a body finds it empty', async () => {
    const { result } = await examine('valid', { bodyRegex: '^$' })
    expect(result).toMatchObject({
      result: 'up',
      extractedValue: '',
      responseBytes: 0,
      statusCode: null,
    })
  })
})

describe('a site may name', () => {
  test('the server that is meant', async () => {
    const { result } = await examine('wrongHost', { tlsServerName: 'elsewhere.example' })
    expect(result).toMatchObject({ result: 'up', certificate: { chainError: null } })
  })

  test('whom it trusts, by a file', async () => {
    const url = `tls://localhost:${servers.get('valid')?.port}`
    const { result } = await examineBy(stranger, 'tls', url, { tlsCaFile: 'ca.pem' })
    expect(result.result).toBe('up')
    expect((await examineBy(stranger, 'tls', url)).result).toMatchObject({ failure: 'tls_cert' })
  })

  test('a file that is not there, which says nothing of the server', async () => {
    const { result } = await examine('valid', { tlsCaFile: 'missing.pem' })
    expect(result).toMatchObject({
      result: 'inconclusive',
      message: expect.stringContaining('tls_ca_file'),
    })
  })

  test('the family of its address', async () => {
    const { result } = await examine('valid', { ipFamily: 'ipv6' })
    expect(result).toMatchObject({ failure: 'dns', message: expect.stringContaining('no IPv6') })
  })
})

test('a server that speaks none of the protocols of the web is not offered any', async () => {
  const { selfSigned } = await makeCertificates()
  const server = createServer({ ...selfSigned, ALPNCallback: () => undefined })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const { result } = await examineBy(prober, 'tls', `tls://127.0.0.1:${port}`, lax)
  await new Promise((closed) => server.close(closed))
  expect(result.result).toBe('up')
})

test('no connection stays open', async () => {
  for (const name of servers.keys()) await examine(name, short)
  await vi.waitFor(() => {
    expect([...servers.values()].map((server) => server.openConnections)).toEqual(
      [...servers].map(() => 0),
    )
  })
})
