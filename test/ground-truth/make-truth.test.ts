import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newestSlotMs, slotsBetween } from '#shared/domain/slot.ts'
import { type Mix, makeTruth, steadyMix, type TruthOptions, usualMix } from './make-truth.ts'
import { modeAt } from './script.ts'
import { faultsAt, isTlsMode, modes, type ScriptedSite } from './truth.ts'

const DURATION_MS = 300_000
const CADENCE_SECONDS = 2

function truth(options: Partial<TruthOptions> = {}): ScriptedSite[] {
  const usual = { seed: 1, sites: 400, durationMs: DURATION_MS, cadenceSeconds: CADENCE_SECONDS }
  return makeTruth({ ...usual, ...options })
}

const only = (mix: Partial<Mix>): Mix => ({ ...steadyMix, ...mix })
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const few = { numRuns: 20 }

describe('for every seed', () => {
  test('the periods of a site are in order, apart, within the duration, and of modes that its place can show', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 90 }), (seed, cadenceSeconds) => {
        for (const { place, script } of truth({ seed, cadenceSeconds })) {
          let endMs = 0
          for (const { fromMs, untilMs, mode } of script) {
            expect(fromMs).toBeGreaterThanOrEqual(endMs)
            expect(untilMs).toBeGreaterThan(fromMs)
            expect(faultsAt[place]).toContain(mode)
            endMs = untilMs
          }
          expect(endMs).toBeLessThanOrEqual(DURATION_MS)
        }
      }),
      few,
    )
  })

  test('the same seed makes the same truth', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(truth({ seed })).toEqual(truth({ seed }))
      }),
      few,
    )
  })

  test('a larger fleet begins with the smaller one', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(truth({ seed, sites: 300 }).slice(0, 120)).toEqual(truth({ seed, sites: 120 }))
      }),
      few,
    )
  })

  test('every mode occurs in a fleet of 1,000 within 150 cadences', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const seen = new Set(
          truth({ seed, sites: 1_000 }).flatMap(({ script }) => script.map(({ mode }) => mode)),
        )
        expect(modes.filter((mode) => mode !== 'ok' && !seen.has(mode))).toEqual([])
      }),
      few,
    )
  })

  test('most sites are steady', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const steady = truth({ seed, sites: 1_000 }).filter(({ script }) => script.length === 0)
        expect(steady.length / 1_000).toBeGreaterThan(0.6)
      }),
      few,
    )
  })
})

test('another seed makes another truth', () => {
  expect(truth({ seed: 1 })).not.toEqual(truth({ seed: 2 }))
})

test('sites are numbered from 1, without a gap', () => {
  expect(truth({ sites: 5 }).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5])
})

test('no sites are an empty truth', () => {
  expect(truth({ sites: 0 })).toEqual([])
})

test('shares of more than a hundred are refused', () => {
  expect(() => truth({ mix: { ...usualMix, wandering: 95 } })).toThrow(
    'mix: its shares are 106 per cent, at most 100',
  )
})

describe('the places', () => {
  test('there are never more doors than asked for', () => {
    const doors = truth({ sites: 5_000, doors: 3 }).filter(({ place }) => place === 'door')
    expect(doors).toHaveLength(3)
  })

  test('without TLS all sites are plain, and none shows a certificate', () => {
    const sites = truth({ httpsPercent: 0 })
    expect(sites.filter(({ place }) => place === 'https')).toEqual([])
    expect(sites.flatMap(({ script }) => script).filter(({ mode }) => isTlsMode(mode))).toEqual([])
  })

  test('with nothing but TLS all sites have it, but for the doors', () => {
    expect(truth({ httpsPercent: 100, doors: 0 }).every(({ place }) => place === 'https')).toBe(
      true,
    )
  })
})

/** Of one site, as it would find it at each of its slots. */
function atSlots({ number, script }: ScriptedSite) {
  return slotsBetween(number, CADENCE_SECONDS, -1, DURATION_MS - 1).map((slotMs) =>
    modeAt(script, slotMs),
  )
}

describe('the lives', () => {
  test('a flapping site is up and down at every other slot', () => {
    for (const site of truth({ mix: only({ flapping: 100 }), sites: 50 })) {
      const isDown = atSlots(site).map((mode) => mode !== 'ok')
      expect(isDown.length).toBeGreaterThan(100)
      expect(isDown).toEqual(isDown.map((_, at) => at % 2 === 1))
    }
  })

  test('an edgy site changes within 50 ms of a slot, on both sides of it', () => {
    const cadenceMs = CADENCE_SECONDS * 1_000
    const offsets = truth({ mix: only({ edgy: 100 }) }).flatMap(({ number, script }) => {
      const fromSlot = (edgeMs: number) => edgeMs - newestSlotMs(number, CADENCE_SECONDS, edgeMs)
      return script
        .flatMap(({ fromMs, untilMs }) => [fromMs, untilMs])
        .filter((edgeMs) => edgeMs !== DURATION_MS)
        .map((edgeMs) => ((fromSlot(edgeMs) + cadenceMs / 2) % cadenceMs) - cadenceMs / 2)
    })
    expect(offsets.length).toBeGreaterThan(1_000)
    expect(Math.max(...offsets)).toBeLessThanOrEqual(50)
    expect(Math.min(...offsets)).toBeGreaterThanOrEqual(-50)
    expect(offsets.some((offset) => offset > 0)).toBe(true)
    expect(offsets.some((offset) => offset < 0)).toBe(true)
  })

  test('a wandering site is up for about 20 cadences and down for about 6', () => {
    const sites = truth({ mix: only({ wandering: 100 }), sites: 200, durationMs: 4_000_000 })
    const periods = sites.flatMap(({ script }) => script)
    const mean =
      periods.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0) / periods.length
    expect(mean / (CADENCE_SECONDS * 1_000)).toBeGreaterThan(5)
    expect(mean / (CADENCE_SECONDS * 1_000)).toBeLessThan(7)
  })

  test('a broken site is so from the beginning to the end; over TLS by its certificate', () => {
    for (const { place, script } of truth({ mix: only({ broken: 100 }) })) {
      expect(script).toMatchObject([{ fromMs: 0, untilMs: DURATION_MS }])
      expect(place === 'https').toBe(script.every(({ mode }) => isTlsMode(mode)))
    }
  })
})

describe('a flip', () => {
  const flips = [{ fromMs: 60_000, untilMs: 66_000, mode: 'wrong_status' as const }]

  test('holds for every site, whatever it was doing', () => {
    for (const { script } of truth({ flips })) {
      expect(modeAt(script, 60_000)).toBe('wrong_status')
      expect(modeAt(script, 65_999)).toBe('wrong_status')
    }
  })

  test('leaves the rest of each script as it was', () => {
    const before = truth()
    for (const { number, script } of truth({ flips })) {
      const was = before[number - 1]?.script ?? []
      for (const atMs of [0, 59_999, 66_000, 200_000]) {
        expect(modeAt(script, atMs)).toBe(modeAt(was, atMs))
      }
    }
  })
})
