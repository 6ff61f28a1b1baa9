import { expect, test } from 'vitest'
import { SharedRounds } from './shared-rounds.ts'

/** Rounds that end when the test says so, numbered. */
function openRounds(gapMs = 0) {
  const gates: PromiseWithResolvers<void>[] = []
  const rounds = new SharedRounds({
    gapMs,
    ask: async () => {
      const gate = Promise.withResolvers<void>()
      const number = gates.push(gate)
      await gate.promise
      return number
    },
  })
  return { rounds, gates }
}

test('all who ask before a round begins share it', async () => {
  const { rounds, gates } = openRounds()
  const asked = [1, 2, 3].map(() => rounds.begunSince(performance.now()))
  await expect.poll(() => gates.length).toBe(1)
  gates[0]?.resolve()
  expect((await Promise.all(asked)).map(({ answer }) => answer)).toEqual([1, 1, 1])
})

test('who asks while a round is out gets the next one, and so do all others', async () => {
  const { rounds, gates } = openRounds()
  const first = rounds.begunSince(performance.now())
  await expect.poll(() => gates.length).toBe(1)
  const later = [1, 2].map(() => rounds.begunSince(performance.now()))
  gates[0]?.resolve()
  await expect.poll(() => gates.length).toBe(2)
  gates[1]?.resolve()
  expect((await first).answer).toBe(1)
  expect((await Promise.all(later)).map(({ answer }) => answer)).toEqual([2, 2])
})

test('who is content with an older round gets it at once', async () => {
  const { rounds, gates } = openRounds()
  const sinceMs = performance.now()
  const first = rounds.begunSince(sinceMs)
  await expect.poll(() => gates.length).toBe(1)
  gates[0]?.resolve()
  await first
  expect((await rounds.begunSince(sinceMs)).answer).toBe(1)
  expect(gates).toHaveLength(1)
})

test('rounds keep their distance', async () => {
  const { rounds, gates } = openRounds(150)
  const first = rounds.begunSince(performance.now())
  await expect.poll(() => gates.length).toBe(1)
  gates[0]?.resolve()
  await first
  const second = rounds.begunSince(performance.now())
  await expect.poll(() => gates.length).toBe(2)
  gates[1]?.resolve()
  expect((await second).beganAtMs - (await first).beganAtMs).toBeGreaterThanOrEqual(149)
})
