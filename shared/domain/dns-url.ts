import { type Endpoint, endpointText, parseEndpoint } from './endpoint-url.ts'
import { isAddress, parseHost } from './host.ts'
import { textAfter } from './text-after.ts'

/** The records that can be asked for. */
export const recordTypes = [
  'A',
  'AAAA',
  'CAA',
  'CNAME',
  'MX',
  'NS',
  'PTR',
  'SOA',
  'SRV',
  'TXT',
] as const
export type RecordType = (typeof recordTypes)[number]

/** What to ask, and whom. */
export type DnsQuestion = {
  /** In lower case and punycode, without a final dot. */
  readonly name: string
  readonly type: RecordType
  /** Null: the name servers of the system. */
  readonly server: Endpoint | null
}

export type ParsedDnsUrl =
  | { readonly ok: true; readonly question: DnsQuestion }
  | { readonly ok: false; readonly reason: string }

export const DNS_PORT = 53

const QUESTION = /^(?:\/\/([^/?]*)\/)?([^/?]*)(?:\?(.*))?$/

/**
 * Reads `dns:name`, `dns:name?type=MX` and `dns://server:port/name?type=MX`, in the manner of
 * RFC 4501. The type is A by default, the port 53.
 */
export function parseDnsUrl(text: string): ParsedDnsUrl {
  const begun = textAfter('dns:', text)
  if (!begun.ok) return begun
  const parts = QUESTION.exec(begun.rest)
  if (parts === null) return refuse('not of the form dns:name?type=A or dns://server/name?type=A')
  const [, serverPart, namePart = '', query = 'type=A'] = parts
  const server = serverPart === undefined ? null : parseEndpoint(serverPart, DNS_PORT)
  if (server?.ok === false) return refuse(`of its server, ${server.reason}`)
  const name = parseHost(namePart)
  if (!name.ok) return name
  if (isAddress(name.host)) return refuse(`${name.host} is an address, and DNS is asked for names`)
  const type = typeIn(query)
  if (type === undefined) return refuse(`${JSON.stringify(query)} is not ${typesText()}`)
  const question = { name: name.host.replace(/\.$/, ''), type, server: server?.endpoint ?? null }
  return { ok: true, question }
}

/** A question as its URL, always with its type. */
export function dnsUrlText({ name, type, server }: DnsQuestion): string {
  const authority = server === null ? '' : `//${endpointText(server, DNS_PORT)}/`
  return `dns:${authority}${name}?type=${type}`
}

function typeIn(query: string): RecordType | undefined {
  const wanted = /^type=(.+)$/i.exec(query)?.[1]?.toUpperCase()
  return recordTypes.find((type) => type === wanted)
}

function typesText(): string {
  return `type= and one of ${recordTypes.join(' ')}`
}

function refuse(reason: string): ParsedDnsUrl {
  return { ok: false, reason }
}
