import { isIP } from 'node:net'
import type { IpFamily } from '#shared/domain/check.ts'
import type { Journey } from './journey.ts'
import type { Stop } from './prober.ts'
import type { Resolve } from './resolver.ts'

/** `hostname`: a name or an address, without brackets. */
export type Host = { readonly hostname: string; readonly ipFamily: IpFamily }

const FAMILIES = {
  any: { versions: [4, 6], name: '' },
  ipv4: { versions: [4], name: 'IPv4' },
  ipv6: { versions: [6], name: 'IPv6' },
} as const satisfies Record<IpFamily, unknown>

/** The addresses of a host that may be tried, of the family that the site asks for; at least one. */
export async function addressesOf(
  { hostname, ipFamily }: Host,
  journey: Journey,
  resolve: Resolve,
): Promise<readonly string[] | Stop> {
  const isLiteral = isIP(hostname) !== 0
  const all = isLiteral ? [hostname] : await resolveInTime(hostname, ipFamily, journey, resolve)
  if ('outcome' in all || ipFamily === 'any') return all
  const { versions, name } = FAMILIES[ipFamily]
  const fitting = all.filter((address) => versions.some((version) => version === isIP(address)))
  if (fitting.length > 0) return fitting
  const message = isLiteral
    ? `${hostname} is no ${name} address`
    : `the name has no ${name} address`
  return { outcome: 'failed', failure: 'dns', message }
}

async function resolveInTime(
  hostname: string,
  ipFamily: IpFamily,
  { deadline, trace }: Journey,
  resolve: Resolve,
): Promise<readonly string[] | Stop> {
  const interrupted = Promise.withResolvers<Stop>()
  deadline.watch(() => interrupted.resolve(deadline.stop('dns')))
  trace.begin()
  const answer = await Promise.race([resolve(hostname, ipFamily), interrupted.promise])
  trace.end('dnsMs')
  return answer
}
