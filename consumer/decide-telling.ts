import type { AlertHold } from '#db/outages.ts'

/** How an outage that has just been opened is told of. */
export type Telling =
  | { readonly outcome: 'told' }
  | { readonly outcome: 'held'; readonly by: AlertHold }
  /** The one email that says that single outages will not be told of for a while. */
  | { readonly outcome: 'told_as_flapping' }

export type FlappingRule = {
  /** More outages than this within the window are told of as one thing; 0: never. */
  readonly outagesMax: number
  readonly windowMs: number
  /** How long the status must hold until single outages are told of again. */
  readonly calmMs: number
}

/** What is known of a site at the moment one of its outages is opened. */
export type AlertSituation = {
  /** What others say: planned work, or something above it that is down. */
  readonly hold: 'maintenance' | 'dependency' | null
  readonly isFlapping: boolean
  /** Outages that anybody could be told of, opened within the window, this one among them. */
  readonly outagesInWindow: number
}

/** Pure: what comes from outside goes first, for it explains the outage; then the site's own restlessness. */
export function decideTelling(situation: AlertSituation, rule: FlappingRule): Telling {
  if (situation.hold !== null) return { outcome: 'held', by: situation.hold }
  if (rule.outagesMax === 0) return { outcome: 'told' }
  if (situation.isFlapping) return { outcome: 'held', by: 'flapping' }
  return situation.outagesInWindow > rule.outagesMax
    ? { outcome: 'told_as_flapping' }
    : { outcome: 'told' }
}
