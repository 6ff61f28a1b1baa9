import { expect, test } from 'vitest'
import type { Ask, HostileFleet } from './hostile-fleet.ts'

/** What is looked at, what follows ("result failure"), a part of the message, and how it is asked. */
export type CheckCase = readonly [
  sentence: string,
  url: string,
  outcome: string,
  part?: string,
  ask?: Ask,
]

/** One test for each case: what a target does becomes a result, a failure and a reason. */
export function checkCases(fleet: () => HostileFleet, rows: readonly CheckCase[]): void {
  for (const [sentence, url, outcome, part = '', ask = {}] of rows) {
    test(sentence, async () => {
      const seen = await fleet().perform(url, ask)
      expect(seen).toMatchObject({ siteId: 7, slotMs: 60_000, checkedAtMs: 61_000, worker: 'w1' })
      expect([seen.result, seen.failure].filter((word) => word !== null).join(' ')).toBe(outcome)
      if (seen.result === 'up') expect(seen.message).toBeNull()
      else expect(seen.message).toContain(part)
    })
  }
}
