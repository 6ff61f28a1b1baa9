import { createServer } from 'node:net'
import { type Check, defaultExpectation, defaultTarget } from '#shared/domain/check.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import { httpProber } from '../../worker/probe/http-prober.ts'
import { performCheck } from '../../worker/probe/perform-check.ts'
import type { Prober } from '../../worker/probe/prober.ts'
import { type Resolve, systemResolver } from '../../worker/probe/resolver.ts'
import { unwatched } from '../../worker/probe/self-watch.ts'
import { hostileZone } from '../hostile/hostile-zone.ts'
import { makeOddCertificates } from '../hostile/odd-certificates.ts'
import type { Ask } from '../hostile/theme.ts'
import { type Certificate, makeCertificates } from './certificates.ts'
import { type HostileOptions, type HostileTarget, startHostileTarget } from './hostile-target.ts'
import { startNameServer } from './name-server.ts'

export type HostileFleet = {
  readonly servers: readonly HostileTarget[]
  /** Performs one check of a URL with places to fill in, as `CheckCase` has them. */
  perform(url: string, ask?: Ask): Promise<CheckResult>
  /** A URL with its places filled in. */
  place(text: string): string
  /** The requests that all servers together get while `work` runs. */
  requestsDuring(work: () => Promise<unknown>): Promise<readonly string[]>
  stop(): Promise<void>
}

/** 127.0.0.2 stands in for the addresses that are always refused: those are never connected to. */
const REFUSED = '127.0.0.2'

/** Servers of every bad kind, and workers to look at them. */
export async function startHostileFleet(): Promise<HostileFleet> {
  const { ca, authority, ...certificates } = await makeCertificates()
  const kinds: Record<string, HostileOptions> = {
    http: {},
    elsewhere: {},
    rst: { resetsAtOnce: true },
    mute: { isMute: true },
    shakyHands: { isShy: true },
    curt: { tls: certificates.valid, isCurt: true },
    h2Only: { tls: { ...certificates.valid, ALPNProtocols: ['h2'] } },
    mutual: { tls: { ...certificates.valid, requestCert: true } },
    tls11: {
      tls: {
        ...certificates.valid,
        minVersion: 'TLSv1.1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      },
    },
    ...showing({ ...certificates, ...(await makeOddCertificates(authority)) }),
  }
  const [nameServer, ...servers] = await Promise.all([
    startNameServer(hostileZone()),
    ...Object.values(kinds).map(startHostileTarget),
  ])
  const ports = new Map(Object.keys(kinds).map((name, at) => [name, servers[at]?.port ?? 0]))
  ports.set('closed', await closedPort())
  const place = (text: string) => fillIn(text, ports)
  const probers = makeProbers(nameServer.address, ca)
  return {
    servers,
    place,
    perform: (url, ask = {}) => perform(probers[ask.by ?? 'usual'], place(url), ask),
    requestsDuring: (work) => requestsDuring(servers, work),
    stop: async () => {
      await Promise.all([nameServer, ...servers].map((server) => server.stop()))
    },
  }
}

/** A server for each certificate; the weak ones are shown only by a server that is told to. */
function showing(certificates: Readonly<Record<string, Certificate>>) {
  const ciphers = 'DEFAULT@SECLEVEL=0'
  return Object.fromEntries(
    Object.entries(certificates).map(([name, shown]) => [name, { tls: { ...shown, ciphers } }]),
  )
}

/** No question leaves the machine, and what the machine itself has been told does not count. */
function makeProbers(nameServer: string, trustedCa: string) {
  const asking = (server: string): Resolve =>
    systemResolver({
      servers: [server],
      askSystem: () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' })),
      hostsPath: '/dev/null',
      resolvConfPath: '/dev/null',
    })
  const options = { version: '0.0.0', resolve: asking(nameServer), trustedCa }
  const addresses = { allowPrivate: true, alsoRefused: [REFUSED] }
  return {
    usual: httpProber({ ...options, addresses }),
    strict: httpProber({ ...options, addresses: { allowPrivate: false } }),
    // Nobody answers on the port of discard.
    offline: httpProber({ ...options, addresses, resolve: asking('127.0.0.1:9') }),
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
    ...(ask.checkId === undefined ? {} : { checkId: ask.checkId }),
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
