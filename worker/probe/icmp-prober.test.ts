import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { isAlive } from '../../scripts/support/is-alive.ts'
import { type Asked, examineBy } from '../../test/support/examine-by.ts'
import { type IcmpProberOptions, icmpProber } from './icmp-prober.ts'
import type { Resolve } from './resolver.ts'

/** Stands in for the addresses that are always refused: those are never sent anything. */
const REFUSED = '127.0.0.2'
const ECHO = 'echo "64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.5 ms"'
/** A process of its own, so that what is killed is what sleeps. */
const HANG = 'exec sleep 60'

const folder = mkdtempSync(join(tmpdir(), 'icmp-'))
const argumentsPath = join(folder, 'arguments')
const startsPath = join(folder, 'starts')
afterAll(() => rmSync(folder, { recursive: true }))

/** A script in place of ping, which writes down how it was called. */
function fakePing(name: string, body: string): string {
  const path = join(folder, name)
  writeFileSync(
    path,
    `#!/bin/sh\nprintf '%s\\n' "$*" > ${argumentsPath}\necho $$ >> ${startsPath}\n${body}\n`,
  )
  chmodSync(path, 0o755)
  return path
}
const echo = fakePing('echo', ECHO)
const hang = fakePing('hang', HANG)

const resolve: Resolve = async (name) => {
  if (name === 'up.test') return ['127.0.0.1', '::1']
  if (name === 'v4.test') return ['127.0.0.1']
  if (name === 'mixed.test') return ['127.0.0.1', REFUSED]
  if (name === 'silent.test') return new Promise(() => undefined)
  return { outcome: 'failed', failure: 'dns', message: 'no such name' }
}

function proberWith(options: Partial<IcmpProberOptions>) {
  const addresses = { allowPrivate: true, alsoRefused: [REFUSED] }
  return icmpProber({ addresses, resolve, ...options })
}

const short = { timeoutMs: 300 }

describe('a host is', () => {
  const silent = fakePing('silent', 'exit 1')
  const unreachable = fakePing('unreachable', 'echo "Destination Host Unreachable"; exit 1')
  const forbidden = fakePing('forbidden', 'echo "socket: Operation not permitted" >&2; exit 2')
  const flood = fakePing('flood', 'while :; do echo xxxxxxxxxxxxxxxx; done')
  const notExecutable = join(folder, 'not-executable')
  writeFileSync(notExecutable, '')
  test.each<[string, string, string, string, string, Asked?]>([
    ['up when it answers', 'icmp://127.0.0.1', echo, 'up', ''],
    ['up by its name', 'icmp://up.test', echo, 'up', ''],
    ['down when it is silent', 'icmp://127.0.0.1', silent, 'down timeout', 'no answer within'],
    ['down when ping hangs', 'icmp://127.0.0.1', hang, 'down timeout', 'within 300 ms', short],
    [
      'down when ping talks without end',
      'icmp://127.0.0.1',
      flood,
      'down timeout',
      'within',
      short,
    ],
    [
      'down when there is no way to it',
      'icmp://127.0.0.1',
      unreachable,
      'down unreachable',
      'no route',
    ],
    ['down when its name does not exist', 'icmp://missing.test', echo, 'down dns', 'no such name'],
    ['down when nobody resolves its name', 'icmp://silent.test', echo, 'down dns', 'within', short],
    [
      'down when it has no address of the family',
      'icmp://v4.test',
      echo,
      'down dns',
      'no IPv6 address',
      { ipFamily: 'ipv6' },
    ],
    ['not asked at a refused address', `icmp://${REFUSED}`, echo, 'down blocked', REFUSED],
    ['not asked at one among others', 'icmp://mixed.test', echo, 'down blocked', REFUSED],
    [
      'not judged where ping is not installed',
      'icmp://127.0.0.1',
      join(folder, 'none'),
      'inconclusive',
      'not installed',
    ],
    [
      'not judged where ping may not be run',
      'icmp://127.0.0.1',
      notExecutable,
      'inconclusive',
      'may not be run',
    ],
    [
      'not judged where ping is not permitted',
      'icmp://127.0.0.1',
      forbidden,
      'inconclusive',
      'ping_group_range',
    ],
    [
      'not judged by a worker that stops',
      'icmp://127.0.0.1',
      hang,
      'inconclusive',
      'stopping',
      { signal: AbortSignal.abort() },
    ],
    [
      'not judged when its URL cannot be read',
      'icmp://',
      echo,
      'inconclusive',
      'url: the host is missing',
    ],
  ])('%s', async (_, url, program, outcome, part, asked) => {
    const { result } = await examineBy(proberWith({ program }), 'icmp', url, asked)
    expect([result.result, result.failure].filter((word) => word !== null).join(' ')).toBe(outcome)
    expect(result.message ?? '').toContain(part)
  })

  test('answering as fast as ping says, however long the program took to start', async () => {
    const { result } = await examineBy(proberWith({ program: echo }), 'icmp', 'icmp://127.0.0.1')
    expect(result).toMatchObject({
      ttfbMs: 0.5,
      latencyMs: 0.5,
      remoteAddress: '127.0.0.1',
      statusCode: null,
    })
  })
})

describe('ping is called with an address and nothing that a site could choose', () => {
  test.each<[string, string, string, Asked?]>([
    ['IPv4', 'icmp://127.0.0.1', '-n -c 1 -W 5 -4 127.0.0.1'],
    ['IPv4 in another spelling', 'icmp://2130706433', '-n -c 1 -W 5 -4 127.0.0.1'],
    ['IPv6', 'icmp://[::1]', '-n -c 1 -W 5 -6 ::1'],
    ['a name: the first of its addresses', 'icmp://up.test', '-n -c 1 -W 5 -4 127.0.0.1'],
    ['a name and a family', 'icmp://up.test', '-n -c 1 -W 5 -6 ::1', { ipFamily: 'ipv6' }],
    [
      'whole seconds, upwards',
      'icmp://127.0.0.1',
      '-n -c 1 -W 2 -4 127.0.0.1',
      { timeoutMs: 1_001 },
    ],
  ])('%s', async (_, url, called, asked) => {
    await examineBy(proberWith({ program: echo }), 'icmp', url, asked)
    expect(readFileSync(argumentsPath, 'utf8').trim()).toBe(called)
  })

  test('and with nothing of our environment but the path', async () => {
    const environmentPath = join(folder, 'environment')
    const program = fakePing('env', `env > ${environmentPath}; ${ECHO}`)
    vi.stubEnv('DATABASE_URL', 'postgres://u:hunter2@127.0.0.1/x')
    await examineBy(proberWith({ program }), 'icmp', 'icmp://127.0.0.1')
    vi.unstubAllEnvs()
    expect(readFileSync(environmentPath, 'utf8')).not.toContain('hunter2')
  })
})

describe('no more than so many run at once', () => {
  const examine = (prober: ReturnType<typeof proberWith>, timeoutMs: number) =>
    examineBy(prober, 'icmp', 'icmp://127.0.0.1', { timeoutMs })

  test('who does not get a turn in half of the time is not judged', async () => {
    const prober = proberWith({ program: hang, pingsMax: 2 })
    const seen = await Promise.all([1, 2, 3, 4].map(() => examine(prober, 1_000)))
    expect(seen.map(({ result }) => result.result)).toEqual([
      'down',
      'down',
      'inconclusive',
      'inconclusive',
    ])
    expect(seen[3]?.result.message).toContain('too many pings')
  })

  test('who waits has a turn once another is done', async () => {
    const prober = proberWith({ program: echo, pingsMax: 1 })
    const seen = await Promise.all([1, 2, 3, 4, 5].map(() => examine(prober, 5_000)))
    expect(seen.map(({ result }) => result.result)).toEqual(['up', 'up', 'up', 'up', 'up'])
  })

  test('a turn is free again after a timeout', async () => {
    const prober = proberWith({ program: hang, pingsMax: 1 })
    for (let round = 0; round < 3; round++)
      expect((await examine(prober, 200)).result).toMatchObject({ failure: 'timeout' })
  })

  test('a turn is free again although something that ping started goes on', async () => {
    const program = fakePing('parent', 'sleep 2; exit 1')
    const prober = proberWith({ program, pingsMax: 1 })
    for (let round = 0; round < 2; round++)
      expect((await examine(prober, 200)).result).toMatchObject({ failure: 'timeout' })
  })

  test('a turn is free again where there is no ping', async () => {
    const prober = proberWith({ program: join(folder, 'none'), pingsMax: 1 })
    for (let round = 0; round < 3; round++)
      expect((await examine(prober, 1_000)).result.message).toContain('not installed')
  })

  test('no process is left', async () => {
    await examine(proberWith({ program: hang }), 200)
    const started = readFileSync(startsPath, 'utf8').trim().split('\n')
    await vi.waitFor(() => expect(started.map(Number).filter(isAlive)).toEqual([]))
  })
})

/** Whether this machine can send an echo to itself, which containers often may not. */
const canPing = (address: string) =>
  spawnSync('ping', ['-n', '-c', '1', '-W', '1', address], { stdio: 'ignore' }).status === 0

describe("by the system's own ping", () => {
  test.skipIf(!canPing('127.0.0.1'))(
    '127.0.0.1 is up, where ping is installed and permitted',
    async () => {
      const { result } = await examineBy(proberWith({}), 'icmp', 'icmp://127.0.0.1')
      expect(result).toMatchObject({
        result: 'up',
        ttfbMs: expect.any(Number),
        remoteAddress: '127.0.0.1',
      })
    },
  )

  test.skipIf(!canPing('::1'))('::1 is up, where there is IPv6 as well', async () => {
    const { result } = await examineBy(proberWith({}), 'icmp', 'icmp://[::1]')
    expect(result).toMatchObject({ result: 'up', ttfbMs: expect.any(Number), remoteAddress: '::1' })
  })
})
