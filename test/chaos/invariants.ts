import type { Invariant } from './invariant.ts'
import { acknowledgedIsKept } from './invariants/acknowledged-is-kept.ts'
import { emailsOnceInOrder } from './invariants/emails-once-in-order.ts'
import { noFalseAlarm } from './invariants/no-false-alarm.ts'
import { nothingIsStuck } from './invariants/nothing-is-stuck.ts'
import { outagesEqualTheFold } from './invariants/outages-equal-the-fold.ts'
import { probedJobsHaveOneRow } from './invariants/probed-jobs-have-one-row.ts'
import { slotsHaveOneJob } from './invariants/slots-have-one-job.ts'
import { timeGoesForward } from './invariants/time-goes-forward.ts'
import { verdictsAreTrue } from './invariants/verdicts-are-true.ts'

/** What must hold after any faults, in order. docs/chaos.md says what each is held against. */
export const invariants: readonly Invariant[] = [
  slotsHaveOneJob,
  probedJobsHaveOneRow,
  acknowledgedIsKept,
  verdictsAreTrue,
  outagesEqualTheFold,
  emailsOnceInOrder,
  noFalseAlarm,
  nothingIsStuck,
  timeGoesForward,
]
