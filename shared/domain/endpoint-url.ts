import { hostText, parseHost } from './host.ts'
import { textAfter } from './text-after.ts'

/** Where to connect to. The host has no brackets; the port is from 1 to 65,535. */
export type Endpoint = { readonly host: string; readonly port: number }

export type ParsedEndpoint =
  | { readonly ok: true; readonly endpoint: Endpoint }
  | { readonly ok: false; readonly reason: string }

export const TLS_PORT = 443

const PORT_MAX = 65_535
const ENDPOINT = /^(\[[^\]]*\]|[^[\]]*?)(?::(\d+))?$/

/** `tcp://host:port`: there is no port that a TCP check would mean by default. */
export function parseTcpUrl(text: string): ParsedEndpoint {
  return parseAfter('tcp://', text, null)
}

/** `tls://host` or `tls://host:port`. */
export function parseTlsUrl(text: string): ParsedEndpoint {
  return parseAfter('tls://', text, TLS_PORT)
}

/** `host:port`; without a default the port may not be left out. */
export function parseEndpoint(text: string, defaultPort: number | null): ParsedEndpoint {
  const [, hostPart = text, portPart] = ENDPOINT.exec(text) ?? []
  const host = parseHost(hostPart)
  if (!host.ok) return host
  const port = portPart === undefined ? defaultPort : Number(portPart)
  if (port === null) return refuse(`${JSON.stringify(text)} has no port`)
  if (port < 1 || port > PORT_MAX) return refuse(`port ${portPart} is not from 1 to ${PORT_MAX}`)
  return { ok: true, endpoint: { host: host.host, port } }
}

/** The shortest spelling: without the port that is meant by default. */
export function endpointText({ host, port }: Endpoint, defaultPort: number | null): string {
  return port === defaultPort ? hostText(host) : `${hostText(host)}:${port}`
}

function parseAfter(start: string, text: string, defaultPort: number | null): ParsedEndpoint {
  const begun = textAfter(start, text)
  return begun.ok ? parseEndpoint(begun.rest, defaultPort) : begun
}

function refuse(reason: string): ParsedEndpoint {
  return { ok: false, reason }
}
