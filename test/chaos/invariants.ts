import type { Invariant } from './invariant.ts'
import { acknowledgedIsKept } from './invariants/acknowledged-is-kept.ts'
import { probedJobsHaveOneRow } from './invariants/probed-jobs-have-one-row.ts'
import { slotsHaveOneJob } from './invariants/slots-have-one-job.ts'

/** All of them, in order. */
export const invariants: readonly Invariant[] = [
  slotsHaveOneJob,
  probedJobsHaveOneRow,
  acknowledgedIsKept,
]
