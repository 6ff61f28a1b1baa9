import { describe, expect, test } from 'vitest'
import { judgeRecords, type RecordFacts } from './acknowledged-is-kept.ts'
import { ms, published } from './hand-made.ts'

const about = (second: number) => `site 1, slot ${new Date(ms(second)).toISOString()}`
const key = (second: number) => ({ siteId: 1, slotMs: ms(second) })
const poison = { place: '0/9', key: '1', value: Buffer.from('{"v":1') }
const letter = (place: string, receivedAtMs = ms(20)) => ({ place, reason: 'bad', receivedAtMs })
const good: RecordFacts = {
  records: [published(0), published(2), published(2, '0/3'), poison],
  rows: [key(0), key(2)],
  deadLetters: [letter('0/9')],
  sites: new Set([1]),
  nowMs: ms(60),
}

describe('what Kafka has acknowledged is a row or a dead letter', () => {
  test('holds where each is, and counts what came again', () => {
    expect(judgeRecords(good)).toEqual({
      compared: 6,
      of: 'records and rows',
      violations: [],
      remarks: ['dead letters: 1', 'records that came again: 1'],
    })
  })

  const future = published(300, '0/5')
  test.each<[string, Partial<RecordFacts>, string]>([
    [
      'a record that is neither',
      { rows: [key(0)], records: [published(0), published(2), poison] },
      `0/2 (${about(2)}) is neither a row nor a dead letter`,
    ],
    [
      'a bad record that was swallowed',
      { deadLetters: [] },
      '0/9 (not readable) is neither a row nor a dead letter',
    ],
    [
      'a good record that was put aside',
      { deadLetters: [letter('0/9'), letter('0/0')] },
      '0/0 is a good record, put aside: bad',
    ],
    [
      'a dead letter from nowhere',
      { deadLetters: [letter('0/9'), letter('5/5')] },
      'dead letter 5/5 was never in the topic',
    ],
    [
      'a row that nobody published',
      { rows: [...good.rows, key(4)] },
      `${about(4)} is a row without a record`,
    ],
    [
      'a record of a site that is gone, neither stored nor put aside',
      { records: [...good.records, published(4, '0/7', { siteId: 9 })] },
      `0/7 (${about(4).replace('site 1', 'site 9')}) is neither a row nor a dead letter`,
    ],
  ])('does not hold with %s', (_, change, violation) => {
    expect(judgeRecords({ ...good, ...change }).violations).toEqual([violation])
  })

  test.each<[string, Partial<RecordFacts>]>([
    [
      'a record of a site that is gone and was put aside',
      {
        records: [...good.records, published(4, '0/7', { siteId: 9 })],
        deadLetters: [letter('0/9'), letter('0/7')],
      },
    ],
    [
      'a slot that was in the future when it was read',
      {
        records: [...good.records, future],
        deadLetters: [letter('0/9'), letter('0/5', ms(10))],
        nowMs: ms(400),
      },
    ],
  ])('takes %s for what it is', (_, change) => {
    expect(judgeRecords({ ...good, ...change }).violations).toEqual([])
  })
})
