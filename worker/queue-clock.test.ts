import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keepLog } from '../test/support/kept-log.ts'
import { knownAfter, QueueClock, type Reading } from './queue-clock.ts'

const HOUR_MS = 3_600_000
const QUEUE_MS = 1_800_000_000_000

/** A host whose clocks the test moves; the queue's clock goes as fast as the monotonic one. */
function hostWith({ ownAheadMs }: { ownAheadMs: number }) {
  let monotonicMs = 5_000
  let queueAheadMs = QUEUE_MS - monotonicMs
  let wallAheadMs = queueAheadMs + ownAheadMs
  let answer: () => Promise<number> = async () => monotonicMs + queueAheadMs
  const { log, lines } = keepLog()
  const clock = new QueueClock({
    ask: () => answer(),
    clocks: { monotonicMs: () => monotonicMs, wallMs: () => monotonicMs + wallAheadMs },
    log,
  })
  return {
    clock,
    told: () => lines.map(({ level, fields }) => `${level} ${fields.offset_s}`),
    pass: (ms: number) => {
      monotonicMs += ms
    },
    setOwn: (aheadMs: number) => {
      wallAheadMs = queueAheadMs + aheadMs
    },
    setQueue: (byMs: number) => {
      queueAheadMs += byMs
    },
    /** The question takes this long on its way, and the answer that. */
    delay: (thereMs: number, backMs: number) => {
      answer = async () => {
        monotonicMs += thereMs
        const queueMs = monotonicMs + queueAheadMs
        monotonicMs += backMs
        return queueMs
      }
    },
    queueMs: () => monotonicMs + queueAheadMs,
  }
}

describe("a worker's idea of the time at the queue", () => {
  for (const ownAheadMs of [0, 60_000, HOUR_MS, -HOUR_MS]) {
    test(`is right where its own clock is ${ownAheadMs} ms ahead`, async () => {
      const host = hostWith({ ownAheadMs })
      await host.clock.runOnce()
      host.pass(1_500)
      expect(host.clock.nowMs()).toBe(host.queueMs())
      expect(host.clock.offsetSeconds()).toBe(ownAheadMs / 1_000)
    })
  }

  test('does not move when its own clock is set', async () => {
    const host = hostWith({ ownAheadMs: 0 })
    await host.clock.runOnce()
    host.setOwn(-HOUR_MS)
    expect(host.clock.nowMs()).toBe(host.queueMs())
  })

  test("follows when the queue's clock is set, at the next answer", async () => {
    const host = hostWith({ ownAheadMs: 0 })
    await host.clock.runOnce()
    host.setQueue(HOUR_MS)
    await host.clock.runOnce()
    expect(host.clock.nowMs()).toBe(host.queueMs())
  })

  test('is not made worse by an answer that took long', async () => {
    const host = hostWith({ ownAheadMs: 0 })
    await host.clock.runOnce()
    host.delay(0, 800)
    await host.clock.runOnce()
    expect(host.clock.nowMs()).toBe(host.queueMs())
  })

  test('is in doubt before the first answer, and after one that took too long', async () => {
    const host = hostWith({ ownAheadMs: 0 })
    expect(host.clock.doubt()).toBe('the clock of the queue is not known yet')
    host.delay(2_000, 2_000)
    await host.clock.runOnce()
    expect(host.clock.doubt()).toBe('the clock of the queue is only known to 2.0 s')
    host.delay(1, 1)
    await host.clock.runOnce()
    expect(host.clock.doubt()).toBeNull()
  })

  test('is in doubt once nobody has answered for a quarter of an hour', async () => {
    const host = hostWith({ ownAheadMs: 0 })
    await host.clock.runOnce()
    host.pass(900_000)
    expect(host.clock.doubt()).toBeNull()
    host.pass(200_000)
    expect(host.clock.doubt()).toMatch('only known to 1.1 s')
  })

  test('tells once that its own clock is more than 5 s off, and once that it is right again', async () => {
    const host = hostWith({ ownAheadMs: 5_000 })
    const told: string[][] = []
    for (const ownAheadMs of [5_000, -5_001, -HOUR_MS, 0, 0]) {
      host.setOwn(ownAheadMs)
      await host.clock.runOnce()
      told.push(host.told())
    }
    expect(told.at(-1)).toEqual(['warn -5', 'info 0'])
    expect(told[0]).toEqual([])
  })

  test('started without an answer, it asks again', async () => {
    let asked = 0
    const { log, lines } = keepLog()
    const ask = async () => {
      if (++asked < 2) throw new Error('away')
      return Date.now()
    }
    const clock = new QueueClock({ ask, log })
    await clock.start()
    expect({ doubt: clock.doubt(), warnings: lines.length }).toEqual({
      doubt: 'the clock of the queue is not known yet',
      warnings: 1,
    })
    await expect.poll(() => clock.doubt(), { timeout: 5_000 }).toBeNull()
    await clock.stop()
  })
})

test('whatever the delays, what is known is never further from the truth than it says', () => {
  const delays = fc.record({
    waitMs: fc.integer({ min: 0, max: 60_000 }),
    thereMs: fc.integer({ min: 0, max: 5_000 }),
    backMs: fc.integer({ min: 0, max: 5_000 }),
  })
  fc.assert(
    fc.property(fc.integer(), fc.array(delays, { minLength: 1 }), (aheadMs, answers) => {
      let nowMs = 0
      let known: Reading | null = null
      for (const { waitMs, thereMs, backMs } of answers) {
        nowMs += waitMs + thereMs + backMs
        const errorMs = (thereMs + backMs) / 2
        const readMs = aheadMs + (nowMs - backMs)
        known = knownAfter(known, { aheadMs: readMs + errorMs - nowMs, errorMs, atMs: nowMs })
        expect(Math.abs(known.aheadMs - aheadMs)).toBeLessThanOrEqual(known.errorMs)
        expect(known.errorMs).toBeLessThanOrEqual(
          Math.max(...answers.map((one) => one.thereMs + one.backMs)) / 2,
        )
      }
    }),
  )
})
