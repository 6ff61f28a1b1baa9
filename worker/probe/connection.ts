import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls, type SecureContext, TLSSocket } from 'node:tls'
import { type AddressPolicy, refusalOf } from './address-guard.ts'
import type { Stage } from './deadline.ts'
import { failureOfCertificate, failureOfError } from './failure-of-error.ts'
import type { Journey } from './journey.ts'
import type { Stop } from './prober.ts'
import type { Resolve } from './resolver.ts'
import type { Trace } from './trace.ts'

/** What all connections of one prober share. */
export type Dialer = {
  readonly resolve: Resolve
  readonly addresses: AddressPolicy
  /** Made once: one for each connection would cost 200 us, half as much as the handshake. */
  readonly secureContext: SecureContext
}

type Endpoint = {
  readonly isTls: boolean
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string
  readonly port: number
  readonly addresses: readonly string[]
}

type Route = {
  readonly port: number
  readonly host: string
  readonly lookup?: LookupFunction
  readonly autoSelectFamily?: boolean
  readonly autoSelectFamilyAttemptTimeout?: number
}

/**
 * The part of the whole time that the first family has to connect. Node then gives it up for the
 * other, rather than trying both: a short time, like its default of 250 ms, would call a site down
 * that is far away and whose other family is dead, or cannot be reached from here.
 */
const FIRST_FAMILY_SHARE = 0.5

/**
 * Opens a fresh connection to a URL's host, ready for the request. Every address that it could go
 * to is guarded before it connects, and the one that it went to once more.
 */
export async function openConnection(
  url: URL,
  journey: Journey,
  dialer: Dialer,
): Promise<Socket | Stop> {
  const endpoint = await locate(url, journey, dialer.resolve)
  if ('outcome' in endpoint) return endpoint
  const refusal = refusalOf(endpoint.addresses, dialer.addresses)
  if (refusal !== null) return blocked(refusal)
  const socket = await dial(endpoint, journey, dialer.secureContext)
  if ('outcome' in socket) return socket
  const problem =
    problemOfPeer(socket, journey.trace, dialer.addresses) ?? problemOfCertificate(socket, journey)
  if (problem !== null) socket.destroy()
  return problem ?? socket
}

async function locate(url: URL, journey: Journey, resolve: Resolve): Promise<Endpoint | Stop> {
  const isTls = url.protocol === 'https:'
  const port = Number(url.port || (isTls ? 443 : 80))
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  const addresses =
    isIP(hostname) === 0 ? await resolveInTime(hostname, journey, resolve) : [hostname]
  return 'outcome' in addresses ? addresses : { isTls, hostname, port, addresses }
}

async function resolveInTime(
  hostname: string,
  { deadline, trace }: Journey,
  resolve: Resolve,
): Promise<readonly string[] | Stop> {
  const interrupted = Promise.withResolvers<Stop>()
  deadline.watch(() => interrupted.resolve(deadline.stop('dns')))
  trace.begin()
  const answer = await Promise.race([resolve(hostname), interrupted.promise])
  trace.end('dnsMs')
  return answer
}

function dial(
  endpoint: Endpoint,
  { deadline, trace }: Journey,
  secureContext: SecureContext,
): Promise<Socket | Stop> {
  return new Promise((resolve) => {
    let stage: Stage = 'connect'
    trace.begin()
    const route = routeTo(endpoint, deadline.timeoutMs * FIRST_FAMILY_SHARE)
    const socket = endpoint.isTls ? openTls(endpoint, route, secureContext) : connectTcp(route)
    deadline.watch(() => {
      socket.destroy()
      resolve(deadline.stop(stage))
    })
    // It stays when the connection is made: an error that nobody listens for would end the process.
    socket.on('error', (error) => resolve(failureOfError(error, stage)))
    socket.once('connect', () => {
      trace.end('connectMs')
      stage = 'tls'
      if (!endpoint.isTls) resolve(socket)
    })
    socket.once('secureConnect', () => {
      trace.end('tlsMs')
      resolve(socket)
    })
  })
}

/**
 * A bad certificate does not end the handshake: Node would destroy the socket before anything could
 * be read of the certificate. It is judged by us when its expiry is known.
 */
function openTls({ hostname }: Endpoint, route: Route, secureContext: SecureContext): Socket {
  return connectTls({
    ...route,
    // SNI knows no addresses; the certificate of one is held against the host connected to.
    ...(isIP(hostname) === 0 ? { servername: hostname.replace(/\.$/, '') } : {}),
    secureContext,
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
  })
}

/** One family: its first address. Both: the first of each, the other when the first fails. */
function routeTo({ hostname, port, addresses }: Endpoint, firstFamilyMs: number): Route {
  const [first = ''] = addresses
  const second = addresses.find((address) => isIP(address) !== isIP(first))
  if (second === undefined) return { port, host: first }
  const both = [first, second].map((address) => ({ address, family: isIP(address) }))
  return {
    port,
    host: hostname,
    lookup: (_hostname, _options, answer) => answer(null, both),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.ceil(firstFamilyMs),
  }
}

function problemOfPeer(socket: Socket, trace: Trace, policy: AddressPolicy): Stop | null {
  const address = socket.remoteAddress
  // A peer that is gone again has no address, and will not get a request either.
  if (address === undefined) return null
  trace.remoteAddress = address
  const refusal = refusalOf([address], policy)
  return refusal === null ? null : blocked(refusal)
}

function problemOfCertificate(socket: Socket, { trace, verifyTls }: Journey): Stop | null {
  if (!(socket instanceof TLSSocket)) return null
  const expiresAt = socket.getPeerX509Certificate()?.validToDate
  if (expiresAt !== undefined) trace.sawCertificate(expiresAt.getTime())
  if (socket.authorized || !verifyTls) return null
  return failureOfCertificate(String(socket.authorizationError))
}

function blocked(message: string): Stop {
  return { outcome: 'failed', failure: 'blocked', message }
}
