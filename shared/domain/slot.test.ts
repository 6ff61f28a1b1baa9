import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dueHashRanges, newestSlotMs, sitePhaseSeconds, slotsBetween } from './slot.ts'

const cadences = [1, 7, 60, 300, 600, 3_600, 86_400]
const siteIds = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
const instants = fc.integer({ min: 1_600_000_000, max: 2_000_000_000 })

/** The hash as the migration defines it, in SQL's own terms. */
const siteHash = (id: number) =>
  Number(((BigInt(id) % 2_147_483_648n) * 2_654_435_769n) & 4_294_967_295n)

describe('the phase of a site', () => {
  test('lies within its cadence', () => {
    fc.assert(
      fc.property(siteIds, fc.constantFrom(...cadences), (id, seconds) => {
        const phase = sitePhaseSeconds(id, seconds)
        expect(phase).toBeGreaterThanOrEqual(0)
        expect(phase).toBeLessThan(seconds)
      }),
    )
  })

  test.each([
    [10, 60, 1],
    [600, 60, 11],
    [6_000, 60, 102],
    [100_000, 60, 1_670],
    [100, 3_600, 1],
  ])(
    'is spread evenly: of %i sites at a cadence of %i s at most %i share a second',
    (count, seconds, most) => {
      const perSecond = new Map<number, number>()
      for (let id = 1; id <= count; id++) {
        const phase = sitePhaseSeconds(id, seconds)
        perSecond.set(phase, (perSecond.get(phase) ?? 0) + 1)
      }
      expect(Math.max(...perSecond.values())).toBeLessThanOrEqual(most)
    },
  )
})

describe('the slots of a site', () => {
  test('the newest one is not in the future and less than a cadence old', () => {
    fc.assert(
      fc.property(siteIds, fc.constantFrom(...cadences), instants, (id, seconds, now) => {
        const ageMs = now * 1000 - newestSlotMs(id, seconds, now * 1000)
        expect(ageMs).toBeGreaterThanOrEqual(0)
        expect(ageMs).toBeLessThan(seconds * 1000)
      }),
    )
  })

  test('of two windows side by side are those of the whole', () => {
    fc.assert(
      fc.property(
        siteIds,
        fc.constantFrom(60, 300),
        instants,
        fc.nat(2_000),
        fc.nat(2_000),
        (id, seconds, from, first, second) => {
          const [a, b, c] = [from, from + first, from + first + second].map((s) => s * 1000) as [
            number,
            number,
            number,
          ]
          expect([...slotsBetween(id, seconds, a, b), ...slotsBetween(id, seconds, b, c)]).toEqual(
            slotsBetween(id, seconds, a, c),
          )
        },
      ),
    )
  })
})

describe('the ranges of hashes that are due', () => {
  test('hold exactly the sites with a slot in the window', () => {
    fc.assert(
      fc.property(
        siteIds,
        fc.constantFrom(...cadences),
        instants,
        fc.nat(5_000),
        (id, seconds, from, length) => {
          const isDue = newestSlotMs(id, seconds, (from + length) * 1000) > from * 1000
          const hash = siteHash(id)
          const isInRange = dueHashRanges(seconds, from, from + length).some(
            ({ low, high }) => hash >= low && hash < high,
          )
          expect(isInRange).toBe(isDue)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['a clock that was set back makes nobody due', 60, 1_000, 990, 0],
    ['no time passed makes nobody due', 60, 1_000, 1_000, 0],
    ['a window across the end of the cadence is two ranges', 60, 1_195, 1_205, 2],
    ['a stall of a whole cadence is one range with everybody', 60, 1_000, 5_000, 1],
  ])('%s', (_, seconds, from, to, count) => {
    expect(dueHashRanges(seconds, from, to)).toHaveLength(count)
  })
})
