import type { HttpVersionWanted, Target } from '#shared/domain/check.ts'
import type { Place, TlsTerms } from './connection.ts'
import type { Inconclusive } from './prober.ts'
import type { HopRequest } from './redirect.ts'
import type { TlsContexts } from './tls-contexts.ts'

const ALPN = {
  '1.1': wireOf('http/1.1'),
  '2': wireOf('h2'),
  auto: wireOf('h2', 'http/1.1'),
} as const satisfies Record<HttpVersionWanted, Buffer>

/** Where a request of a probe goes: what the site says of its own server holds for that one alone. */
export function placeOf(
  { url, isAtHome }: HopRequest,
  target: Target,
  contexts: TlsContexts,
): Place | Inconclusive {
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  const isTls = url.protocol === 'https:'
  const port = Number(url.port || (isTls ? 443 : 80))
  const { ipFamily } = target
  if (!isTls) return { hostname, port, ipFamily, tls: null }
  const tls = termsOf(target, isAtHome, hostname, contexts)
  return 'outcome' in tls ? tls : { hostname, port, ipFamily, tls }
}

function termsOf(
  target: Target,
  isAtHome: boolean,
  hostname: string,
  contexts: TlsContexts,
): TlsTerms | Inconclusive {
  const own = isAtHome ? target : { ...target, tlsClientCertFile: null, tlsClientKeyFile: null }
  const secureContext = contexts.of(own)
  if ('outcome' in secureContext) return secureContext
  const name = isAtHome ? (target.tlsServerName ?? hostIn(target.hostHeader) ?? hostname) : hostname
  return {
    secureContext,
    serverName: name.replace(/\.$/, ''),
    alpnProtocols: ALPN[target.httpVersion],
    verifies: target.verifyTls,
  }
}

/** The host of `host` or `host:port`, without brackets. */
function hostIn(hostHeader: string | null): string | null {
  if (hostHeader === null) return null
  return URL.parse(`http://${hostHeader}`)?.hostname.replace(/^\[|\]$/g, '') ?? null
}

/** Names as ALPN sends them, each after its length; Node would make them anew for each connection. */
function wireOf(...names: readonly string[]): Buffer {
  return Buffer.from(names.map((name) => String.fromCharCode(name.length) + name).join(''))
}
