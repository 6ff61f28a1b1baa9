import type { Failure } from '#shared/domain/failure.ts'
import type { Outcome } from '#shared/domain/result.ts'

/**
 * What an email about an outage is made of, as it was known when the email was queued. Stored in
 * `notifications.facts`; instants are epoch milliseconds.
 */
export type OutageFacts = {
  readonly siteName: string
  readonly siteUrl: string
  readonly startedAtMs: number
  readonly detectedAtMs: number
  /** Null in the message that opens an outage. */
  readonly endedAtMs: number | null
  readonly failure: Failure
  readonly message: string | null
  readonly statusCode: number | null
  readonly remoteAddress: string | null
  /** How the answer began, of a failure that an answer had; at most 1 KiB. */
  readonly excerpt: string | null
  /** Since when the site had been up before; null: it was never seen up. */
  readonly upSinceMs: number | null
  /** Of a site that goes up and down: what it takes to be called so, and to be called steady again. */
  readonly restlessness: Restlessness | null
  /** The checks that decided it, oldest first, at most `EVIDENCE_MAX`. */
  readonly evidence: readonly EvidenceLine[]
}

export type Restlessness = {
  readonly outagesMax: number
  readonly windowMs: number
  readonly calmMs: number
}

export type EvidenceLine = {
  readonly slotMs: number
  readonly result: Outcome
  readonly failure: Failure | null
  readonly message: string | null
  readonly statusCode: number | null
  readonly latencyMs: number | null
  /** Who looked. */
  readonly worker: string | null
}

export const EVIDENCE_MAX = 10
