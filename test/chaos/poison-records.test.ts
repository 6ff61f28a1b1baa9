import { describe, expect, test } from 'vitest'
import { decodeResult, encodeResult } from '#shared/contracts/result-record.ts'
import { Random } from '../fuzz/random.ts'
import { resultAt } from '../support/results.ts'
import { poisonRecords } from './poison-records.ts'

describe('poison records', () => {
  test('come from a good one, and none of them is one', () => {
    const nowMs = Date.now()
    const good = encodeResult(resultAt(0, 'up'))
    expect(decodeResult(Buffer.from(good), '1', nowMs).ok).toBe(true)
    const records = poisonRecords(new Random(7, 0), 200, good)
    expect(records).toHaveLength(200)
    const taken = records.filter(({ key, value }) => decodeResult(value, key, nowMs).ok)
    expect(taken.map(({ value }) => String(value))).toEqual([])
  })
})
