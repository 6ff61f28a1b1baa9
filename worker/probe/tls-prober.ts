import { createSecureContext } from 'node:tls'
import { endpointText, parseTlsUrl } from '#shared/domain/endpoint-url.ts'
import type { AddressPolicy } from './address-guard.ts'
import { openConnection } from './connection.ts'
import type { Prober } from './prober.ts'
import { type Resolve, systemResolver } from './resolver.ts'
import { nothingSaid, singleLook, unreadableUrl } from './single-look.ts'

export type TlsProberOptions = {
  readonly addresses: AddressPolicy
  /** The system's way by default. */
  readonly resolve?: Resolve
  /** PEM, in place of the system's trusted roots. */
  readonly trustedCa?: string
}

/** Connects and shakes hands: the certificate is the answer, whatever is spoken behind it. */
export function tlsProber(options: TlsProberOptions): Prober {
  const { addresses, resolve = systemResolver(), trustedCa } = options
  const secureContext = createSecureContext(trustedCa === undefined ? {} : { ca: trustedCa })
  return singleLook(async (target, _want, journey) => {
    const parsed = parseTlsUrl(target.url)
    if (!parsed.ok) return unreadableUrl(parsed.reason)
    const url = new URL(`https://${endpointText(parsed.endpoint, null)}`)
    const socket = await openConnection(url, journey, { addresses, resolve, secureContext })
    if ('outcome' in socket) return socket
    socket.destroy()
    return nothingSaid
  })
}
