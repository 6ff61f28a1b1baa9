import { describe, expect, test } from 'vitest'
import { clock, fleetOf, outageEvent, span } from './hand-made.ts'
import { judgeAlarms } from './no-false-alarm.ts'

/** Site 1 is well, 2 is slow, 3 is down within the window, 4 before it. */
const fleet = fleetOf([], [[10, 20, 'slow']], [[30, 40, 'hang']], [[-20, -10, 'hang']])
const judged = (...events: readonly ReturnType<typeof outageEvent>[]) =>
  judgeAlarms({ fleet, window: span(0, 60), events })

describe('a site that was up throughout has no outage', () => {
  test('holds where only those have one that were down', () => {
    expect(judged(outageEvent(32, 'opened', 3))).toEqual({
      compared: 3,
      of: 'sites that were up throughout',
      violations: [],
      remarks: [],
    })
  })

  test.each([1, 2, 4])('does not hold of an outage of site %i', (siteId) => {
    expect(judged(outageEvent(12, 'opened', siteId)).violations).toEqual([
      `site ${siteId}: an outage from ${clock(12)} on`,
    ])
  })

  test('does not hold of one that was taken back either', () => {
    expect(judged(outageEvent(12), outageEvent(12, 'retracted')).violations).toEqual([
      `site 1: an outage from ${clock(12)} on, later taken back`,
    ])
  })
})
