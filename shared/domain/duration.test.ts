import { describe, expect, test } from 'vitest'
import { humanDuration, parseDuration } from './duration.ts'

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

describe('a duration that people wrote', () => {
  test.each([
    ['milliseconds', '300ms', 300],
    ['seconds', '2s', 2_000],
    ['minutes are not milliseconds', '2m', 120_000],
    ['hours and minutes', '1h30m', 5_400_000],
    ['a fraction', '1.5h', 5_400_000],
    ['days', '14d', 1_209_600_000],
    ['weeks', '2w', 1_209_600_000],
    ['nothing of something', '0s', 0],
  ])('%s', (_, text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  test.each([
    ['nothing', ''],
    ['a number without a unit', '5'],
    ['a unit without a number', 'h'],
    ['an unknown unit', '5y'],
    ['a negative one', '-5s'],
    ['a space', '5 s'],
    ['two points', '1.2.3s'],
    ['a text without end', '1s'.repeat(100)],
  ])('is not %s', (_, text) => {
    expect(parseDuration(text)).toBeNull()
  })
})
