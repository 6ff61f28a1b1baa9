import type { Invariant } from './invariant.ts'
import { acknowledgedIsKept } from './invariants/acknowledged-is-kept.ts'
import { countersAgree } from './invariants/counters-agree.ts'
import { deadManIsHonest } from './invariants/dead-man-is-honest.ts'
import { emailsAreFew } from './invariants/emails-are-few.ts'
import { emailsOnceInOrder } from './invariants/emails-once-in-order.ts'
import { longDownsAreOutages } from './invariants/long-downs-are-outages.ts'
import { memoryIsFlat } from './invariants/memory-is-flat.ts'
import { noFalseAlarm } from './invariants/no-false-alarm.ts'
import { nothingIsStuck } from './invariants/nothing-is-stuck.ts'
import { outagesEqualTheFold } from './invariants/outages-equal-the-fold.ts'
import { probedJobsHaveOneRow } from './invariants/probed-jobs-have-one-row.ts'
import { secretsStay } from './invariants/secrets-stay.ts'
import { slotsHaveOneJob } from './invariants/slots-have-one-job.ts'
import { timeGoesForward } from './invariants/time-goes-forward.ts'
import { toldInTime } from './invariants/told-in-time.ts'
import { verdictsAreTrue } from './invariants/verdicts-are-true.ts'

/** What must hold after any faults, in order. docs/chaos.md says what each is held against. */
export const invariants: readonly Invariant[] = [
  slotsHaveOneJob,
  probedJobsHaveOneRow,
  acknowledgedIsKept,
  verdictsAreTrue,
  outagesEqualTheFold,
  emailsOnceInOrder,
  emailsAreFew,
  toldInTime,
  noFalseAlarm,
  longDownsAreOutages,
  nothingIsStuck,
  memoryIsFlat,
  timeGoesForward,
  deadManIsHonest,
  secretsStay,
  countersAgree,
]
