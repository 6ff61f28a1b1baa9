import { describe, expect, test } from 'vitest'
import { checkId } from '#shared/domain/identity.ts'
import type { Mode, Served } from '../../ground-truth/truth.ts'
import { clock, fault, fleetOf, ms, row } from './hand-made.ts'
import { judgeVerdicts, type VerdictFacts } from './verdicts-are-true.ts'

const served = (slot: number, mode: Mode, after = 0.4): Served => ({
  atMs: ms(slot + after),
  site: 1,
  checkId: checkId(1, ms(slot)),
  mode,
})
const facts = (more: Partial<VerdictFacts>): VerdictFacts => ({
  fleet: fleetOf([]),
  faults: [],
  served: [],
  rows: [],
  ...more,
})
const down = (failure: string) => row(2, 'down', { failure })
const untold = (message: string) => row(2, 'inconclusive', { message })
const stalled = untold('this worker stood still for 0.6 s; seen: no answer')
const fleetThat = (mode: Mode, from = 1, until = 4) => fleetOf([[from, until, mode]])
const lost = fault('worker', 1, 4, 'network loss')

describe('a verdict is what the site did', () => {
  test.each<[string, Partial<VerdictFacts>]>([
    ['up of a site that was well', { rows: [row(2)], served: [served(2, 'ok')] }],
    ['up of a site that was slow', { rows: [row(2)], served: [served(2, 'slow')] }],
    [
      'down of a site with a wrong status',
      { rows: [down('status')], served: [served(2, 'wrong_status')] },
    ],
    [
      'either, where the check was made twice and the site changed',
      { rows: [row(2)], served: [served(2, 'wrong_status'), served(2, 'ok', 0.9)] },
    ],
    [
      'refused by a door that was closed, which no log can tell',
      { rows: [down('refused')], fleet: fleetThat('refuse') },
    ],
    [
      'refused half a second after the door was to be opened again',
      { rows: [down('refused')], fleet: fleetThat('refuse', 0, 2) },
    ],
    [
      'a bad certificate, whose handshake has no request',
      { rows: [down('tls_cert')], fleet: fleetThat('tls_expired') },
    ],
    ['a row of a site that is not in the fleet', { rows: [row(2, 'down', { siteId: 99 })] }],
  ])('holds of %s', (_, change) => {
    expect(judgeVerdicts(facts(change)).violations).toEqual([])
  })

  const about = `site 1, slot ${clock(2)}:`
  test.each<[string, Partial<VerdictFacts>, string]>([
    [
      'up of a site with a wrong status',
      { rows: [row(2)], served: [served(2, 'wrong_status')] },
      'stored as up by worker-1, the site was wrong_status',
    ],
    [
      'up of a site that was not asked',
      { rows: [row(2)], served: [served(4, 'ok')] },
      'stored as up by worker-1, the site was not asked',
    ],
    [
      'down of a site that was well',
      { rows: [down('timeout')], served: [served(2, 'ok')] },
      'stored as down (timeout) by worker-1, the site was ok',
    ],
    [
      'down for another reason than the true one',
      { rows: [down('body')], served: [served(2, 'wrong_status')] },
      'stored as down (body) by worker-1, the site was wrong_status',
    ],
    [
      'refused where no door was closed',
      { rows: [down('refused')] },
      'stored as down (refused) by worker-1, the site was not asked',
    ],
    [
      'refused long after the door was open again',
      { rows: [down('refused')], fleet: fleetThat('refuse', -9, 0) },
      'stored as down (refused) by worker-1, the site was not asked',
    ],
    [
      'a wrong status out of a lost network',
      { rows: [down('status')], faults: [lost] },
      'stored as down (status) by worker-1, the site was not asked',
    ],
    [
      "silence that another worker's lost network should explain",
      { rows: [down('timeout')], faults: [{ ...lost, victim: 'worker-2' }] },
      'stored as down (timeout) by worker-1, the site was not asked',
    ],
    [
      'silence after the network came back',
      { rows: [down('timeout')], faults: [fault('worker', -9, 0, 'network loss')] },
      'stored as down (timeout) by worker-1, the site was not asked',
    ],
    [
      'inconclusive of a site that failed',
      { rows: [untold('status 503, expected 200-299')], faults: [fault('worker', 2)] },
      'inconclusive for no trouble of ours: status 503, expected 200-299',
    ],
  ])('does not hold of %s', (_, change, why) => {
    expect(judgeVerdicts(facts(change)).violations).toEqual([`${about} ${why}`])
  })

  test('counts what a worker said whose own network was lost', () => {
    const finding = judgeVerdicts(facts({ rows: [down('timeout')], faults: [lost] }))
    expect(finding.violations).toEqual([])
    expect(finding.remarks).toContain("down by a worker's lost network: 1")
  })

  test.each<[string, Partial<VerdictFacts>]>([
    ['a stall within a fault', { rows: [stalled], faults: [fault('worker', 1, 3, 'stall')] }],
    [
      'a worker that was told to stop',
      { rows: [untold('the worker is stopping')], faults: [fault('worker', 2, 2, 'term')] },
    ],
    [
      'a worker that was not believed',
      { rows: [untold('worker worker-1 is not believed: 7 of 9 checks fail')], faults: [lost] },
    ],
  ])('excuses inconclusive by %s, and counts it', (_, change) => {
    const finding = judgeVerdicts(facts(change))
    expect(finding.violations).toEqual([])
    expect(finding.remarks).toContain('inconclusive by a fault: 1')
  })

  test('lets one of fifty rows be inconclusive without a fault, and no more', () => {
    const rows = Array.from({ length: 49 }, (_, slot) => row(2 * slot + 10))
    const answers = rows.map(({ slotMs }) => ({ ...served(0, 'ok'), checkId: checkId(1, slotMs) }))
    const with_ = (count: number) =>
      judgeVerdicts(
        facts({
          rows: [...rows, ...Array.from({ length: count }, () => stalled)],
          served: answers,
        }),
      ).violations
    expect(with_(1)).toEqual([])
    expect(with_(2)).toEqual([])
    expect(with_(3)).toEqual(['3 rows are inconclusive without a fault, of at most 2'])
  })

  test('lets one of a thousand rows be a timeout of a site that needs most of its time', () => {
    const starved = (count: number, mode: Mode) => {
      const rows = Array.from({ length: count }, (_, index) =>
        row(2 * index, 'down', { failure: 'timeout' }),
      )
      return judgeVerdicts(facts({ rows, served: rows.map((_, index) => served(2 * index, mode)) }))
        .violations
    }
    expect(starved(1, 'slow')).toEqual([])
    expect(starved(1, 'redirect_loop')).toEqual([])
    expect(starved(1, 'ok')).toHaveLength(1)
    expect(starved(2, 'slow')).toEqual([
      '2 rows of slow or redirected sites are timeouts, of at most 1',
    ])
  })

  test('goes by the slot where the clock of the worker was set wrong', () => {
    const rows = [row(2, 'down', { failure: 'refused', checkedAtMs: ms(3_602) })]
    const fleet = fleetThat('refuse')
    expect(judgeVerdicts(facts({ rows, fleet })).violations).toHaveLength(1)
    const faults = [fault('worker', 0, 5, 'clock +1h')]
    expect(judgeVerdicts(facts({ rows, fleet, faults })).violations).toEqual([])
  })
})
