import { describe, expect, test } from 'vitest'
import { clock, fault, job, ms, outage, row, rowEvent } from './hand-made.ts'
import { judgeTimes, type TimeFacts } from './time-goes-forward.ts'

const good: TimeFacts = {
  jobs: [job(0), job(2), job(4)],
  moves: [{ fromMs: ms(0), toMs: ms(1), atMs: ms(1.1) }],
  rows: [row(0), row(2, 'down'), row(4, 'up', { leastMs: null })],
  rowEvents: [rowEvent(0), rowEvent(2), rowEvent(4)],
  outages: [outage(0, 20), outage(30)],
  faults: [],
}
const early = { rows: [row(2, 'up', { checkedAtMs: ms(0.5) })] }
const late = { rows: [row(2, 'up', { checkedAtMs: ms(4.6) })] }

describe('time goes forward', () => {
  test('in a good run', () => {
    expect(judgeTimes(good)).toMatchObject({ compared: 9, violations: [] })
  })

  test.each<[string, Partial<TimeFacts>, string]>([
    [
      'a job of an older slot after a newer one',
      { jobs: [job(4), { ...job(2), insertedAtMs: [ms(5)] }] },
      `site 1, slot ${clock(2)}: came after that of ${clock(4)}`,
    ],
    [
      'a hand that went back',
      { moves: [{ fromMs: ms(5), toMs: ms(3), atMs: ms(6) }] },
      `the hand went back from ${clock(5)} to ${clock(3)}`,
    ],
    [
      'a negative duration',
      { rows: [row(2, 'up', { leastMs: -1.5 })] },
      `site 1, slot ${clock(2)}: a duration of -1.5 ms`,
    ],
    [
      'a row of a slot that was still to come',
      { rowEvents: [{ ...rowEvent(2), atMs: ms(1.9) }] },
      `site 1, slot ${clock(2)}: stored at ${clock(1.9)}, before it`,
    ],
    [
      'a check more than a tick before its slot',
      early,
      `site 1, slot ${clock(2)}: checked at ${clock(0.5)}, before it was due`,
    ],
    [
      'the same by another worker than the one whose clock was set',
      { ...early, faults: [fault('worker', 0, 9, 'clock -1h', 'worker-2')] },
      `site 1, slot ${clock(2)}: checked at ${clock(0.5)}, before it was due`,
    ],
    [
      'a check that was made when the next one was due',
      late,
      `site 1, slot ${clock(2)}: checked at ${clock(4.6)}, when it was older than its cadence`,
    ],
    [
      'an outage that ends before it begins',
      { outages: [outage(20, 10)] },
      `outage ${outage(20).id}: its instants are not in order: ${[20, 22, 10, 12].map(clock).join(', ')}`,
    ],
  ])('or not, with %s', (_, change, violation) => {
    expect(judgeTimes({ ...good, ...change }).violations).toEqual([violation])
  })

  test('or so it seems to a worker whose clock was set, which is counted', () => {
    const finding = judgeTimes({ ...good, ...early, faults: [fault('worker', 0, 9, 'clock -1h')] })
    expect(finding.violations).toEqual([])
    expect(finding.remarks).toEqual(['rows timed by a clock that was set wrong: 1'])
  })

  test('lets a check be as late as it may, and a clock that was set say what it likes', () => {
    const justInTime = { rows: [row(2, 'up', { checkedAtMs: ms(4.4) })] }
    expect(judgeTimes({ ...good, ...justInTime }).violations).toEqual([])
    const faults = [fault('worker', 0, 9, 'clock +1h')]
    expect(judgeTimes({ ...good, ...late, faults }).violations).toEqual([])
  })

  test('lets two jobs of one turn be in any order', () => {
    const jobs = [job(4), { ...job(2), insertedAtMs: [ms(4) + 90] }]
    expect(judgeTimes({ ...good, jobs }).violations).toEqual([])
  })
})
