import { parseTlsUrl } from '#shared/domain/endpoint-url.ts'
import type { AddressPolicy } from './address-guard.ts'
import { openConnection } from './connection.ts'
import type { Prober } from './prober.ts'
import { type Resolve, systemResolver } from './resolver.ts'
import { PEM_BYTES_MAX, secretFiles } from './secret-files.ts'
import { nothingSaid, singleLook, unreadableUrl } from './single-look.ts'
import { TlsContexts } from './tls-contexts.ts'

export type TlsProberOptions = {
  readonly addresses: AddressPolicy
  /** The system's way by default. */
  readonly resolve?: Resolve
  /** PEM, in place of the system's trusted roots. */
  readonly trustedCa?: string
  /** Where the files are that sites name: certificates and keys. None by default. */
  readonly secretsDir?: string | null
}

/** Connects and shakes hands: the certificate is the answer, whatever is spoken behind it. */
export function tlsProber(options: TlsProberOptions): Prober {
  const { addresses, resolve = systemResolver(), trustedCa, secretsDir: folder = null } = options
  const readPem = secretFiles({ folder, bytesMax: PEM_BYTES_MAX })
  const contexts = new TlsContexts({ readPem, trustedCa })
  return singleLook(async (target, _want, journey) => {
    const parsed = parseTlsUrl(target.url)
    if (!parsed.ok) return unreadableUrl(parsed.reason)
    const { host: hostname, port } = parsed.endpoint
    const secureContext = contexts.of(target)
    if ('outcome' in secureContext) return secureContext
    const serverName = (target.tlsServerName ?? hostname).replace(/\.$/, '')
    // No protocol is offered: what is spoken behind the handshake is not known.
    const tls = { secureContext, serverName, alpnProtocols: null, verifies: target.verifyTls }
    const place = { hostname, port, ipFamily: target.ipFamily, tls }
    const socket = await openConnection(place, journey, { addresses, resolve })
    if ('outcome' in socket) return socket
    socket.destroy()
    return nothingSaid
  })
}
