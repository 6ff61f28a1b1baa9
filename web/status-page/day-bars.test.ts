import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  coverageText,
  type Day,
  type DayShape,
  dayShape,
  daysText,
  dayText,
  shareOf,
} from './day-bars.ts'

const DAY_S = 86_400
const day = (upS: number, downS: number): Day => ({
  day: '2026-11-25',
  upS,
  downS,
  unknownS: DAY_S - upS - downS,
})

describe('a day', () => {
  test.each<[string, Day, DayShape, string]>([
    ['not observed', day(0, 0), { observed: 0, down: 0 }, 'Not observed.'],
    ['of no length yet', { ...day(0, 0), unknownS: 0 }, { observed: 0, down: 0 }, 'Not observed.'],
    [
      'up throughout',
      day(DAY_S, 0),
      { observed: 4, down: 0 },
      'No downtime seen. All of it observed.',
    ],
    [
      'observed but for a moment is drawn whole, and told as it is',
      day(DAY_S - 60, 0),
      { observed: 4, down: 0 },
      'No downtime seen. Observed: 99.9 %.',
    ],
    [
      'observed for a minute',
      day(60, 0),
      { observed: 1, down: 0 },
      'No downtime seen. Observed: 0 %.',
    ],
    [
      'observed for half',
      day(DAY_S / 2, 0),
      { observed: 2, down: 0 },
      'No downtime seen. Observed: 50 %.',
    ],
    [
      'down for a second is marked',
      day(DAY_S - 1, 1),
      { observed: 4, down: 1 },
      'Down for 1s, up 99.998 % of the time observed. All of it observed.',
    ],
    [
      'down for half of what was observed',
      day(6 * 3_600, 6 * 3_600),
      { observed: 2, down: 4 },
      'Down for 6h 00m, up 50 % of the time observed. Observed: 50 %.',
    ],
    [
      'down throughout',
      day(0, DAY_S),
      { observed: 4, down: 4 },
      'Down for 1d 0h, up 0 % of the time observed. All of it observed.',
    ],
  ])('%s', (_, of, shape, text) => {
    expect([dayShape(of), dayText(of)]).toEqual([shape, text])
  })

  test('is never drawn as more than was observed, but for a hundredth', () => {
    fc.assert(
      fc.property(fc.nat(DAY_S), fc.nat(DAY_S), (up, down) => {
        const of = day(Math.min(up, DAY_S - Math.min(down, DAY_S)), Math.min(down, DAY_S))
        const share = (of.upS + of.downS) / DAY_S
        const { observed, down: mark } = dayShape(of)
        expect(observed / 4).toBeLessThan(share + 0.25 + 1e-9)
        expect(observed === 4).toBe(share >= 0.99)
        expect(mark > 0).toBe(of.downS > 0)
      }),
    )
  })
})

test('the share of days is that of their seconds, never without what was observed', () => {
  expect(shareOf([])).toEqual({ uptime: null, coverage: 0 })
  expect(shareOf([day(0, 0)])).toEqual({ uptime: null, coverage: 0 })
  expect(shareOf([day(DAY_S, 0), day(0, 0)])).toEqual({ uptime: 1, coverage: 0.5 })
  expect(shareOf([day(DAY_S, 0), day(DAY_S / 2, DAY_S / 2)])).toEqual({ uptime: 0.75, coverage: 1 })
})

test.each([
  [1, '100 %'],
  [0.99999, '99.9 %'],
  [0.785, '78.5 %'],
  [0, '0 %'],
])('coverage is not rounded up: %d', (share, text) => {
  expect(coverageText(share)).toBe(text)
})

test('bars are told in words', () => {
  expect(daysText([day(DAY_S, 0)].map(dayShape))).toBe('Last 1 days: no downtime seen.')
  expect(daysText([day(DAY_S, 0), day(60, 1), day(0, 0)].map(dayShape))).toBe(
    'Last 3 days: downtime on 1, 1 observed in part, 1 not observed.',
  )
})
