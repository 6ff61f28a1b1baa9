import { describe, expect, test } from 'vitest'
import { judgeCounts } from './emails-are-few.ts'
import { clock, mail, notification, outageEvent } from './hand-made.ts'

/** Outages of site 1 that begin at these seconds, each told ten seconds later. */
const told = (starts: readonly number[], recipientOf = (_index: number) => 'ops@example.org') =>
  judgeCounts({
    events: starts.map((start) => outageEvent(start)),
    notifications: starts.map((start, index) =>
      notification(start, 'outage', { recipient: recipientOf(index) }),
    ),
    mails: starts.map((start) => mail(start, 'outage', start + 10)),
    hourMs: 3_600_000,
  })
const evenly = (count: number, apart: number) =>
  Array.from({ length: count }, (_, index) => index * apart)

describe('nobody gets more than 12 messages about a site in an hour', () => {
  test.each([
    ['12 within a minute', evenly(12, 5)],
    ['12 an hour, for a day', evenly(12 * 24, 300)],
    ['none', []],
  ])('holds of %s', (_, starts) => {
    expect(told(starts).violations).toEqual([])
  })

  test.each([
    ['13 within a minute', evenly(13, 5), 13, 10],
    [
      '13 in an hour, some time in a quiet day',
      [0, ...evenly(13, 60).map((second) => second + 40_000)],
      13,
      40_010,
    ],
  ])('does not hold of %s', (_, starts, count, from) => {
    expect(told(starts).violations).toEqual([
      `site 1, ops@example.org: ${count} messages in the hour from ${clock(from)} on`,
    ])
  })

  test('counts each recipient apart', () => {
    expect(told(evenly(24, 5), (index) => `${index % 2}@example.org`).violations).toEqual([])
  })

  test('counts a message that came twice once', () => {
    const finding = judgeCounts({
      events: [outageEvent(0)],
      notifications: [notification(0)],
      mails: Array.from({ length: 13 }, (_, second) => mail(0, 'outage', second)),
      hourMs: 3_600_000,
    })
    expect(finding).toMatchObject({ compared: 1, violations: [], remarks: ['most in an hour: 1'] })
  })
})
