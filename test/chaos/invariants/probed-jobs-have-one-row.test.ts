import { describe, expect, test } from 'vitest'
import { clock, fault, job, published, rowEvent } from './hand-made.ts'
import { judgeRowsOfJobs, type RowsOfJobs } from './probed-jobs-have-one-row.ts'

const good: RowsOfJobs = {
  jobs: [job(0), job(2), job(4)],
  rows: [rowEvent(0), rowEvent(2), rowEvent(4)],
  sites: new Set([1]),
  records: [published(0), published(2), published(4)],
  faults: [],
}
const withoutRow = { rows: [rowEvent(0), rowEvent(4)], records: [published(0), published(4)] }
const second = (changes: Parameters<typeof job>[1]) => ({
  ...withoutRow,
  jobs: [job(0), job(2, changes), job(4)],
})
const about = `site 1, slot ${clock(2)}`

describe('every check that was made has one row', () => {
  test('holds where each has', () => {
    expect(judgeRowsOfJobs(good)).toMatchObject({ compared: 6, violations: [], remarks: [] })
  })

  test.each<[string, Partial<RowsOfJobs>, string]>([
    [
      'a check that was completed in time and has no row',
      withoutRow,
      `${about}: completed without a row`,
    ],
    [
      'the same while its worker was killed: nothing may be completed before it is safe',
      { ...withoutRow, faults: [fault('worker', 2.4)] },
      `${about}: completed without a row`,
    ],
    [
      'a published result without a row',
      { rows: withoutRow.rows },
      `${about}: was published and has no row`,
    ],
    [
      'a job that nobody ever finished',
      second([['active', 0.3]]),
      `${about}: never came to an end`,
    ],
    ['a job that nobody ever fetched', second([]), `${about}: never came to an end`],
    [
      'a job that was given up at its second try',
      second([
        ['active', 0.3],
        ['retry', 12],
        ['active', 13],
        ['failed', 14],
      ]),
      `${about}: failed after 2 tries`,
    ],
    [
      'a job that was deleted while it was fresh',
      second([['deleted', 1]]),
      `${about}: was deleted before it was older than its cadence`,
    ],
    [
      'a slow check that no fault held up',
      second([
        ['active', 0.3],
        ['completed', 2.5],
      ]),
      `${about}: completed without a row`,
    ],
    [
      'a row that was stored twice',
      { rows: [...good.rows, rowEvent(2)] },
      `${about}: stored 2 times`,
    ],
    ['a row without a job', { jobs: [job(0), job(4)] }, `${about}: a row without a job`],
    [
      'a row that was deleted',
      { rows: [...good.rows, rowEvent(2, 'deleted')] },
      `${about}: its row was deleted`,
    ],
  ])('does not hold with %s', (_, change, violation) => {
    expect(judgeRowsOfJobs({ ...good, ...change }).violations).toEqual([violation])
  })

  const tries = [0, 12, 24, 36, 48, 60].flatMap(
    (after) =>
      [
        ['active', after],
        ['retry', after + 11],
      ] as const,
  )
  test.each<[string, Partial<RowsOfJobs>, string]>([
    [
      'a job that was fetched when it was older than its cadence',
      second([
        ['active', 2.2],
        ['completed', 2.3],
      ]),
      'missed: 1',
    ],
    [
      'a job that was too old when its worker was woken again',
      {
        ...second([
          ['active', 0.3],
          ['completed', 4],
        ]),
        faults: [fault('worker', 2.2, 5.5, 'suspend')],
      },
      'missed: 1',
    ],
    ['a job that nobody fetched until it was too old', second([['deleted', 60]]), 'missed: 1'],
    [
      'a job that six workers died of',
      second([...tries.slice(0, -1), ['failed', 71]]),
      'given up: 1',
    ],
    [
      'a site that was deleted',
      { ...withoutRow, sites: new Set<number>() },
      'of a deleted site: 1',
    ],
  ])('asks for no row of %s, and counts it', (_, change, remark) => {
    expect(judgeRowsOfJobs({ ...good, ...change })).toMatchObject({
      violations: [],
      remarks: [`jobs without a row, ${remark}`],
    })
  })

  test('takes a row that was changed once for the same row', () => {
    const rows = [...good.rows, rowEvent(2, 'changed')]
    expect(judgeRowsOfJobs({ ...good, rows }).violations).toEqual([])
  })

  test('takes a job that was made again after its worker was lost for one', () => {
    const again = job(2, [
      ['active', 0.3],
      ['retry', 12],
      ['active', 13.5],
      ['completed', 13.9],
    ])
    expect(judgeRowsOfJobs({ ...good, jobs: [job(0), again, job(4)] }).violations).toEqual([])
  })
})
