import type { Target } from '#shared/domain/check.ts'
import type { Failure } from '#shared/domain/failure.ts'
import type { Certificate, Hop } from '#shared/domain/result.ts'

/**
 * The port of all probing: one look at one target. Whatever the target does is an observation;
 * only a bug of ours throws. `text`: the body is needed to judge; `none`: its length will do.
 * Aborting the signal ends the probe early as `inconclusive`.
 */
export type Prober = {
  probe(target: Target, want: BodyWanted, visit?: Visit): Promise<Observation>
}

/** What belongs to one look, and not to its target. */
export type Visit = {
  readonly signal?: AbortSignal
  /** Told over HTTP as `X-Check-Id`, so that a line of a site's own log can be traced to its check. */
  readonly checkId?: string
}

export type BodyWanted = 'text' | 'none'

export type Observation = Answered | (Failed & Traced) | (Inconclusive & Partial<Traced>)

/** An answer came, whole or as much of it as was wanted. */
export type Answered = Traced & {
  readonly outcome: 'answered'
  /** Names in lower case; a list where the answer repeats a name. Empty where there are none. */
  readonly headers: ResponseHeaders
  readonly body: Body
  /** Bytes of the body as they came, before any decoding. */
  readonly responseBytes: number
  /** The first bytes of the body, at most 1 KiB, decoded: for people to read. */
  readonly beginning: string
}

/** The target is to blame. */
export type Failed = {
  readonly outcome: 'failed'
  readonly failure: Failure
  /** One plain sentence, without secrets. */
  readonly message: string
  /** Of `dns`: name servers have said so. Without it, they may have been out of our reach. */
  readonly basis?: 'answer'
  /** Of `unreachable`: the address in question. */
  readonly address?: string
}

/** We are to blame, or cannot tell. */
export type Inconclusive = { readonly outcome: 'inconclusive'; readonly message: string }

/** Why a probe ends before its answer. */
export type Stop = Failed | Inconclusive

export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

export type Body =
  | { readonly kind: 'unread' }
  /** `beginning`: the body goes on beyond the cap of 1 MiB. */
  | { readonly kind: 'whole' | 'beginning'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly reason: string }

/** What is known of the way, however far the probe came. */
export type Traced = {
  /** Summed over all hops. */
  readonly phases: Phases
  /** Each request begun, in order, when a redirect was followed; empty when `phases` tells it all. */
  readonly hops: readonly Hop[]
  /** The last answer's status; null when there was none, or the kind has none. */
  readonly statusCode: number | null
  /** Of the last answer: `1.0`, `1.1` or `2`; null before an answer, and for kinds that are not HTTP. */
  readonly httpVersion: string | null
  /** The address last connected to. */
  readonly remoteAddress: string | null
  /** The soonest expiry of the certificates shown on the way, valid or not. */
  readonly certExpiresAtMs: number | null
  /** The certificate shown last, valid or not. */
  readonly certificate: Certificate | null
  /** Of DNS alone: `NOERROR`, `NXDOMAIN`. */
  readonly rcode?: string
}

/** Milliseconds, summed over all hops; null: not reached, or not needed. */
export type Phases = {
  readonly dnsMs: number | null
  readonly connectMs: number | null
  readonly tlsMs: number | null
  /** From the connection being ready to the first byte of the answer. */
  readonly ttfbMs: number | null
  /** From the start of the probe to its end, everything included; null: a heartbeat that told no time. */
  readonly totalMs: number | null
}
