import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { openLog } from '#shared/runtime/log.ts'
import { keepLog } from '../../test/support/kept-log.ts'
import { ClockWatch } from './clock-watch.ts'

const quiet = openLog('test', 'silent')
afterEach(() => vi.useRealTimers())

/** A watch whose clocks stand still until told otherwise; its timer never fires by itself. */
async function openWatch(log = quiet) {
  vi.useFakeTimers()
  const now = { monotonicMs: 1_000, wallMs: 5_000_000 }
  const watch = new ClockWatch(log, {
    monotonicMs: () => now.monotonicMs,
    wallMs: () => now.wallMs,
  })
  await watch.start()
  const pass = (ms: number) => {
    now.monotonicMs += ms
    now.wallMs += ms
  }
  const tickAfter = (ms: number) => {
    pass(ms)
    watch.tick()
  }
  return { watch, now, pass, tickAfter }
}

describe('a check of 10 s', () => {
  test.each<[sentence: string, stallMs: number, reason: string | null]>([
    ['during which the loop ran is trusted', 100, null],
    ['during which it was busy is trusted', 600, null],
    ['during which it stood still is not', 601, 'this worker stood still for 0.5 s'],
    [
      'during which it stood still for long says how long',
      2_400,
      'this worker stood still for 2.3 s',
    ],
  ])('%s', async (_, stallMs, reason) => {
    const { watch, tickAfter } = await openWatch()
    const mark = watch.mark()
    tickAfter(stallMs)
    tickAfter(100)
    expect(watch.troubleSince(mark, 10_000)).toBe(reason)
  })

  test('is not trusted when its deadline fires before the tick that is as late', async () => {
    const { watch, pass } = await openWatch()
    const mark = watch.mark()
    pass(2_400)
    expect(watch.troubleSince(mark, 10_000)).toBe('this worker stood still for 2.3 s')
  })

  test('that began after the stall is trusted', async () => {
    const { watch, tickAfter } = await openWatch()
    tickAfter(5_000)
    const mark = watch.mark()
    tickAfter(100)
    expect(watch.troubleSince(mark, 10_000)).toBeNull()
  })

  test('that began between the stall and the tick that tells of it is trusted', async () => {
    const { watch, pass, tickAfter } = await openWatch()
    pass(5_000)
    const mark = watch.mark()
    tickAfter(2)
    expect(watch.troubleSince(mark, 10_000)).toBeNull()
  })

  test('is not trusted for a stall that began before it and went on', async () => {
    const { watch, pass, tickAfter } = await openWatch()
    pass(1_000)
    const mark = watch.mark()
    tickAfter(700)
    expect(watch.troubleSince(mark, 10_000)).toBe('this worker stood still for 0.7 s')
  })
})

test.each<[sentence: string, limitMs: number, stallMs: number, outcome: string]>([
  ['a second may lose a quarter of it', 1_000, 350, 'trusted'],
  ['and not more', 1_000, 351, 'doubted'],
  ['100 ms may lose what a busy loop takes', 100, 150, 'trusted'],
  ['and not more', 100, 151, 'doubted'],
])('a check of %s (%i ms, late by %i)', async (_, limitMs, stallMs, outcome) => {
  const { watch, tickAfter } = await openWatch()
  const mark = watch.mark()
  tickAfter(stallMs)
  expect(watch.troubleSince(mark, limitMs) === null ? 'trusted' : 'doubted').toBe(outcome)
})

describe('clocks that part', () => {
  test.each<[sentence: string, jumpMs: number, reason: string | null]>([
    ['by what a time server corrects are trusted', 1_000, null],
    ['by more tell of a host that slept', 1_001, 'the clock of this worker jumped by 1.0 s'],
    [
      'backwards tell of a clock that was set',
      -3_600_000,
      'the clock of this worker jumped by -3600.0 s',
    ],
  ])('%s', async (_, jumpMs, reason) => {
    const { watch, now } = await openWatch()
    const mark = watch.mark()
    now.wallMs += jumpMs
    expect(watch.troubleSince(mark, 10_000)).toBe(reason)
    expect(watch.troubleSince(watch.mark(), 10_000)).toBeNull()
  })

  test('are told once', async () => {
    const { log, lines } = keepLog()
    const { now, tickAfter } = await openWatch(log)
    now.wallMs += 3_600_000
    tickAfter(100)
    tickAfter(100)
    expect(lines).toMatchObject([{ level: 'warn', fields: { by_s: 3_600 } }])
  })
})

test('a watch that was not started, or was stopped, knows of no stall', async () => {
  const { watch, pass } = await openWatch()
  await watch.stop()
  const mark = watch.mark()
  pass(60_000)
  expect(watch.troubleSince(mark, 10_000)).toBeNull()
})

describe('whatever happens', () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 3_000 }), { maxLength: 60 })
  const limit = fc.integer({ min: 100, max: 60_000 })

  test('a check that no stall overlaps is never touched', async () => {
    await fc.assert(
      fc.asyncProperty(gaps, gaps, limit, async (before, during, limitMs) => {
        const { watch, tickAfter } = await openWatch()
        for (const gapMs of before) tickAfter(gapMs)
        const mark = watch.mark()
        for (const gapMs of during) tickAfter(Math.min(gapMs, 149))
        expect(watch.troubleSince(mark, limitMs)).toBeNull()
      }),
    )
  })

  test('a check that a stall of more than half a second lies in is always noticed', async () => {
    await fc.assert(
      fc.asyncProperty(gaps, gaps, limit, async (before, after, limitMs) => {
        const { watch, tickAfter } = await openWatch()
        const mark = watch.mark()
        for (const gapMs of before) tickAfter(Math.min(gapMs, 1_000))
        tickAfter(601)
        for (const gapMs of after) tickAfter(Math.min(gapMs, 500))
        expect(watch.troubleSince(mark, limitMs)).not.toBeNull()
      }),
    )
  })
})
