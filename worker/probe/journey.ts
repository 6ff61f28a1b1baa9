import type { Deadline } from './deadline.ts'
import type { Trace } from './trace.ts'

/** One probe under way: what all of its hops share. */
export type Journey = {
  readonly deadline: Deadline
  readonly trace: Trace
  /** See `Visit`. */
  readonly checkId?: string | undefined
}
