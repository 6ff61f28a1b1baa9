/**
 * What the sites of the ground-truth target do, and when: made from a seed, the same each time. Pure.
 * All times are milliseconds since the target's start.
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

export type Period = { readonly fromMs: number; readonly untilMs: number; readonly mode: Mode }

/** Of one site; where no period holds it is `ok`. Periods are in order and do not overlap. */
export type Script = readonly Period[]

/** By number, from 1: `site_config` has them in this order. */
export type TruthSite = {
  readonly number: number
  readonly script: Script
  /** The columns of its row in `site_config` besides those of every site. */
  readonly row: Readonly<Record<string, string | number | boolean | null>> & {
    readonly url: string
  }
}

/** One request that came in, or one connection that was refused, reset or never got to a request. */
export type Served = {
  /** Epoch milliseconds, never going back. */
  readonly atMs: number
  readonly site: number
  /** `X-Check-Id`; null where none came, a TLS handshake that failed for instance. */
  readonly checkId: string | null
  readonly mode: Mode
}
