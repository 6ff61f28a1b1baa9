import { describe, expect, test } from 'vitest'
import { clock, fleetOf, outageEvent, span } from './hand-made.ts'
import { judgeAlarms } from './no-false-alarm.ts'

/** Site 1 is well, 2 is slow, 3 is down from 30 to 40 s, 4 before the window. */
const fleet = fleetOf([], [[10, 20, 'slow']], [[30, 40, 'hang']], [[-20, -10, 'hang']])
const judged = (...events: readonly ReturnType<typeof outageEvent>[]) =>
  judgeAlarms({ fleet, window: span(0, 60), events })
const about = (siteId: number, second: number) =>
  `site ${siteId}, which was ${siteId === 3 ? 'up' : 'up throughout'}: an outage from ${clock(second)} on`

describe('only a site that was down has an outage', () => {
  test.each([30, 38, 40, 28])(
    'holds of one that begins at %i s, where it was looked at while it was down',
    (second) => {
      expect(judged(outageEvent(second, 'opened', 3))).toEqual({
        compared: 4,
        of: 'outages and sites that were up throughout',
        violations: [],
        remarks: ['sites that were up throughout: 3'],
      })
    },
  )

  test.each([1, 2, 4])('does not hold of site %i, which was up throughout', (siteId) => {
    expect(judged(outageEvent(12, 'opened', siteId)).violations).toEqual([about(siteId, 12)])
  })

  test.each([20, 42])(
    'does not hold of one that begins at %i s, when the site was up',
    (second) => {
      expect(judged(outageEvent(second, 'opened', 3)).violations).toEqual([about(3, second)])
    },
  )

  test('does not hold of one that was taken back either', () => {
    expect(judged(outageEvent(12), outageEvent(12, 'retracted')).violations).toEqual([
      `${about(1, 12)}, later taken back`,
    ])
  })
})
