import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Check,
  defaultExpectation,
  defaultTarget,
  type Expectation,
  type Target,
} from '#shared/domain/check.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import { keepLog } from '../../test/support/kept-log.ts'
import { type NameServer, startNameServer, type Zone } from '../../test/support/name-server.ts'
import { openScriptedTarget, type ScriptedTarget } from '../../test/support/scripted-target.ts'
import { httpProber } from '../probe/http-prober.ts'
import { performCheck } from '../probe/perform-check.ts'
import type { Prober } from '../probe/prober.ts'
import { systemResolver } from '../probe/resolver.ts'
import type { AskRoute } from './ask-route.ts'
import { CanaryWatch } from './canary-watch.ts'
import { ClockWatch } from './clock-watch.ts'
import { NameWatch } from './name-watch.ts'
import { openSelfWatch } from './open-self-watch.ts'

const HOME = [127, 0, 0, 1]
const silence = { A: 'silence', AAAA: 'silence' } as const
const failing = { A: 'SERVFAIL', AAAA: 'SERVFAIL' } as const

let target: ScriptedTarget
let closed: number
const zone: Record<string, Zone[string]> = {}
let nameServer: NameServer
beforeAll(async () => {
  target = await openScriptedTarget()
  for (const mode of ['failing', 'hanging'] as const) target.set(`/${mode}`, mode)
  closed = await closedPort()
  nameServer = await startNameServer(zone)
})
afterAll(async () => {
  await target.close()
  await nameServer.stop()
})

async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

type World = {
  /** How long the worker stands still when the probe is over, as its deadline fires. */
  readonly stallMs?: number
  /** How far the wall's clock jumps while the probe lasts. */
  readonly jumpMs?: number
  readonly canaries?: 'answer' | 'fail'
  readonly names?: Readonly<Record<string, Zone[string]>>
  readonly route?: Awaited<ReturnType<AskRoute>>
  /** In place of the real one. */
  readonly prober?: Prober
}

/** Performs a check as a worker does, in a world of which something is wrong. */
async function perform(
  url: string,
  ask: Partial<Target & Expectation> = {},
  world: World = {},
): Promise<CheckResult> {
  for (const name of Object.keys(zone)) delete zone[name]
  Object.assign(zone, world.names)
  const now = { addedMs: 0, jumpedMs: 0 }
  const monotonicMs = () => performance.now() + now.addedMs
  const clock = new ClockWatch(keepLog().log, {
    monotonicMs,
    wallMs: () => monotonicMs() + now.jumpedMs,
  })
  const names = new NameWatch({ servers: [nameServer.address], patienceMs: 300 })
  const resolve = systemResolver({
    servers: [nameServer.address],
    onResolved: (name) => names.remember(name),
  })
  const addresses = { allowPrivate: true }
  const prober = world.prober ?? httpProber({ version: '0.0.0', addresses, resolve })
  const canary = world.canaries === 'fail' ? `http://127.0.0.1:${closed}/` : `${target.url}/ok`
  const urls = world.canaries === undefined ? [] : [canary]
  const canaries = new CanaryWatch({
    urls,
    prober: httpProber({ version: '0.0.0', addresses, resolve }),
    log: keepLog().log,
    gapMs: 1,
  })
  const asked: string[] = []
  const selfWatch = openSelfWatch({
    clock,
    names,
    canaries,
    askRoute: async (address) => {
      asked.push(address)
      return world.route ?? 'routed'
    },
  })
  await selfWatch.start()
  if (world.names !== undefined) await resolve('good.test')
  try {
    return await performCheck(checkOf(url, ask), {
      prober: {
        async probe(...given) {
          const observation = await prober.probe(...given)
          now.addedMs += world.stallMs ?? 0
          now.jumpedMs += world.jumpMs ?? 0
          return observation
        },
      },
      clock: { nowMs: () => 61_000 },
      selfWatch,
      secretsOf: () => [],
      worker: 'w1',
    })
  } finally {
    await selfWatch.stop()
  }
}

function checkOf(url: string, ask: Partial<Target & Expectation>): Check {
  return {
    siteId: 7,
    slotMs: 60_000,
    cadenceSeconds: 60,
    occasion: 'slot',
    avoidWorker: null,
    target: { ...defaultTarget, timeoutMs: 3_000, ...ask, url },
    expectation: { ...defaultExpectation, ...ask },
  }
}

const short = { timeoutMs: 200 }
const stall = { stallMs: 2_400 }
const good = { '*.good.test': {}, 'good.test': { A: [HOME] } }
const dead = { '*.good.test': silence, 'good.test': { A: [HOME] } }

const unreachable: Prober = {
  probe: async () => ({
    outcome: 'failed',
    failure: 'unreachable',
    message: 'the network is unreachable',
    address: '127.0.0.9',
    phases: { dnsMs: null, connectMs: null, tlsMs: null, ttfbMs: null, totalMs: 1 },
    hops: [],
    statusCode: null,
    httpVersion: null,
    remoteAddress: null,
    certExpiresAtMs: null,
    certificate: null,
  }),
}

type Row = readonly [
  sentence: string,
  url: () => string,
  outcome: string,
  message: string | null,
  ask?: Partial<Target & Expectation>,
  world?: World,
]

function table(rows: readonly Row[]): void {
  for (const [sentence, url, outcome, message, ask = {}, world = {}] of rows) {
    test(sentence, async () => {
      const seen = await perform(url(), ask, world)
      expect([seen.result, seen.failure].filter((word) => word !== null).join(' ')).toBe(outcome)
      if (message === null) expect(seen.message).toBeNull()
      else expect(seen.message).toContain(message)
    })
  }
}

const at = (path: string) => () => `${target.url}${path}`
const refused = () => `http://127.0.0.1:${closed}/`
const stoodStill = 'this worker stood still for 2.'

describe('a worker that stood still', () => {
  table([
    ['calls a site up that answered', at('/ok'), 'up', null, {}, stall],
    ['calls a timeout inconclusive', at('/hanging'), 'inconclusive', stoodStill, short, stall],
    [
      'says what it saw',
      at('/hanging'),
      'inconclusive',
      '; seen: no answer within 200',
      short,
      stall,
    ],
    ['calls a wrong status down', at('/failing'), 'down status', 'status 503', {}, stall],
    ['calls a wrong body down', at('/ok'), 'down body', 'no match', { bodyRegex: 'x' }, stall],
    ['calls a refused connection down', refused, 'down refused', 'refused', {}, stall],
    ['calls a timeout down when it did not', at('/hanging'), 'down timeout', 'within 200', short],
    [
      'calls a name down that does not exist',
      () => 'http://missing.test/',
      'down dns',
      'no such name',
      {},
      { ...stall, names: good },
    ],
    [
      'calls name servers that fail inconclusive',
      () => 'http://bad.test/',
      'inconclusive',
      stoodStill,
      {},
      { ...stall, names: { ...good, 'bad.test': failing } },
    ],
  ])

  test('does not know whether a good answer was in time, but that one was', async () => {
    const late = await perform(at('/ok')(), { slaMs: 0.001 }, stall)
    expect([late.result, late.slaMet, late.latencyMs]).toEqual(['up', null, expect.any(Number)])
    expect(await perform(at('/ok')(), { slaMs: 5_000 }, stall)).toMatchObject({ slaMet: true })
  })

  test('keeps what it measured', async () => {
    const seen = await perform(at('/hanging')(), short, stall)
    expect(seen).toMatchObject({ failure: null, connectMs: expect.any(Number) })
    expect(seen.latencyMs).toBeGreaterThanOrEqual(150)
  })
})

describe('a worker whose clock jumped', () => {
  const jump = { jumpMs: 3_600_000 }
  table([
    ['calls a timeout inconclusive', at('/hanging'), 'inconclusive', 'jumped by 3600', short, jump],
    ['calls a wrong status down', at('/failing'), 'down status', '503', {}, jump],
  ])
})

describe('a host that cannot be reached', () => {
  const site = () => 'http://127.0.0.9/'
  table([
    ['is down when there is a route', site, 'down unreachable', '', {}, { prober: unreachable }],
    [
      'is not to blame when there is none',
      site,
      'inconclusive',
      'this worker has no route to 127.0.0.9; seen: the network is unreachable',
      {},
      { prober: unreachable, route: 'no_route' },
    ],
    [
      'is not to blame when nobody can tell',
      site,
      'inconclusive',
      'this worker cannot look for a route to 127.0.0.9',
      {},
      { prober: unreachable, route: 'unasked' },
    ],
  ])
})

describe('a name', () => {
  const silent = () => 'http://silent.test/'
  const ours = 'the name servers of this worker do not answer'
  table([
    [
      'that is silent among names that answer is down',
      silent,
      'down dns',
      'no answer from the name servers within 200 ms',
      short,
      { names: { ...good, 'silent.test': silence } },
    ],
    [
      'that is silent like all others is inconclusive',
      silent,
      'inconclusive',
      `${ours}; seen: no answer`,
      short,
      { names: { ...dead, 'silent.test': silence } },
    ],
    [
      'whose servers fail among names that answer is down',
      () => 'http://bad.test/',
      'down dns',
      'failed to answer',
      {},
      { names: { ...good, 'bad.test': failing } },
    ],
    [
      'whose servers fail like all others is inconclusive',
      () => 'http://bad.test/',
      'inconclusive',
      ours,
      {},
      { names: { ...dead, 'bad.test': failing } },
    ],
    [
      'that does not exist is down, whatever others do',
      () => 'http://missing.test/',
      'down dns',
      'no such name',
      {},
      { names: dead },
    ],
  ])
})

describe('canaries that fail', () => {
  const fail = { canaries: 'fail' } as const
  const reason = 'the canaries of this worker do not answer either (1 of 1); seen: '
  table([
    ['leave a site up that answers', at('/ok'), 'up', null, {}, fail],
    ['leave a wrong status down', at('/failing'), 'down status', '503', {}, fail],
    ['leave a wrong body down', at('/ok'), 'down body', '', { bodyRegex: 'x' }, fail],
    ['make a refusal inconclusive', refused, 'inconclusive', `${reason}connection`, {}, fail],
    ['make a timeout inconclusive', at('/hanging'), 'inconclusive', reason, short, fail],
    [
      'make a name inconclusive that does not exist',
      () => 'http://missing.test/',
      'inconclusive',
      reason,
      {},
      { ...fail, names: good },
    ],
  ])
})

describe('canaries that answer', () => {
  const answer = { canaries: 'answer' } as const
  table([
    ['leave a refusal down', refused, 'down refused', 'refused', {}, answer],
    ['leave a timeout down', at('/hanging'), 'down timeout', 'within 200', short, answer],
  ])
})
