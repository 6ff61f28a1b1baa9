import { describe, expect, test, vi } from 'vitest'
import { openLog } from '#shared/runtime/log.ts'
import type { Tick } from './enqueue-due-checks.ts'
import { Scheduler } from './scheduler.ts'

const counts = { seconds: 1, due: 0, missed: 0, requested: 0, enqueued: 0 }
const moved: Tick = { outcome: 'moved', ...counts, invalid: [] }
const log = openLog('test', 'silent')

describe('a scheduler', () => {
  test('makes the partitions at its start, and then turns every second', async () => {
    const done: string[] = []
    const scheduler = new Scheduler({
      enqueue: async () => {
        done.push('turn')
        return moved
      },
      makePartitions: async () => done.push('partitions'),
      log,
    })
    await scheduler.start()
    await vi.waitFor(() => expect(done).toEqual(['partitions', 'turn', 'turn']), { timeout: 5_000 })
    await scheduler.stop()
  })

  test('goes on after a turn that failed', async () => {
    let turns = 0
    const enqueue = async () => {
      if (++turns === 1) throw new Error('the database is away')
      return moved
    }
    const scheduler = new Scheduler({ enqueue, makePartitions: async () => 0, log })
    await scheduler.start()
    await vi.waitFor(() => expect(turns).toBeGreaterThanOrEqual(2), { timeout: 5_000 })
    await scheduler.stop()
  })

  test('told to stop, ends with the turn at hand', async () => {
    const gate = Promise.withResolvers<Tick>()
    let isTurning = false
    const enqueue = () => {
      isTurning = true
      return gate.promise
    }
    const scheduler = new Scheduler({ enqueue, makePartitions: async () => 0, log })
    await scheduler.start()
    await vi.waitFor(() => expect(isTurning).toBe(true), { timeout: 3_000 })
    const stopped = scheduler.stop().then(() => 'stopped')
    expect(await Promise.race([stopped, Promise.resolve('turning')])).toBe('turning')
    gate.resolve(moved)
    expect(await stopped).toBe('stopped')
  })

  test('may be stopped without a start, and twice', async () => {
    const scheduler = new Scheduler({
      enqueue: async () => moved,
      makePartitions: async () => 0,
      log,
    })
    await scheduler.stop()
    await expect(scheduler.stop()).resolves.toBeUndefined()
  })
})
