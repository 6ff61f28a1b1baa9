import type { CaaRecord, SoaRecord } from 'node:dns'
import type { Resolver } from 'node:dns/promises'
import type { RecordType } from '#shared/domain/dns-url.ts'

type Ask = (resolver: Resolver, name: string) => Promise<readonly string[]>

const askers: Readonly<Record<RecordType, Ask>> = {
  A: (resolver, name) => resolver.resolve4(name),
  AAAA: (resolver, name) => resolver.resolve6(name),
  CAA: async (resolver, name) => (await resolver.resolveCaa(name)).map(caaText),
  CNAME: async (resolver, name) => (await resolver.resolveCname(name)).map(nameText),
  MX: async (resolver, name) =>
    (await resolver.resolveMx(name)).map((mx) => `${mx.priority} ${nameText(mx.exchange)}`),
  NS: async (resolver, name) => (await resolver.resolveNs(name)).map(nameText),
  PTR: async (resolver, name) => (await resolver.resolvePtr(name)).map(nameText),
  SOA: async (resolver, name) => [soaText(await resolver.resolveSoa(name))],
  SRV: async (resolver, name) =>
    (await resolver.resolveSrv(name)).map(
      (srv) => `${srv.priority} ${srv.weight} ${srv.port} ${nameText(srv.name)}`,
    ),
  TXT: async (resolver, name) => (await resolver.resolveTxt(name)).map(txtText),
}

/**
 * Asks for the records of a name, each as zone files write it, in the order of its letters: name
 * servers turn theirs around. Names are in lower case and without their final dot; the parts of a
 * TXT record are joined, without quotes. Throws Node's errors.
 */
export async function askForRecords(
  resolver: Resolver,
  type: RecordType,
  name: string,
): Promise<readonly string[]> {
  return (await askers[type](resolver, name)).toSorted()
}

/** The name of the root is empty: `MX 0 .` says that there is no mail. */
function nameText(name: string): string {
  return name === '' ? '.' : name.toLowerCase()
}

function soaText(soa: SoaRecord): string {
  const names = `${nameText(soa.nsname)} ${nameText(soa.hostmaster)}`
  return `${names} ${soa.serial} ${soa.refresh} ${soa.retry} ${soa.expire} ${soa.minttl}`
}

/** Node names the value after its tag. */
function caaText({ critical, ...rest }: CaaRecord): string {
  const tagged = Object.entries(rest).find(([field]) => field !== 'type')
  return `${critical} ${tagged?.[0]} "${tagged?.[1]}"`
}

/** Node reads each byte as a letter of Latin-1; what is written today is UTF-8. */
function txtText(parts: readonly string[]): string {
  return oneLine(Buffer.from(parts.join(''), 'latin1').toString('utf8'))
}

/** One line is one record: a line break within one would pass for another. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => {
    return `\\${String(control.charCodeAt(0)).padStart(3, '0')}`
  })
}
