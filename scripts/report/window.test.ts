import { expect, test } from 'vitest'
import { readWindow, windowText } from './window.ts'

const nowMs = Date.parse('2026-03-08T12:34:56.789Z')
const nothing = { since: null, from: null, to: null }

test.each<[string, object, string]>([
  ['nothing: the usual', {}, '2026-03-01 12:00 to 2026-03-08 12:34 UTC'],
  [
    'a few hours, from a full minute on',
    { since: '90m' },
    '2026-03-08 11:04 to 2026-03-08 12:34 UTC',
  ],
  ['some days, from a full hour on', { since: '2d' }, '2026-03-06 12:00 to 2026-03-08 12:34 UTC'],
  ['many days, from midnight on', { since: '90d' }, '2025-12-08 00:00 to 2026-03-08 12:34 UTC'],
  ['weeks', { since: '2w' }, '2026-02-22 12:00 to 2026-03-08 12:34 UTC'],
  ['a day until now', { from: '2026-03-07' }, '2026-03-07 00:00 to 2026-03-08 12:34 UTC'],
  [
    'two days',
    { from: '2026-02-01', to: '2026-03-01' },
    '2026-02-01 00:00 to 2026-03-01 00:00 UTC',
  ],
  [
    'instants in other zones',
    { from: '2026-03-01T00:00+02:00', to: '2026-03-01T12:30:00-05:00' },
    '2026-02-28 22:00 to 2026-03-01 17:30 UTC',
  ],
  [
    'a window that is still to come',
    { from: '2027-01-01', to: '2027-02-01' },
    '2027-01-01 00:00 to 2027-02-01 00:00 UTC',
  ],
])('a window of %s', (_, wish, text) => {
  const { window, problems } = readWindow({ ...nothing, ...wish }, '7d', nowMs)
  expect(problems).toEqual([])
  expect(window && windowText(window)).toBe(text)
})

test.each<[string, object]>([
  ['no duration', { since: 'week' }],
  ['a duration of nothing', { since: '0d' }],
  ['more than ten years', { since: '4000d' }],
  ['a day that is not in the calendar', { from: '2026-02-30' }],
  ['an instant of such a day', { from: '2026-02-30T12:00Z' }],
  ['a time without its zone', { from: '2026-03-01T12:00' }],
  ['a beginning at the end', { from: '2026-03-01', to: '2026-03-01' }],
  ['a beginning in the future without an end', { from: '2026-04-01' }],
  ['an end alone', { to: '2026-03-01' }],
  ['both', { since: '1d', from: '2026-03-01' }],
])('no window of %s', (_, wish) => {
  const { window, problems } = readWindow({ ...nothing, ...wish }, '7d', nowMs)
  expect(window).toBeNull()
  expect(problems).toHaveLength(1)
})
