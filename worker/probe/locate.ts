import { type AddressPolicy, refusalOf } from './address-guard.ts'
import { addressesOf, type Host } from './addresses-of.ts'
import type { Journey } from './journey.ts'
import type { Stop } from './prober.ts'
import type { Resolve } from './resolver.ts'

/** How hosts become addresses, and which of those may be asked. */
export type Locator = { readonly resolve: Resolve; readonly addresses: AddressPolicy }

/**
 * The one address of a host that a kind without connections talks to: the first. All that it could
 * be are guarded, as for a connection.
 */
export async function locate(
  host: Host,
  journey: Journey,
  { resolve, addresses: policy }: Locator,
): Promise<string | Stop> {
  const addresses = await addressesOf(host, journey, resolve)
  if ('outcome' in addresses) return addresses
  const refusal = refusalOf(addresses, policy)
  if (refusal !== null) return { outcome: 'failed', failure: 'blocked', message: refusal }
  const [first] = addresses
  return first ?? { outcome: 'failed', failure: 'dns', message: 'the name has no address' }
}
