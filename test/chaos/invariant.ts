import type { Evidence } from './evidence.ts'

/** What must hold after any faults. */
export type Invariant = {
  /** As in docs/chaos.md. */
  readonly id: `I${number}`
  readonly sentence: string
  readonly examine: (evidence: Evidence) => Promise<Finding>
}

export type Finding = {
  /** How many things were held against what they must be: none means that nothing was shown. */
  readonly compared: number
  /** What was compared, in the plural: `slots`. */
  readonly of: string
  readonly violations: readonly string[]
  /** What the faults of this run excuse, and how much of it there was: `missed slots: 12 of at most 40`. */
  readonly remarks: readonly string[]
}
