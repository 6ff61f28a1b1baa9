import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FaultOutline, plan } from './plan.ts'

const outline = fc.record({
  family: fc.constantFrom('kill', 'link'),
  name: fc.string({ minLength: 1, maxLength: 4 }),
  victims: fc.uniqueArray(fc.constantFrom('worker-1', 'worker-2', 'kafka', 'smtp'), {
    minLength: 1,
  }),
  weight: fc.integer({ min: 0, max: 10 }),
  lastsMs: fc
    .tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 5_000 }))
    .map(([least, more]) => [least, least + more] as const),
  restMs: fc.integer({ min: 0, max: 5_000 }),
}) satisfies fc.Arbitrary<FaultOutline>
const outlines = fc.uniqueArray(outline, {
  minLength: 1,
  maxLength: 8,
  selector: ({ name }) => name,
})
const options = fc.record({
  seed: fc.nat(),
  durationMs: fc.integer({ min: 0, max: 200_000 }),
  perMinute: fc.integer({ min: 1, max: 200 }),
  quietStartMs: fc.integer({ min: 0, max: 20_000 }),
  quietEndMs: fc.integer({ min: 0, max: 20_000 }),
})

describe('a plan', () => {
  test('is the same for the same seed', () => {
    fc.assert(
      fc.property(outlines, options, (faults, given) => {
        expect(plan(faults, given)).toEqual(plan(faults, given))
      }),
    )
  })

  test('is in order, between the quiet start and the quiet end, and as each fault allows', () => {
    fc.assert(
      fc.property(outlines, options, (faults, given) => {
        let beforeMs = given.quietStartMs
        for (const { atMs, forMs, name, victim } of plan(faults, given)) {
          const fault = faults.find((known) => known.name === name)
          expect(atMs).toBeGreaterThan(beforeMs)
          expect(atMs + forMs).toBeLessThanOrEqual(given.durationMs - given.quietEndMs)
          expect(fault?.victims).toContain(victim)
          expect(fault?.weight).toBeGreaterThan(0)
          expect(forMs).toBeGreaterThanOrEqual(fault?.lastsMs[0] ?? Number.NaN)
          expect(forMs).toBeLessThanOrEqual(fault?.lastsMs[1] ?? Number.NaN)
          beforeMs = atMs
        }
      }),
    )
  })

  test('never does two things to one victim at once, and lets it rest', () => {
    fc.assert(
      fc.property(outlines, options, (faults, given) => {
        const byVictim = Map.groupBy(plan(faults, given), ({ victim }) => victim)
        for (const planned of byVictim.values()) {
          planned.slice(1).forEach(({ atMs }, index) => {
            const before = planned[index]
            const restMs = faults.find(({ name }) => name === before?.name)?.restMs ?? Number.NaN
            expect(atMs).toBeGreaterThanOrEqual((before?.atMs ?? 0) + (before?.forMs ?? 0) + restMs)
          })
        }
      }),
    )
  })

  test('of another seed is another plan, and several victims suffer at once now and then', () => {
    const faults = ['a', 'b', 'c'].map((name) => ({
      family: 'kill',
      name,
      victims: [`${name}-1`, `${name}-2`],
      weight: 1,
      lastsMs: [1_000, 3_000] as const,
      restMs: 500,
    }))
    const given = { durationMs: 600_000, perMinute: 60, quietStartMs: 10_000, quietEndMs: 20_000 }
    const one = plan(faults, { ...given, seed: 1 })
    expect(one).not.toEqual(plan(faults, { ...given, seed: 2 }))
    expect(one.length).toBeGreaterThan(300)
    const together = one.filter(({ atMs }, at) => {
      const before = one[at - 1]
      return before !== undefined && before.atMs + before.forMs > atMs
    })
    expect(together.length).toBeGreaterThan(50)
    expect(new Set(one.map(({ name }) => name))).toEqual(new Set(['a', 'b', 'c']))
  })
})
