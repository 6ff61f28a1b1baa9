import { Resolver } from 'node:dns/promises'
import type { Target } from '#shared/domain/check.ts'
import { type DnsQuestion, parseDnsUrl } from '#shared/domain/dns-url.ts'
import { endpointText } from '#shared/domain/endpoint-url.ts'
import type { AddressPolicy } from './address-guard.ts'
import { askForRecords } from './dns-records.ts'
import { type DnsStop, stopOfQuery } from './dns-stop.ts'
import type { Journey } from './journey.ts'
import { type Locator, locate } from './locate.ts'
import type { Prober, Stop } from './prober.ts'
import { type Resolve, systemResolver } from './resolver.ts'
import { type Said, saidIn, singleLook, unreadableUrl } from './single-look.ts'

export type DnsProberOptions = {
  readonly addresses: AddressPolicy
  /** For the name of a name server. The system's way by default. */
  readonly resolve?: Resolve
  /** Whom to ask where a target names no server, `address:port`; the system's by default. */
  readonly servers?: readonly string[]
}

/** A question may get lost on its way: it is asked this often before the time is up. */
const ASKED_TIMES = 3

/** Asks for the records of a name. Each is a line of the answer's body, sorted. */
export function dnsProber(options: DnsProberOptions): Prober {
  const { addresses, resolve = systemResolver(), servers = [] } = options
  return singleLook(async (target, _want, journey) => {
    const parsed = parseDnsUrl(target.url)
    if (!parsed.ok) return unreadableUrl(parsed.reason)
    const { question } = parsed
    const server = await serverOf(question, target, journey, { addresses, resolve })
    if (server !== null && typeof server !== 'string') return server
    return ask(
      openResolver(target.timeoutMs, server === null ? servers : [server]),
      question,
      journey,
    )
  })
}

/** Where the question goes, `address:port`; null: to the system's name servers. */
async function serverOf(
  { server }: DnsQuestion,
  { ipFamily }: Target,
  journey: Journey,
  locator: Locator,
): Promise<string | null | Stop> {
  if (server === null) return null
  const address = await locate({ hostname: server.host, ipFamily }, journey, locator)
  if (typeof address !== 'string') return address
  journey.trace.connectedTo(address)
  return endpointText({ host: address, port: server.port }, null)
}

/**
 * One for each check: its servers and its patience are the target's, and to cancel ends all of its
 * questions. Our own deadline ends it before it would give up by itself.
 */
function openResolver(timeoutMs: number, servers: readonly string[]): Resolver {
  const timeout = Math.ceil(timeoutMs / ASKED_TIMES)
  const resolver = new Resolver({ timeout, maxTimeout: timeout, tries: ASKED_TIMES + 1 })
  if (servers.length > 0) resolver.setServers(servers)
  return resolver
}

async function ask(
  resolver: Resolver,
  question: DnsQuestion,
  { deadline, trace }: Journey,
): Promise<Said | DnsStop> {
  const { promise: interrupted, resolve } = Promise.withResolvers<DnsStop>()
  deadline.watch(() => {
    resolve(deadline.stop(question.server === null ? 'dns' : 'answer'))
    resolver.cancel()
  })
  trace.begin()
  const answer = await Promise.race([interrupted, answerTo(question, resolver)])
  if (!('outcome' in answer) || answer.rcode !== undefined) trace.end('ttfbMs')
  return answer
}

async function answerTo(question: DnsQuestion, resolver: Resolver): Promise<Said | DnsStop> {
  try {
    const records = await askForRecords(resolver, question.type, question.name)
    return { ...saidIn(Buffer.from(records.join('\n')), 'whole'), rcode: 'NOERROR' }
  } catch (error) {
    return stopOfQuery(error, question)
  }
}
