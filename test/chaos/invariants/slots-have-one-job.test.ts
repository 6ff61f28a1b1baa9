import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { slotsBetween } from '#shared/domain/slot.ts'
import { clock, fault, job, ms, span } from './hand-made.ts'
import { judgeSlots, type SlotFacts } from './slots-have-one-job.ts'

const slots = slotsBetween(1, 2, ms(0), ms(20)).map((slotMs) => (slotMs - ms(0)) / 1_000)
const [, , third = 0, fourth = 0] = slots
const good: SlotFacts = {
  jobs: slots.map((slot) => job(slot)),
  moves: Array.from({ length: 21 }, (_, second) => move(second - 1, second)),
  spans: [{ siteId: 1, seconds: 2, fromMs: ms(0), untilMs: null }],
  window: span(0, 20),
  faults: [],
}

function move(from: number, to: number, at = to + 0.05) {
  return { fromMs: ms(from), toMs: ms(to), atMs: ms(at) }
}

const without = (...gone: readonly number[]) =>
  good.jobs.filter(({ slotMs }) => !gone.some((slot) => ms(slot) === slotMs))
/** The hand does not move for a while, and then catches up. */
const standstill = (from: number, to: number) => [
  ...good.moves.filter(({ toMs }) => toMs <= ms(from)),
  move(from, to),
  ...good.moves.filter(({ fromMs }) => fromMs >= ms(to)),
]

describe('every slot gets its job, once', () => {
  test('holds of a run in step', () => {
    const finding = judgeSlots(good)
    expect(finding.violations).toEqual([])
    expect(finding.compared).toBeGreaterThanOrEqual(7)
  })

  const stalled = { moves: standstill(third - 1, fourth), jobs: without(third) }
  test.each<[string, Partial<SlotFacts>, string]>([
    [
      'a slot that the hand passed without a job',
      { jobs: without(third) },
      `site 1, slot ${clock(third)}: the hand passed it without a job`,
    ],
    [
      'the same while the scheduler was killed: a turn is whole or was not',
      { jobs: without(third), faults: [fault('scheduler', third)] },
      `site 1, slot ${clock(third)}: the hand passed it without a job`,
    ],
    [
      'a slot in a standstill without a fault',
      stalled,
      `site 1, slot ${clock(third)}: no job, the hand stood still without a fault of scheduler or Postgres`,
    ],
    [
      'a slot in a standstill that a fault of a worker does not explain',
      { ...stalled, faults: [fault('worker', third, third + 5)] },
      `site 1, slot ${clock(third)}: no job, the hand stood still without a fault of scheduler or Postgres`,
    ],
    [
      'a slot that the hand never came to',
      { jobs: without(third), moves: [] },
      `site 1, slot ${clock(third)}: no job, and the hand never came to it`,
    ],
    [
      'a job that was inserted twice',
      { jobs: [...without(third), { ...job(third), insertedAtMs: [ms(third), ms(third + 1)] }] },
      `site 1, slot ${clock(third)}: its job was inserted 2 times`,
    ],
  ])('does not hold with %s', (_, change, violation) => {
    expect(judgeSlots({ ...good, ...change }).violations).toEqual([violation])
  })

  test('does not hold with two jobs of one slot under different ids', () => {
    const other = { ...job(third), id: '00000000-0000-4000-8000-000000000000' }
    const { violations } = judgeSlots({ ...good, jobs: [...good.jobs, other] })
    expect(violations).toHaveLength(2)
    expect(violations[0]).toContain('has the jobs')
    expect(violations[1]).toContain('is not the id of its job')
  })

  test.each<[string, Partial<SlotFacts>]>([
    [
      'a standstill of the scheduler',
      { ...stalled, faults: [fault('scheduler', third, third + 1, 'suspend')] },
    ],
    [
      'a scheduler that was cut off with the hand in its hand',
      { ...stalled, faults: [fault('scheduler', third - 15, third - 10, 'link cut')] },
    ],
    ['a restart of Postgres', { ...stalled, faults: [fault('postgres', third - 3, third - 1)] }],
  ])('excuses %s, and counts it', (_, change) => {
    const finding = judgeSlots({ ...good, ...change })
    expect(finding.violations).toEqual([])
    expect(finding.remarks).toEqual([expect.stringMatching(/^missed slots: 1 of at most \d+$/)])
  })

  test.each<[string, Partial<SlotFacts>]>([
    [
      'of the second in which a site was paused',
      {
        spans: [{ siteId: 1, seconds: 2, fromMs: ms(0), untilMs: ms(third + 1) }],
        jobs: good.jobs.filter(({ slotMs }) => slotMs < ms(third)),
      },
    ],
    [
      'of a site that was added later',
      {
        spans: [{ siteId: 1, seconds: 2, fromMs: ms(third), untilMs: null }],
        jobs: good.jobs.filter(({ slotMs }) => slotMs > ms(third)),
      },
    ],
  ])('asks for no job %s', (_, change) => {
    expect(judgeSlots({ ...good, ...change }).violations).toEqual([])
  })

  test('finds each single job that is taken out or doubled, whichever it is', () => {
    const inside = slots.filter((slot) => slot > 2 && slot <= 18)
    fc.assert(
      fc.property(fc.constantFrom(...inside), fc.constantFrom('gone', 'doubled'), (slot, how) => {
        const jobs =
          how === 'gone'
            ? without(slot)
            : [...good.jobs, { ...job(slot), insertedAtMs: [ms(slot), ms(slot)] }]
        return judgeSlots({ ...good, jobs }).violations.length > 0
      }),
    )
  })
})
