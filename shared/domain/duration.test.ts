import { describe, expect, test } from 'vitest'
import { humanDuration } from './duration.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('a duration', () => {
  test.each([
    ['of less than nothing', -5 * SECOND, '0s'],
    ['of nothing', 0, '0s'],
    ['just below a second', 999, '0s'],
    ['of seconds', 45 * SECOND, '45s'],
    ['just below a minute', MINUTE - 1, '59s'],
    ['of a minute', MINUTE, '1m'],
    ['of minutes and seconds', 12 * MINUTE + 59 * SECOND, '12m'],
    ['just below an hour', HOUR - 1, '59m'],
    ['of an hour', HOUR, '1h 00m'],
    ['of hours and minutes', 3 * HOUR + 5 * MINUTE, '3h 05m'],
    ['just below a day', DAY - 1, '23h 59m'],
    ['of a day', DAY, '1d 0h'],
    ['of days and hours', 2 * DAY + 4 * HOUR + 59 * MINUTE, '2d 4h'],
    ['of years', 800 * DAY, '800d 0h'],
  ])('%s (%d ms) is said as %s', (_, ms, said) => {
    expect(humanDuration(ms)).toBe(said)
  })
})
