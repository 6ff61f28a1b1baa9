import { describe, expect, test } from 'vitest'
import { clock, fault, job, ms, span } from './hand-made.ts'
import { type FlowFacts, judgeFlow } from './nothing-is-stuck.ts'

const good: FlowFacts = {
  jobs: [
    job(0),
    job(2, [
      ['active', 0.3],
      ['retry', 15],
      ['active', 16],
      ['completed', 16.5],
    ]),
  ],
  window: span(0, 60),
  drainedAtMs: ms(70),
  faults: [],
  left: [],
}
const heldFor = (seconds: number) => ({
  jobs: [
    job(0, [
      ['active', 0],
      ['retry', seconds],
    ]),
  ],
})

describe('nothing is stuck', () => {
  test('holds of a run that ran empty, with a lost worker in it', () => {
    expect(judgeFlow(good)).toEqual({
      compared: 3,
      of: 'attempts',
      violations: [],
      remarks: ['run empty after: 10 s', 'longest attempt: 15 s'],
    })
  })

  test.each<[string, Partial<FlowFacts>, string]>([
    ['a run that never ran empty', { drainedAtMs: null }, 'queue and stream did not run empty'],
    ['one that took six minutes to', { drainedAtMs: ms(420) }, 'running empty took 360 s'],
    ['jobs that are left', { left: ['check active: 2'] }, 'check active: 2'],
    [
      'a job that was active for 10 s more than its expiry of 11 s',
      heldFor(22),
      `site 1, slot ${clock(0)}: was one worker's for 22 s, with an expiry of 11 s`,
    ],
    [
      'a job that is active to the end',
      { jobs: [job(0, [['active', 0]])] },
      `site 1, slot ${clock(0)}: was one worker's for 70 s, with an expiry of 11 s`,
    ],
    [
      'the same while a worker was suspended: that is what expiry is for',
      { ...heldFor(22), faults: [fault('worker', 0, 22, 'suspend')] },
      `site 1, slot ${clock(0)}: was one worker's for 22 s, with an expiry of 11 s`,
    ],
  ])('does not hold of %s', (_, change, violation) => {
    expect(judgeFlow({ ...good, ...change }).violations).toEqual([violation])
  })

  test.each<[string, Partial<FlowFacts>]>([
    ['20 s', heldFor(20)],
    ['longer, while Postgres was away', { ...heldFor(30), faults: [fault('postgres', 5, 9)] }],
  ])('lets a job of an expiry of 11 s be active for %s', (_, change) => {
    expect(judgeFlow({ ...good, ...change }).violations).toEqual([])
  })

  test('does not let a short fault excuse a long wait', () => {
    expect(
      judgeFlow({ ...good, ...heldFor(60), faults: [fault('postgres', 5, 9)] }).violations,
    ).toHaveLength(1)
  })
})
