import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls, type SecureContext, TLSSocket } from 'node:tls'
import type { IpFamily } from '#shared/domain/check.ts'
import { type AddressPolicy, refusalOf } from './address-guard.ts'
import { addressesOf } from './addresses-of.ts'
import type { Stage } from './deadline.ts'
import { failureOfError } from './failure-of-error.ts'
import type { Journey } from './journey.ts'
import { peerCertificate } from './peer-certificate.ts'
import type { Stop } from './prober.ts'
import type { Resolve } from './resolver.ts'

/** What all connections of one prober share. */
export type Dialer = {
  readonly resolve: Resolve
  readonly addresses: AddressPolicy
}

/** Where to connect, and how. */
export type Place = {
  /** A name or an address, without the brackets of an IPv6 address. */
  readonly hostname: string
  readonly port: number
  readonly ipFamily: IpFamily
  /** Null: TCP alone. */
  readonly tls: TlsTerms | null
}

export type TlsTerms = {
  readonly secureContext: SecureContext
  /** The name or address that the certificate must be for; a name is also told to the server. */
  readonly serverName: string
  /** Protocols offered, the preferred one first, as ALPN sends them; null: none. */
  readonly alpnProtocols: Buffer | null
  /** Whether a bad certificate ends the probe; it is read anyway. */
  readonly verifies: boolean
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
 * Opens a fresh connection, ready for the first byte. Every address that it could go to is guarded
 * before it connects, and the one that it went to once more.
 */
export async function openConnection(
  place: Place,
  journey: Journey,
  dialer: Dialer,
): Promise<Socket | Stop> {
  const addresses = await addressesOf(place, journey, dialer.resolve)
  if ('outcome' in addresses) return addresses
  const refusal = refusalOf(addresses, dialer.addresses)
  if (refusal !== null) return blocked(refusal)
  const socket = await dial(place, routeTo(place, addresses, journey), journey)
  if ('outcome' in socket) return socket
  const problem =
    problemOfPeer(socket, addresses, journey, dialer.addresses) ??
    problemOfCertificate(socket, place, journey)
  if (problem !== null) socket.destroy()
  return problem ?? socket
}

function dial({ tls }: Place, route: Route, { deadline, trace }: Journey): Promise<Socket | Stop> {
  return new Promise((resolve) => {
    let stage: Stage = 'connect'
    trace.begin()
    const socket = tls === null ? connectTcp(route) : openTls(tls, route)
    deadline.watch(() => {
      socket.destroy()
      resolve(deadline.stop(stage))
    })
    // It stays when the connection is made: an error that nobody listens for would end the process.
    socket.on('error', (error) => resolve(failureOfError(error, stage)))
    socket.once('connect', () => {
      trace.end('connectMs')
      stage = 'tls'
      if (tls === null) resolve(socket)
    })
    socket.once('secureConnect', () => {
      trace.end('tlsMs')
      resolve(socket)
    })
  })
}

/**
 * A bad certificate does not end the handshake: Node would destroy the socket before anything could
 * be read of the certificate. It is judged by us when it has been read. Node's own check of names
 * is left out, and with it the objects that it makes of all certificates: a fifth of the handshake.
 */
function openTls({ serverName, secureContext, alpnProtocols }: TlsTerms, route: Route): Socket {
  const socket = connectTls({
    ...route,
    // SNI knows no addresses.
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
    secureContext,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...(alpnProtocols === null ? {} : { ALPNProtocols: alpnProtocols }),
  })
  return Object.assign(socket, { getPeerCertificate: () => ({}) })
}

/** One family: its first address. Both: the first of each, the other when the first fails. */
function routeTo(
  { hostname, port }: Place,
  addresses: readonly string[],
  { deadline }: Journey,
): Route {
  const [first = ''] = addresses
  const second = addresses.find((address) => isIP(address) !== isIP(first))
  if (second === undefined) return { port, host: first }
  const both = [first, second].map((address) => ({ address, family: isIP(address) }))
  return {
    port,
    host: hostname,
    lookup: (_hostname, _options, answer) => answer(null, both),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.ceil(deadline.timeoutMs * FIRST_FAMILY_SHARE),
  }
}

/** `allowed`: the addresses that were guarded before; any other is guarded now. */
function problemOfPeer(
  socket: Socket,
  allowed: readonly string[],
  { trace }: Journey,
  policy: AddressPolicy,
): Stop | null {
  const address = socket.remoteAddress
  // A peer that is gone again has no address, and will not get a request either.
  if (address === undefined) return null
  trace.connectedTo(address)
  if (allowed.includes(address)) return null
  const refusal = refusalOf([address], policy)
  return refusal === null ? null : blocked(refusal)
}

function problemOfCertificate(socket: Socket, { tls }: Place, { trace }: Journey): Stop | null {
  if (tls === null || !(socket instanceof TLSSocket)) return null
  const peer = peerCertificate(socket, tls.serverName)
  if (peer === null) return tls.verifies ? UNCERTIFIED : null
  trace.sawCertificate(peer.certificate, peer.soonestExpiryMs)
  return tls.verifies ? peer.problem : null
}

const UNCERTIFIED: Stop = {
  outcome: 'failed',
  failure: 'tls_cert',
  message: 'the server showed no certificate',
}

function blocked(message: string): Stop {
  return { outcome: 'failed', failure: 'blocked', message }
}
