import type { CheckKind } from './check.ts'
import { dnsUrlText, parseDnsUrl } from './dns-url.ts'
import {
  endpointText,
  type ParsedEndpoint,
  parseTcpUrl,
  parseTlsUrl,
  TLS_PORT,
} from './endpoint-url.ts'
import { isHeartbeatToken } from './heartbeat-call.ts'
import { hostText } from './host.ts'
import { parseIcmpUrl } from './icmp-url.ts'

/** `url`: the form that it is handed on in. */
type Normal =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly reason: string }

const HEARTBEAT = 'heartbeat:'

const readers: Readonly<Record<CheckKind, (text: string) => Normal>> = {
  http: readHttp,
  tcp: (text) => readEndpoint('tcp', parseTcpUrl(text), null),
  tls: (text) => readEndpoint('tls', parseTlsUrl(text), TLS_PORT),
  dns: readDns,
  icmp: readIcmp,
  heartbeat: readHeartbeat,
}

/** Why a URL cannot be checked in this way, without the name of its column, or null. */
export function targetUrlProblem(kind: CheckKind, text: string): string | null {
  const read = readers[kind](text)
  return read.ok ? null : read.reason
}

/**
 * The form that a URL is handed on in. It must have no problem. A heartbeat's token is left out: a
 * worker has no use for it, and who knows it may speak for the job.
 */
export function normalTargetUrl(kind: CheckKind, text: string): string {
  const read = readers[kind](text)
  return read.ok ? read.url : text
}

function readHttp(text: string): Normal {
  const url = URL.parse(text)
  if (url === null) return refuse(`${JSON.stringify(text)} cannot be parsed`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return refuse(`${url.protocol} is not http or https`)
  if (url.username !== '' || url.password !== '')
    return refuse('must not hold credentials; use basic_auth_user and basic_auth_password_secret')
  if (url.port === '0') return refuse('port 0 cannot be connected to')
  return { ok: true, url: url.href }
}

function readEndpoint(scheme: string, parsed: ParsedEndpoint, defaultPort: number | null): Normal {
  if (!parsed.ok) return parsed
  return { ok: true, url: `${scheme}://${endpointText(parsed.endpoint, defaultPort)}` }
}

function readDns(text: string): Normal {
  const parsed = parseDnsUrl(text)
  return parsed.ok ? { ok: true, url: dnsUrlText(parsed.question) } : parsed
}

function readIcmp(text: string): Normal {
  const parsed = parseIcmpUrl(text)
  return parsed.ok ? { ok: true, url: `icmp://${hostText(parsed.host)}` } : parsed
}

function readHeartbeat(text: string): Normal {
  const isRead = text.startsWith(HEARTBEAT) && isHeartbeatToken(text.slice(HEARTBEAT.length))
  if (isRead) return { ok: true, url: HEARTBEAT }
  // Not shown, for the same reason that it is not handed on.
  return refuse('it is not heartbeat: and 8 to 128 letters, digits, - and _')
}

function refuse(reason: string): Normal {
  return { ok: false, reason }
}
