import { describe, expect, test } from 'vitest'
import { foldHealth, type SlotOutcome } from '#shared/domain/health.ts'
import { nextAnswer, type OutageScript } from './outage-script.ts'

const CADENCE_MS = 10_000
const thresholds = { failure: 2, recovery: 2 }

type Watching = {
  /** From the load to the check that it asks for. */
  readonly firstCheckMs: number
  /** From the load to the first regular slot. */
  readonly phaseMs: number
  /** How late after its slot the request of check n arrives. */
  readonly lateMs: (check: number) => number
  /** What the target saw before the load, if anything. */
  readonly before: OutageScript | null
}

/** What the checks of ten minutes see, by slot, in milliseconds since the load. */
function watch({ firstCheckMs, phaseMs, lateMs, before }: Watching): SlotOutcome[] {
  const regular = Array.from({ length: 60 }, (_, slot) => phaseMs + slot * CADENCE_MS)
  const slots = [firstCheckMs, ...regular].sort((a, b) => a - b)
  const requests = slots.map((slotMs, check) => ({ slotMs, atMs: slotMs + lateMs(check) }))
  let script = before
  return requests
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ slotMs, atMs }) => {
      const step = nextAnswer(script, atMs)
      script = step.script
      return { slotMs, result: step.answer }
    })
}

const phases = Array.from({ length: 20 }, (_, half) => half * 500)
const firstChecks = [0, 1_000, 2_500, 5_000]
const latenesses: readonly (readonly [string, (check: number) => number])[] = [
  ['on time', () => 20],
  ['3 s late each', () => 3_000],
  ['late by turns', (check) => (check % 2 === 0 ? 3_000 : 0)],
  ['more and more late', (check) => Math.min(3_000, check * 300)],
]
const pasts: readonly (readonly [string, OutageScript | null])[] = [
  ['a fresh target', null],
  [
    'a target that somebody looked at a minute ago',
    { startedAtMs: -60_000, lastRequestAtMs: -60_000 },
  ],
  [
    'a target that ran all night for another load',
    { startedAtMs: -8 * 3_600_000, lastRequestAtMs: -45_000 },
  ],
]
const situations = pasts.flatMap(([past, before]) =>
  latenesses.map(([lateness, lateMs]) => [past, lateness, before, lateMs] as const),
)

describe('both emails are queued within 75 s of loading, at any phase', () => {
  test.each(situations)('%s, checks %s', (_past, _lateness, before, lateMs) => {
    for (const phaseMs of phases) {
      for (const firstCheckMs of firstChecks) {
        const results = watch({ firstCheckMs, phaseMs, lateMs, before })
        const { outages } = foldHealth(results, thresholds)
        const first = outages[0]
        expect(first?.openedSlotMs).toBeLessThanOrEqual(45_000)
        expect(first?.closedSlotMs).toBeLessThanOrEqual(72_000)
        // The site was seen up before, so the email can say for how long.
        expect(results[0]?.result).toBe('up')
      }
    }
  })

  test('and then one outage every five minutes, not more', () => {
    const results = watch({ firstCheckMs: 1_000, phaseMs: 4_000, lateMs: () => 20, before: null })
    const { outages } = foldHealth(results, thresholds)
    expect(outages).toHaveLength(2)
    expect(outages.every((outage) => outage.endedAtMs !== null)).toBe(true)
  })
})
