import type { Evidence, Problem } from './evidence.ts'

/** One thing that must be true of a site. All that it needs was compiled before. */
export type Rule = {
  /** As its owner wrote it, or would write it among the conditions: `[STATUS] == 200-299`. */
  readonly text: string
  readonly needsBody: boolean
  judge(evidence: Evidence): Finding
  /** What was seen in its place, for people to read; null: nothing. */
  seen(evidence: Evidence): string | null
}

export type Finding =
  /** `value`: what the site's path or regex found, whether or not it is as expected. */
  | { readonly outcome: 'met'; readonly value?: string }
  | ({ readonly outcome: 'not_met'; readonly value?: string } & Problem)
  /** The probe did not get that far. */
  | { readonly outcome: 'not_reached' }

export const MET: Finding = { outcome: 'met' }
export const NOT_REACHED: Finding = { outcome: 'not_reached' }
