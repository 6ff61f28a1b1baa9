import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { modeAt, overlay } from './script.ts'
import { type Mode, modes, type Period, type Script } from './truth.ts'

const down: Script = [
  { fromMs: 100, untilMs: 200, mode: 'hang' },
  { fromMs: 200, untilMs: 250, mode: 'reset' },
  { fromMs: 400, untilMs: 500, mode: 'slow' },
]

describe('what a script says of a moment', () => {
  test.each<[string, number, Mode]>([
    ['before all periods it is ok', 99, 'ok'],
    ['a period begins at its first millisecond', 100, 'hang'],
    ['it lasts up to the last one before its end', 199, 'hang'],
    ['the next one begins where it ends', 200, 'reset'],
    ['between periods it is ok', 250, 'ok'],
    ['just before a period it is ok', 399, 'ok'],
    ['the last period is found as well', 499, 'slow'],
    ['after all periods it is ok', 500, 'ok'],
  ])('%s', (_, atMs, mode) => {
    expect(modeAt(down, atMs)).toBe(mode)
  })

  test('an empty script is ok at all times', () => {
    expect(modeAt([], 0)).toBe('ok')
  })
})

const period: fc.Arbitrary<Period> = fc
  .record({
    fromMs: fc.integer({ min: 0, max: 60 }),
    lengthMs: fc.integer({ min: 0, max: 30 }),
    mode: fc.constantFrom(...modes),
  })
  .map(({ fromMs, lengthMs, mode }) => ({ fromMs, untilMs: fromMs + lengthMs, mode }))

describe('a period laid over a script', () => {
  test('goes before what was there, within its bounds and nowhere else', () => {
    fc.assert(
      fc.property(fc.array(period, { maxLength: 12 }), (periods) => {
        const script = periods.reduce<Script>(overlay, [])
        for (let atMs = -1; atMs <= 91; atMs++) {
          const last = periods.findLast(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs)
          expect(modeAt(script, atMs)).toBe(last?.mode ?? 'ok')
        }
      }),
    )
  })

  test('leaves the periods in order, apart, and none of them empty or ok', () => {
    fc.assert(
      fc.property(fc.array(period, { maxLength: 12 }), (periods) => {
        const script = periods.reduce<Script>(overlay, [])
        let endMs = 0
        for (const { fromMs, untilMs, mode } of script) {
          expect(fromMs).toBeGreaterThanOrEqual(endMs)
          expect(untilMs).toBeGreaterThan(fromMs)
          expect(mode).not.toBe('ok')
          endMs = untilMs
        }
      }),
    )
  })
})
