import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RateLimit } from './rate-limit.ts'

const rate = { burst: 3, everyMs: 500 }
const outcomes = (limit: RateLimit, times: readonly number[]) =>
  times.map((nowMs) => (limit.take('a', nowMs).outcome === 'admitted' ? 'yes' : 'no')).join(' ')

describe('a caller', () => {
  test.each<[string, readonly number[], string]>([
    ['may come as often at once as the burst says', [0, 0, 0, 0], 'yes yes yes no'],
    ['may come again when one has dripped in', [0, 0, 0, 499, 500, 500], 'yes yes yes no yes no'],
    ['who was refused has not used anything up', [0, 0, 0, 0, 0, 500], 'yes yes yes no no yes'],
    [
      'gets no more than the burst for having waited',
      [0, 99_999, 99_999, 99_999, 99_999],
      'yes yes yes yes no',
    ],
    [
      'does not wait for a clock that was set back',
      [99_000, 99_000, 99_000, 0, 500, 1_000],
      'yes yes yes no yes yes',
    ],
  ])('%s', (_, times, expected) => {
    expect(outcomes(new RateLimit(rate), times)).toBe(expected)
  })

  test('does not take from another', () => {
    const limit = new RateLimit(rate)
    outcomes(limit, [0, 0, 0])
    expect(limit.take('b', 0)).toMatchObject({ outcome: 'admitted', remaining: 2 })
  })

  test('is told what is left, and how long to wait', () => {
    const limit = new RateLimit(rate)
    expect(limit.take('a', 0)).toEqual({
      outcome: 'admitted',
      remaining: 2,
      restMs: 500,
      waitMs: 0,
    })
    limit.take('a', 0)
    expect(limit.take('a', 0)).toEqual({
      outcome: 'admitted',
      remaining: 0,
      restMs: 1_500,
      waitMs: 0,
    })
    expect(limit.take('a', 200)).toEqual({
      outcome: 'too_many',
      remaining: 0,
      restMs: 1_300,
      waitMs: 300,
    })
  })

  test('whose request is given back is as if it had not come', () => {
    const limit = new RateLimit(rate)
    limit.take('a', 0)
    limit.giveBack('a', 0)
    expect(outcomes(limit, [0, 0, 0, 0])).toBe('yes yes yes no')
  })
})

test('within any time nobody is admitted more often than burst and rate together allow', () => {
  const steps = fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 60 })
  fc.assert(
    fc.property(steps, (waits) => {
      const limit = new RateLimit(rate)
      let nowMs = 0
      let admitted = 0
      for (const wait of waits) {
        nowMs += wait
        if (limit.take('a', nowMs).outcome === 'admitted') admitted++
        expect(admitted).toBeLessThanOrEqual(rate.burst + nowMs / rate.everyMs)
      }
    }),
  )
})

test('what is remembered is bounded, and those who came last are among it', () => {
  const limit = new RateLimit(rate)
  for (let caller = 0; caller < 20_000; caller++) limit.take(String(caller), 0)
  expect(limit.remembered).toBe(10_000)
  expect(limit.take('19999', 0).remaining).toBe(1)
})
