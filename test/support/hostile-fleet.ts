import { createServer } from 'node:net'
import {
  type Check,
  defaultExpectation,
  defaultTarget,
  type Expectation,
  type Target,
} from '#shared/domain/check.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import { httpProber } from '../../worker/probe/http-prober.ts'
import { performCheck } from '../../worker/probe/perform-check.ts'
import type { Prober } from '../../worker/probe/prober.ts'
import type { Resolve } from '../../worker/probe/resolver.ts'
import { unwatched } from '../../worker/probe/self-watch.ts'
import { makeCertificates } from './certificates.ts'
import { type HostileOptions, type HostileTarget, startHostileTarget } from './hostile-target.ts'

/** What a check asks besides its URL, and from which kind of worker. */
export type Ask = Partial<Target & Expectation> & {
  /** `strict`: a worker that may not watch private addresses. */
  readonly by?: 'strict'
  readonly signal?: AbortSignal
}

export type HostileFleet = {
  readonly servers: readonly HostileTarget[]
  /**
   * Performs one check. `/path` is on the plain server; `{name}` in a URL is the address and port
   * of that server, `{:name}` its port alone.
   */
  perform(url: string, ask?: Ask): Promise<CheckResult>
  /** A URL with its places filled in. */
  place(text: string): string
  /** The requests that all servers together get while `work` runs. */
  requestsDuring(work: () => Promise<unknown>): Promise<readonly string[]>
  stop(): Promise<void>
}

/** 127.0.0.2 stands in for the addresses that are always refused: those are never connected to. */
const REFUSED = '127.0.0.2'

/** Names as a resolver of our own answers; no question leaves the machine. */
const names: Readonly<Record<string, Awaited<ReturnType<Resolve>>>> = {
  localhost: ['127.0.0.1'],
  'up.test': ['127.0.0.1'],
  'both.test': ['127.0.0.1', '::1'],
  'refused.test': [REFUSED],
  'mixed.test': ['127.0.0.1', REFUSED],
  'offline.test': { outcome: 'inconclusive', message: 'no name server can be asked' },
}

const resolve: Resolve = async (name) => {
  if (name === 'silent.test') return new Promise(() => undefined)
  return names[name] ?? { outcome: 'failed', failure: 'dns', message: 'no such name' }
}

/** Servers of every bad kind, and workers to look at them. */
export async function startHostileFleet(): Promise<HostileFleet> {
  const { ca, ...certificates } = await makeCertificates()
  const kinds: Record<string, HostileOptions> = {
    http: {},
    elsewhere: {},
    rst: { resetsAtOnce: true },
    mute: { isMute: true },
    valid: { certificate: certificates.valid },
    expired: { certificate: certificates.expired },
    notYetValid: { certificate: certificates.notYetValid },
    wrongHost: { certificate: certificates.wrongHost },
    selfSigned: { certificate: certificates.selfSigned },
  }
  const servers = await Promise.all(Object.values(kinds).map(startHostileTarget))
  const ports = new Map(Object.keys(kinds).map((name, at) => [name, servers[at]?.port ?? 0]))
  ports.set('closed', await closedPort())
  const place = (text: string) => fillIn(text, ports)
  const options = { version: '0.0.0', resolve, trustedCa: ca }
  const probers = {
    usual: httpProber({ ...options, addresses: { allowPrivate: true, alsoRefused: [REFUSED] } }),
    strict: httpProber({ ...options, addresses: { allowPrivate: false } }),
  }
  return {
    servers,
    place,
    perform: (url, ask = {}) => perform(probers[ask.by ?? 'usual'], place(url), ask),
    requestsDuring: (work) => requestsDuring(servers, work),
    stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
  }
}

function fillIn(text: string, ports: ReadonlyMap<string, number>): string {
  const url = text.startsWith('/') ? `http://{http}${text}` : text
  return url.replace(/\{(:?)(\w+)\}/g, (_, colon: string, name: string) => {
    return `${colon === '' ? '127.0.0.1' : ''}:${ports.get(name) ?? `${name} is unknown`}`
  })
}

function perform(prober: Prober, url: string, ask: Ask): Promise<CheckResult> {
  return performCheck(checkOf(url, ask), {
    prober,
    clock: { nowMs: () => 61_000 },
    selfWatch: unwatched,
    secretsOf: () => [],
    worker: 'w1',
    ...(ask.signal === undefined ? {} : { signal: ask.signal }),
  })
}

function checkOf(url: string, ask: Ask): Check {
  return {
    siteId: 7,
    slotMs: 60_000,
    cadenceSeconds: 60,
    occasion: 'slot',
    avoidWorker: null,
    target: { ...defaultTarget, timeoutMs: 5_000, ...ask, url: new URL(url).href },
    expectation: { ...defaultExpectation, ...ask },
  }
}

async function requestsDuring(servers: readonly HostileTarget[], work: () => Promise<unknown>) {
  const before = servers.map(({ requests }) => requests.length)
  await work()
  return servers.flatMap(({ requests }, at) => requests.slice(before[at]))
}

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  return typeof address === 'object' && address !== null ? address.port : 0
}
