import { describe, expect, test } from 'vitest'
import { countsOf, isClean, reportOf } from './report.ts'
import type { ChaosOutcome } from './run-chaos.ts'

const fault = { place: 'worker', victim: 'worker-1', fromMs: 0, untilMs: 1 } as const
const held = { id: 'I1', sentence: 'Slots', of: 'slots', remarks: [], violations: [] } as const

const outcome = (more: Partial<ChaosOutcome> = {}): ChaosOutcome => ({
  planned: [],
  faults: [
    { ...fault, name: 'kill worker' },
    { ...fault, name: 'kill worker' },
  ],
  skipped: [{ ...fault, name: 'disk full', reason: 'no disk' }],
  complaints: [],
  examined: [{ ...held, compared: 7 }],
  violations: 0,
  trouble: [],
  folder: null,
  tookMs: 1,
  ...more,
})

describe('the report of a chaos run', () => {
  test('counts what was injected and what could not be, by name', () => {
    expect(countsOf(outcome())).toEqual([
      ['disk full', '0', '1'],
      ['kill worker', '2', '0'],
    ])
  })

  test('says what was compared, and what is violated in full', () => {
    const violations = Array.from({ length: 12 }, (_, n) => `slot ${n} twice`)
    const text = reportOf(
      outcome({
        examined: [{ ...held, compared: 7, violations }],
        violations: 12,
        folder: '/logs',
      }),
    )
    expect(text).toMatch(/^I1 +Slots +7 slots +12$/m)
    expect(text).toContain('slot 9 twice\n  and 2 more')
    expect(text).toContain('logs are in /logs')
  })

  test.each<readonly [string, Partial<ChaosOutcome>, boolean]>([
    ['nothing is violated', {}, true],
    ['something is violated', { violations: 1 }, false],
    ['a rule of the harness was broken', { trouble: ['worker-1 ended with 1'] }, false],
    ['one invariant had nothing to compare', { examined: [{ ...held, compared: 0 }] }, false],
  ])('where %s is clean or not', (_, more, clean) => {
    expect(isClean(outcome(more))).toBe(clean)
  })
})
