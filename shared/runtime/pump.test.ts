import { describe, expect, test, vi } from 'vitest'
import { Pump, type PumpOptions } from './pump.ts'

/** A queue of numbered jobs and a record of what became of them. */
function bench(count: number, options: Partial<PumpOptions<number, number>> = {}) {
  const waiting = Array.from({ length: count }, (_, index) => index)
  const settled: number[] = []
  const released: number[] = []
  const troubles: string[] = []
  let inFlightMax = 0
  let inFlight = 0
  const pump = new Pump<number, number>({
    name: 'test pump',
    fetch: async (limit) => waiting.splice(0, limit),
    settle: async (batch) => void settled.push(...batch),
    release: async (jobs) => void released.push(...jobs),
    onTrouble: (what) => troubles.push(what),
    maxInFlight: 10,
    maxUnsettled: 20,
    maxFetch: 10,
    maxSettle: 100,
    lingerMs: 1,
    idleMs: 5,
    drainMs: 1_000,
    ...options,
    work: async (job) => {
      inFlightMax = Math.max(inFlightMax, ++inFlight)
      try {
        return await (options.work ?? (async (same: number) => same))(job)
      } finally {
        inFlight--
      }
    },
  })
  return { pump, waiting, settled, released, troubles, inFlightMax: () => inFlightMax }
}

describe('a pump', () => {
  test('settles every job once', async () => {
    const { pump, settled } = bench(500)
    await pump.start()
    await vi.waitFor(() => expect(settled).toHaveLength(500))
    await pump.stop()
    expect(new Set(settled).size).toBe(500)
  })

  test('never has more in flight than it may', async () => {
    const { pump, settled, inFlightMax } = bench(100, { work: (job) => Promise.resolve(job) })
    await pump.start()
    await vi.waitFor(() => expect(settled).toHaveLength(100))
    await pump.stop()
    expect(inFlightMax()).toBeLessThanOrEqual(10)
  })

  test('goes on past jobs that hang', async () => {
    const hang = Promise.withResolvers<number>()
    const { pump, settled } = bench(200, {
      work: (job) => (job < 9 ? hang.promise : Promise.resolve(job)),
    })
    await pump.start()
    await vi.waitFor(() => expect(settled).toHaveLength(191))
    hang.resolve(0)
    await pump.stop()
  })

  test('stops fetching while nothing can be settled, and loses nothing', async () => {
    const gate = Promise.withResolvers<void>()
    const settled: number[] = []
    const { pump, waiting } = bench(100, {
      settle: async (batch) => {
        await gate.promise
        settled.push(...batch)
      },
    })
    await pump.start()
    await vi.waitFor(() => expect(pump.state.unsettled).toBe(20))
    expect(waiting).toHaveLength(80)
    gate.resolve()
    await vi.waitFor(() => expect(settled).toHaveLength(100))
    await pump.stop()
  })

  test('settles the same batch again after a failure', async () => {
    let isFirst = true
    const settled: number[] = []
    const { pump, troubles } = bench(5, {
      settle: async (batch) => {
        if (isFirst) {
          isFirst = false
          throw new Error('away')
        }
        settled.push(...batch)
      },
    })
    await pump.start()
    await vi.waitFor(() => expect(settled).toHaveLength(5))
    await pump.stop()
    expect(troubles).toEqual(['settle'])
  })

  test('survives a fetch that fails', async () => {
    let failures = 2
    const { pump, settled, troubles, waiting } = bench(5, {
      fetch: async (limit) => {
        if (failures-- > 0) throw new Error('away')
        return waiting.splice(0, limit)
      },
    })
    await pump.start()
    await vi.waitFor(() => expect(settled).toHaveLength(5), { timeout: 3_000 })
    await pump.stop()
    expect(troubles).toEqual(['fetch', 'fetch'])
  })

  test('told to stop, finishes and settles what it has begun', async () => {
    const gate = Promise.withResolvers<void>()
    const { pump, settled, waiting } = bench(50, { work: (job) => gate.promise.then(() => job) })
    await pump.start()
    await vi.waitFor(() => expect(pump.state.inFlight).toBe(10))
    const stopped = pump.stop()
    gate.resolve()
    await stopped
    expect(settled).toHaveLength(10)
    expect(waiting).toHaveLength(40)
  })

  test('told to stop, gives back what does not end in time', async () => {
    const { pump, released } = bench(3, { work: () => new Promise(() => undefined), drainMs: 20 })
    await pump.start()
    await vi.waitFor(() => expect(pump.state.inFlight).toBe(3))
    await pump.stop()
    expect(released.sort()).toEqual([0, 1, 2])
  })

  test('told to stop, gives back what it cannot settle in time', async () => {
    const { pump, released } = bench(3, {
      settle: () => Promise.reject(new Error('away')),
      drainMs: 20,
    })
    await pump.start()
    await vi.waitFor(() => expect(pump.state.unsettled).toBe(3))
    await pump.stop()
    expect(released.sort()).toEqual([0, 1, 2])
  })

  test('may be stopped without a start, and twice', async () => {
    const { pump } = bench(0)
    await pump.stop()
    await expect(pump.stop()).resolves.toBeUndefined()
  })
})
