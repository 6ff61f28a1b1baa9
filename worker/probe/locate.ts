import { isIP, isIPv6 } from 'node:net'
import type { IpFamily } from '#shared/domain/check.ts'
import { type AddressPolicy, refusalOf } from './address-guard.ts'
import type { Journey } from './journey.ts'
import type { Stop } from './prober.ts'
import type { Resolve } from './resolver.ts'

/** How hosts become addresses, and which of those may be asked. */
export type Locator = { readonly resolve: Resolve; readonly addresses: AddressPolicy }

const FAMILY_NAMES = { ipv4: 'IPv4', ipv6: 'IPv6' }

/**
 * The one address of a host that a kind without connections talks to: the first of the wanted
 * family. All addresses of the host are guarded, as for a connection.
 */
export async function locate(
  host: string,
  ipFamily: IpFamily,
  journey: Journey,
  { resolve, addresses: policy }: Locator,
): Promise<string | Stop> {
  const addresses = isIP(host) === 0 ? await resolveInTime(host, journey, resolve) : [host]
  if ('outcome' in addresses) return addresses
  const refusal = refusalOf(addresses, policy)
  if (refusal !== null) return { outcome: 'failed', failure: 'blocked', message: refusal }
  const address = addresses.find((one) => isOfFamily(one, ipFamily))
  return address ?? noneOf(ipFamily)
}

async function resolveInTime(
  host: string,
  { deadline, trace }: Journey,
  resolve: Resolve,
): Promise<readonly string[] | Stop> {
  const interrupted = Promise.withResolvers<Stop>()
  deadline.watch(() => interrupted.resolve(deadline.stop('dns')))
  trace.begin()
  const answer = await Promise.race([resolve(host), interrupted.promise])
  trace.end('dnsMs')
  return answer
}

function isOfFamily(address: string, ipFamily: IpFamily): boolean {
  return ipFamily === 'any' || isIPv6(address) === (ipFamily === 'ipv6')
}

function noneOf(ipFamily: IpFamily): Stop {
  const family = ipFamily === 'any' ? 'IP' : FAMILY_NAMES[ipFamily]
  return { outcome: 'failed', failure: 'dns', message: `the host has no ${family} address` }
}
