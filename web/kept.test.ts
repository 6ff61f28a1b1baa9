import { expect, test } from 'vitest'
import { Kept } from './kept.ts'

/** Counts what is made, on a clock that stands. */
function keptNumbers(max = 10) {
  let nowMs = 0
  let made = 0
  const kept = new Kept<number>({ maxAgeMs: 1_000, max, nowMs: () => nowMs })
  return {
    get: (key = 'a') => kept.get(key, async () => ++made),
    kept,
    pass: (ms: number) => {
      nowMs += ms
    },
  }
}

test('is made once for all who ask at once', async () => {
  const { get } = keptNumbers()
  expect(await Promise.all([get(), get(), get()])).toEqual([1, 1, 1])
})

test('is made anew when it is too old, and not before', async () => {
  const { get, pass } = keptNumbers()
  await get()
  pass(999)
  expect(await get()).toBe(1)
  pass(1)
  expect(await get()).toBe(2)
})

test('is kept apart by its key', async () => {
  const { get } = keptNumbers()
  expect([await get('a'), await get('b'), await get('a')]).toEqual([1, 2, 1])
})

test('what failed is made anew for the next who asks', async () => {
  const { kept } = keptNumbers()
  await expect(kept.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await kept.get('a', async () => 7)).toBe(7)
})

test('only so many are kept: the oldest goes first', async () => {
  const { get } = keptNumbers(2)
  await get('a')
  await get('b')
  await get('c')
  expect([await get('c'), await get('b'), await get('a')]).toEqual([3, 2, 4])
})
