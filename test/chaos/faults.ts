import type { Cast, Family, Fault } from './fault.ts'
import { hostFaults } from './faults/host-faults.ts'
import { linkFaults } from './faults/link-faults.ts'
import { mailFaults } from './faults/mail-faults.ts'
import { processFaults } from './faults/process-faults.ts'
import { serverFaults } from './faults/server-faults.ts'
import { siteFaults } from './faults/site-faults.ts'
import { stepFaults } from './faults/step-faults.ts'
import { streamFaults } from './faults/stream-faults.ts'
import { targetFaults } from './faults/target-faults.ts'

/** All that can be done to a run of this cast, of the families that are asked for. */
export function faultsFor(cast: Cast, wanted: ReadonlySet<Family>): readonly Fault[] {
  const all = [
    ...processFaults(cast),
    ...stepFaults(cast),
    ...serverFaults,
    ...linkFaults(cast),
    ...mailFaults,
    ...streamFaults,
    ...hostFaults(cast),
    ...targetFaults,
    ...siteFaults,
  ]
  return all.filter(({ family }) => wanted.has(family))
}
