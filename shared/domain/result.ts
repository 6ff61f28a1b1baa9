import type { Occasion } from './check.ts'
import type { Failure } from './failure.ts'

/** `inconclusive`: we could not tell, by our own fault. It never counts against the site. */
export const outcomes = ['up', 'down', 'inconclusive'] as const
export type Outcome = (typeof outcomes)[number]

/** What one check concluded. Instants are epoch milliseconds, durations milliseconds; null: not reached or not asked for. */
export type CheckResult = {
  readonly siteId: number
  readonly slotMs: number
  readonly occasion: Occasion
  /** When the probe began. */
  readonly checkedAtMs: number
  readonly result: Outcome
  /** Set exactly when `result` is `down`. */
  readonly failure: Failure | null
  /** One plain sentence, at most 500 characters, without secrets. */
  readonly message: string | null
  readonly statusCode: number | null
  /** The probe from start to the last byte judged. */
  readonly latencyMs: number | null
  readonly dnsMs: number | null
  readonly connectMs: number | null
  readonly tlsMs: number | null
  readonly ttfbMs: number | null
  /** One for each request of a redirected probe, in order; empty where there was one at most. */
  readonly hops: readonly Hop[]
  readonly remoteAddress: string | null
  /** As spoken: `1.0`, `1.1` or `2`. */
  readonly httpVersion: string | null
  readonly responseBytes: number | null
  readonly extractedValue: string | null
  readonly slaMet: boolean | null
  /** The soonest expiry of the certificates that were shown, valid or not. */
  readonly certExpiresAtMs: number | null
  /** The certificate shown last. */
  readonly certificate: Certificate | null
  /** The first 1 KiB of the answer, as text, when `failure` is `status` or `body`; without secrets. */
  readonly excerpt: string | null
  /** Which worker looked. */
  readonly worker: string
}

/** One request of a probe. */
export type Hop = {
  readonly dnsMs: number | null
  readonly connectMs: number | null
  readonly tlsMs: number | null
  readonly ttfbMs: number | null
  readonly totalMs: number
  readonly statusCode: number | null
  readonly remoteAddress: string | null
}

export type Certificate = {
  /** Its common name, or else the first of its names; at most 200 characters, as the issuer is. */
  readonly subject: string
  readonly issuer: string
  /** SHA-256 in upper-case hex, bytes separated by colons: which certificate it is. */
  readonly fingerprint: string
  readonly expiresAtMs: number
  /** Why it is not trusted, in plain words; null: it is. Also set when the site does not ask for trust. */
  readonly chainError: string | null
}

export const EXCERPT_BYTES_MAX = 1_024
