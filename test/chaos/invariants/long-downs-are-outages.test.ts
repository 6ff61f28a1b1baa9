import { describe, expect, test } from 'vitest'
import { checkId } from '#shared/domain/identity.ts'
import type { Mode } from '../../ground-truth/truth.ts'
import { clock, fault, fleetOf, ms, outage, row, span, type Told } from './hand-made.ts'
import { type DownFacts, judgeDowns } from './long-downs-are-outages.ts'

const served = (second: number, mode: Mode, slot = second) => ({
  atMs: ms(second),
  site: 1,
  checkId: checkId(1, ms(slot)),
  mode,
})
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
    served: [served(101, 'hang'), served(103, 'hang')],
    rows: [row(90)],
    outages,
    ...more,
  })
/** 36 s are long: two slots, two timeouts and 30 s. */
const long: readonly Told[] = [[100, 136, 'hang']]
const short: readonly Told[] = [[100, 104, 'wrong_status']]
const once = {
  served: [served(101, 'wrong_status'), served(101.5, 'wrong_status', 101), served(105, 'ok')],
}
const often = { served: [served(101, 'wrong_status'), served(103, 'wrong_status')] }
const about = (from: number, until: number) => `site 1, down from ${clock(from)} to ${clock(until)}`

describe('long downs are outages, and what is seen down too seldom is none', () => {
  test.each([
    ['a long one with its outage', judged(long, [outage(100, 136)])],
    ['a long one whose outage lasts', judged(long, [outage(102)])],
    ['one that was there before and after', judged([[-50, 400, 'hang']], [outage(-50)])],
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
    ['one check that found it down, twice', judged(short, [], once)],
    [
      'one before which it had recovered',
      judged([[50, 86, 'hang'], ...short], [outage(50, 86)], once),
    ],
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
      'one that is long even without the time of a fault',
      judged([[100, 146, 'hang']], [], { faults: [fault('kafka', 110, 120)] }),
      `${about(100, 146)}: 0 outages`,
    ],
    [
      'one that one check found down',
      judged(short, [outage(101, null, { openedSlotMs: ms(103) })], once),
      `${about(100, 104)}: an outage`,
    ],
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
    ['one of middle length', judged(short, [], often)],
    ['one of middle length with an outage', judged(short, [outage(101)], often)],
    [
      'a long one most of which was a fault',
      judged(long, [], { faults: [fault('kafka', 110, 120)], ...often }),
    ],
    ['one that was slow', judged([[100, 190, 'slow']], [])],
    [
      'one before which no good row shows that no streak had begun',
      judged(short, [outage(101)], { ...once, rows: [] }),
    ],
    ['one soon after another one', judged([[88, 92, 'hang'], ...short], [outage(101)], once)],
    [
      'one check that found it down, and another one the next time that it was',
      judged([...short, [106, 110, 'hang']], [outage(101, 112, { openedSlotMs: ms(107) })], once),
    ],
    [
      'one whose good looks before the next one are lost',
      judged([...short, [110, 114, 'wrong_status']], [outage(101)], once),
    ],
    [
      'one in which a worker had lost its network',
      judged(short, [outage(101)], {
        ...once,
        faults: [fault('worker', 99, 101, 'worker loses its network')],
      }),
    ],
    ['one that no log can tell of', judged([[100, 104, 'refuse']], [outage(101)])],
    [
      'a site that was paused meanwhile',
      judged(long, [], {
        ...often,
        spans: [{ siteId: 1, seconds: 2, fromMs: ms(0), untilMs: ms(110) }],
      }),
    ],
  ])('says nothing of %s', (_, finding) => {
    expect(finding.violations).toEqual([])
  })
})
