import { describe, expect, test } from 'vitest'
import { clock, fault, fleetOf, ms, outage, span, type Told } from './hand-made.ts'
import { type DownFacts, judgeDowns } from './long-downs-are-outages.ts'

const judged = (
  script: readonly Told[],
  outages: DownFacts['outages'],
  more: Partial<DownFacts> = {},
) =>
  judgeDowns({
    fleet: fleetOf(script),
    faults: [],
    window: span(0, 300),
    spans: [{ siteId: 1, seconds: 2, fromMs: ms(-100), untilMs: null }],
    outages,
    ...more,
  })
/** 36 s are long: two slots, two timeouts and 30 s. */
const long: readonly Told[] = [[100, 136, 'hang']]
const short: readonly Told[] = [[100, 101.9, 'wrong_status']]
const about = (from: number, until: number) => `site 1, down from ${clock(from)} to ${clock(until)}`

describe('long downs are outages, and moments are none', () => {
  test.each([
    ['a long one with its outage', judged(long, [outage(100, 136)])],
    ['a long one whose outage lasts', judged(long, [outage(102)])],
    [
      'a long one of two kinds at once',
      judged(
        [
          [100, 120, 'hang'],
          [120, 136, 'reset'],
        ],
        [outage(100, 136)],
      ),
    ],
    [
      'a long one, and the next right after',
      judged([...long, [137, 190, 'hang']], [outage(100, 136), outage(138)]),
    ],
    ['a moment without an outage', judged(short, [])],
  ])('holds of %s', (_, finding) => {
    expect(finding.violations).toEqual([])
    expect(finding.compared).toBeGreaterThan(0)
  })

  test.each([
    ['a long one without an outage', judged(long, []), `${about(100, 136)}: 0 outages`],
    [
      'a long one with two',
      judged(long, [outage(100, 112), outage(118)]),
      `${about(100, 136)}: 2 outages`,
    ],
    [
      'one whose outage is of another site',
      judged(long, [outage(100, 136, { siteId: 2 })]),
      `${about(100, 136)}: 0 outages`,
    ],
    [
      'a long one in which a fault took 10 s less than it was too long',
      judged([[100, 146, 'hang']], [], { faults: [fault('kafka', 110, 120)] }),
      `${about(100, 146)}: 0 outages`,
    ],
    ['a moment with an outage', judged(short, [outage(100)]), `${about(100, 101.9)}: an outage`],
  ])('does not hold of %s', (_, finding, violation) => {
    expect(finding.violations).toEqual([violation])
  })

  test('expects an outage also where a worker, a consumer or the mail server was away', () => {
    const faults = (['worker', 'consumer', 'smtp', 'target'] as const).map((place) =>
      fault(place, 105, 130),
    )
    expect(judged(long, [], { faults }).violations).toEqual([`${about(100, 136)}: 0 outages`])
  })

  test.each([
    ['one of middle length', judged([[100, 110, 'hang']], [])],
    [
      'a long one most of which was a fault',
      judged(long, [], { faults: [fault('kafka', 110, 120)] }),
    ],
    ['one that was slow', judged([[100, 190, 'slow']], [])],
    ['a moment near another one', judged([...short, [104, 105, 'hang']], [outage(100)])],
    ['a moment after a fault', judged(short, [outage(100)], { faults: [fault('scheduler', 90)] })],
    ['one that began before the window', judged([[-20, 40, 'hang']], [])],
    [
      'a site that was paused meanwhile',
      judged(long, [], { spans: [{ siteId: 1, seconds: 2, fromMs: ms(0), untilMs: ms(110) }] }),
    ],
  ])('says nothing of %s', (_, finding) => {
    expect(finding).toMatchObject({ compared: 0, violations: [] })
  })
})
