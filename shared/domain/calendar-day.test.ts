import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isCalendarDay, parseCalendarTime } from './calendar-day.ts'

describe('a day', () => {
  test.each([
    ['a day', '2026-02-28', true],
    ['a leap day', '2024-02-29', true],
    ['a leap day of a year that has none', '2026-02-29', false],
    ['a leap day of a century', '1900-02-29', false],
    ['30 February', '2026-02-30', false],
    ['31 April', '2026-04-31', false],
    ['day 0', '2026-01-00', false],
    ['month 13', '2026-13-01', false],
  ])('%s: %s is one: %s', (_, day, isOne) => {
    expect(isCalendarDay(day)).toBe(isOne)
  })
})

describe('a time', () => {
  test.each([
    ['a day', '2026-03-01', Date.UTC(2026, 2, 1)],
    ['an instant', '2026-03-01T12:00:00.5Z', Date.UTC(2026, 2, 1, 12, 0, 0, 500)],
    ['an instant of another zone', '2026-03-01T01:00+02:00', Date.UTC(2026, 1, 28, 23)],
    ['an instant of a day that there is not', '2026-02-30T12:00:00Z', null],
    ['an hour that there is not', '2026-03-01T25:00Z', null],
  ])('%s: %s', (_, text, ms) => {
    expect(parseCalendarTime(text)).toBe(ms)
  })

  test('every instant is read as itself', () => {
    const instants = fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(instants, (at) => {
        expect(parseCalendarTime(at.toISOString())).toBe(at.getTime())
      }),
    )
  })
})
