import { lookup, Resolver } from 'node:dns/promises'
import { isIPv4 } from 'node:net'
import type { IpFamily } from '#shared/domain/check.ts'
import { type Hosts, parseHosts } from './hosts-file.ts'
import type { Stop } from './prober.ts'
import { WatchedFile } from './watched-file.ts'

/**
 * The port of name resolution: a host name, in lower case, to its addresses, IPv4 before IPv6, at
 * least one; or why there are none. It never throws for what a name server does.
 */
export type Resolve = (
  hostname: string,
  /** Which addresses are needed; others may come as well. */
  family?: IpFamily,
) => Promise<readonly string[] | Stop>

export type ResolverOptions = {
  /** Name servers, `address:port`; the system's by default. */
  readonly servers?: readonly string[]
  /** Asks the system itself, its search domains included; throws Node's errors. */
  readonly askSystem?: (hostname: string) => Promise<readonly string[]>
  readonly hostsPath?: string
  readonly resolvConfPath?: string
  /** Told of each name that the name servers gave an address for. */
  readonly onResolved?: (hostname: string) => void
}

type NameService = {
  readonly channel: Resolver
  /** A name with fewer dots may be meant within a search domain. */
  readonly ndots: number
}
type Answer = readonly string[] | NodeJS.ErrnoException

const QUERY_TIMEOUT_MS = 2_000
const QUERY_TRIES = 2
/** Once IPv4 has answered, a name server that chokes on IPv6 may not hold the probe up for longer. */
const IPV6_PATIENCE_MS = 50

/** What may be the fault of the name. All other codes are trouble of ours. */
const FAILURES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such name',
  ENODATA: 'the name has no address',
  ESERVFAIL: 'the name servers failed to answer',
  EREFUSED: 'the name servers refuse to answer',
  ETIMEOUT: 'no answer from the name servers',
  EAI_AGAIN: 'no answer from the name servers',
  EBADRESP: 'the name servers answered nonsense',
  EFORMERR: 'the name servers did not understand the name',
  EBADNAME: 'the name is malformed',
}
/** Of those, what no trouble of ours looks like. */
const CERTAIN: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME'])

/**
 * Resolves as the system does, hosts file first, but by c-ares: `dns.lookup` would hold one of the
 * process's four threads for each name, and a few dead name servers would stop all probes. Only a
 * name that may need the search domains, which c-ares leaves out, goes there in the end.
 */
export function systemResolver({
  servers,
  askSystem = lookUp,
  hostsPath = '/etc/hosts',
  resolvConfPath = '/etc/resolv.conf',
  onResolved,
}: ResolverOptions = {}): Resolve {
  const hosts = new WatchedFile(hostsPath, parseHosts)
  const nameService = new WatchedFile(resolvConfPath, (text) => openNameService(text, servers))
  return async (hostname, family = 'any') => {
    const local = localAddresses(hostname.replace(/\.$/, ''), hosts.value)
    if (local !== null) return local
    const { channel, ndots } = nameService.value
    const answer = await askNameServers(hostname, channel, family)
    if (isFound(answer)) {
      onResolved?.(hostname)
      return answer
    }
    if (!mayBeInSearchDomain(hostname, ndots, answer)) return stopOf(answer)
    const found = await answerOf(askSystem(hostname))
    return isFound(found) ? ipv4First(found) : stopOf(found)
  }
}

async function lookUp(hostname: string): Promise<readonly string[]> {
  return (await lookup(hostname, { all: true })).map(({ address }) => address)
}

/** A new channel reads the system's name servers anew. */
function openNameService(resolvConf: string, servers?: readonly string[]): NameService {
  const channel = new Resolver({
    timeout: QUERY_TIMEOUT_MS,
    maxTimeout: QUERY_TIMEOUT_MS,
    tries: QUERY_TRIES,
  })
  if (servers !== undefined) channel.setServers(servers)
  const ndots = /^options\b.*\bndots:(\d+)/m.exec(resolvConf)?.[1]
  return { channel, ndots: Number(ndots ?? 1) }
}

/** RFC 6761: `localhost` and all below it are this machine, whatever a name server may say. */
function localAddresses(name: string, hosts: Hosts): readonly string[] | null {
  const listed = hosts.get(name)
  if (listed !== undefined) return ipv4First(listed)
  return name === 'localhost' || name.endsWith('.localhost') ? ['127.0.0.1', '::1'] : null
}

async function askNameServers(name: string, channel: Resolver, family: IpFamily): Promise<Answer> {
  const ipv4Query = answerOf(channel.resolve4(name))
  const ipv6Query = answerOf(channel.resolve6(name))
  const ipv4 = await ipv4Query
  if (isFound(ipv4)) {
    const ipv6 = await (family === 'ipv6' ? ipv6Query : within(IPV6_PATIENCE_MS, ipv6Query))
    return isFound(ipv6) ? [...ipv4, ...ipv6] : ipv4
  }
  const ipv6 = await ipv6Query
  // "No address of this family" says less than whatever the other family says.
  return isFound(ipv6) || ipv4.code === 'ENODATA' ? ipv6 : ipv4
}

function mayBeInSearchDomain(name: string, ndots: number, error: NodeJS.ErrnoException): boolean {
  const isUnknown = error.code === 'ENOTFOUND' || error.code === 'ENODATA'
  return isUnknown && !name.endsWith('.') && name.split('.').length - 1 < ndots
}

/** An error of a query is an answer too, and so is none at all. */
async function answerOf(query: Promise<readonly string[]>): Promise<Answer> {
  try {
    const addresses = await query
    return addresses.length > 0 ? addresses : coded('ENODATA')
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}

function coded(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code })
}

function isFound(answer: Answer): answer is readonly string[] {
  return !(answer instanceof Error)
}

async function within(patienceMs: number, query: Promise<Answer>): Promise<Answer> {
  const { promise: impatience, resolve } = Promise.withResolvers<Answer>()
  const timer = setTimeout(resolve, patienceMs, coded('ETIMEOUT'))
  const answer = await Promise.race([query, impatience])
  clearTimeout(timer)
  return answer
}

function stopOf({ code = '', message }: NodeJS.ErrnoException): Stop {
  const said = FAILURES[code]
  if (said !== undefined) {
    const basis = CERTAIN.has(code) ? ({ basis: 'answer' } as const) : {}
    return { outcome: 'failed', failure: 'dns', message: said, ...basis }
  }
  return { outcome: 'inconclusive', message: `no name server can be asked: ${code || message}` }
}

function ipv4First(addresses: readonly string[]): readonly string[] {
  return [...addresses.filter(isIPv4), ...addresses.filter((address) => !isIPv4(address))]
}
