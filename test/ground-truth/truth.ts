/**
 * What the sites of the ground-truth target do, and when: made from a seed, the same each time. Pure.
 * All times are milliseconds since the target's zero of time.
 */

/** How a site answers at one moment. */
export const modes = [
  'ok',
  'wrong_status',
  'wrong_body',
  'hang',
  'refuse',
  'reset',
  'drip',
  'slow',
  'redirect_loop',
  'tls_expired',
  'tls_wrong_host',
  'tls_self_signed',
] as const
export type Mode = (typeof modes)[number]

/** Modes that end a look before its request: a certificate shows them, and these are all of them. */
export const tlsModes = ['tls_expired', 'tls_wrong_host', 'tls_self_signed'] as const
export type TlsMode = (typeof tlsModes)[number]

export function isTlsMode(mode: Mode): mode is TlsMode {
  return mode.startsWith('tls_')
}

/** Modes that any site can show, wherever it is. */
export const plainFaults = [
  'wrong_status',
  'wrong_body',
  'hang',
  'reset',
  'drip',
  'slow',
  'redirect_loop',
] as const satisfies readonly Mode[]

/** On the port of all sites, on that with TLS, or on a port of its own, which alone can be closed. */
export type Place = 'http' | 'https' | 'door'

/** Besides `ok`; those that only this place can show. */
export const ownFaultsAt = {
  http: [],
  https: tlsModes,
  door: ['refuse'],
} as const satisfies Record<Place, readonly Mode[]>

/** Besides `ok`. */
export const faultsAt = {
  http: plainFaults,
  https: [...plainFaults, ...tlsModes],
  door: [...plainFaults, 'refuse'],
} as const satisfies Record<Place, readonly Mode[]>

export type Period = { readonly fromMs: number; readonly untilMs: number; readonly mode: Mode }

/** Of one site; where no period holds it is `ok`. Periods are in order and do not overlap. */
export type Script = readonly Period[]

/** By number, from 1: `site_config` has them in this order. */
export type ScriptedSite = {
  readonly number: number
  readonly place: Place
  readonly script: Script
}

export type TruthSite = ScriptedSite & {
  /** The columns of its row in `site_config` besides those of every site. */
  readonly row: Readonly<Record<string, string | number | boolean | null>> & {
    readonly url: string
  }
}

export type Sites = 'all' | readonly number[]

/** What the scripts did not know: it was said while they ran, and goes before them and before earlier orders. */
export type Order = Period & { readonly sites: Sites }

/** One request that came in, or one handshake that showed a bad certificate. Nobody sees who is refused. */
export type Served = {
  /** Epoch milliseconds, never going back. */
  readonly atMs: number
  readonly site: number
  /** `X-Check-Id`; null where none came, a TLS handshake that failed for instance. */
  readonly checkId: string | null
  readonly mode: Mode
}
