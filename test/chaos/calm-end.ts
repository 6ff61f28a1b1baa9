import { setTimeout as pause } from 'node:timers/promises'
import type { ChaosStack } from './start-stack.ts'

/** Longer than the thresholds take and half a minute: must be an outage (I10). */
const LONG_MS = 38_000
/** Shorter than one cadence: must be none. */
const SHORT_MS = 1_500
/** The last fault is over for so long that nothing of it is felt. */
const SETTLED_MS = 32_000
/** What the short one takes to have been seen, and to have been told if it had been an outage. */
const AFTERWARDS_MS = 13_000

/**
 * The end of a run, in which nobody is harmed any more and the world goes on: some sites are down for
 * long and some for a moment, and what is counted here can be held against what there is.
 */
export async function calmEnd({ truth, siteNumbers }: ChaosStack): Promise<void> {
  const numbers = [...siteNumbers.values()]
  const some = (digit: number) => numbers.filter((number) => number % 10 === digit)
  await truth.order('wrong_status', LONG_MS, some(3))
  await pause(SETTLED_MS)
  await truth.order('wrong_status', SHORT_MS, some(7))
  await pause(AFTERWARDS_MS)
}
