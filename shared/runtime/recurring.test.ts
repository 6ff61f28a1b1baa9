import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { recurring } from './recurring.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function work(runOnce: () => Promise<number>) {
  const done: number[] = []
  const troubles: unknown[] = []
  const service = recurring({
    name: 'work',
    everyMs: 1_000,
    runOnce,
    onDone: (count) => done.push(count),
    onTrouble: (error) => troubles.push(error),
  })
  return { service, done, troubles }
}

test('it works after each pause, the first one too, and goes on after a failure', async () => {
  let times = 0
  const { service, done, troubles } = work(async () => {
    times++
    if (times === 2) throw new Error('not now')
    return times
  })
  await service.start()
  await service.start()
  expect(times).toBe(0)
  await vi.advanceTimersByTimeAsync(3_000)
  expect(done).toEqual([1, 3])
  expect(troubles).toEqual([new Error('not now')])
  await service.stop()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(times).toBe(3)
})

test('it never works twice at once, and stopping waits for what is under way', async () => {
  const gates: (() => void)[] = []
  const { service, done } = work(
    () => new Promise((resolve) => gates.push(() => resolve(gates.length))),
  )
  await service.start()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(gates.length).toBe(1)
  let isStopped = false
  const stopping = service.stop().then(() => {
    isStopped = true
  })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(isStopped).toBe(false)
  gates[0]?.()
  await stopping
  expect(done).toEqual([1])
})

test('it may be stopped without having been started, and twice', async () => {
  const { service } = work(async () => 1)
  await service.stop()
  await service.stop()
})
