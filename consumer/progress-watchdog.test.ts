import { describe, expect, test } from 'vitest'
import { openLog } from '#shared/runtime/log.ts'
import { judgeProgress, ProgressWatchdog, STANDSTILL_MAX_MS } from './progress-watchdog.ts'

const look = (atMs: number, lag: number, handled: number) => ({ atMs, lag, handled })

describe('a consumer', () => {
  test.each([
    ['that was never looked at before stands not still', null, look(0, 5, 0), null, null],
    [
      'without anything to do stands not still',
      look(0, 5, 7),
      look(15, 0, 7),
      { sinceMs: 0 },
      null,
    ],
    [
      'that handled something stands not still',
      look(0, 5, 7),
      look(15, 5, 8),
      { sinceMs: 0 },
      null,
    ],
    [
      'that handled nothing of what waits stands still since the look before',
      look(0, 5, 7),
      look(15, 5, 7),
      null,
      { sinceMs: 0 },
    ],
    [
      'that still handles nothing stands still since then',
      look(15, 5, 7),
      look(30, 9, 7),
      { sinceMs: 0 },
      { sinceMs: 0 },
    ],
  ])('%s', (_, before, now, standstill, expected) => {
    expect(judgeProgress(before, now, standstill)).toEqual(expected)
  })
})

describe('the watchdog', () => {
  const watch = (lag: () => Promise<number>, isWaiting = false) => {
    const reasons: string[] = []
    const watchdog = new ProgressWatchdog({
      lag,
      handled: () => 0,
      isWaiting: () => isWaiting,
      onStandstill: (reason) => reasons.push(reason),
      log: openLog('test', 'silent'),
    })
    return { watchdog, reasons }
  }

  test('reports a standstill that lasts', async () => {
    const { watchdog, reasons } = watch(async () => 3)
    for (const atMs of [0, 15_000, STANDSTILL_MAX_MS]) await watchdog.runOnce(atMs)
    expect(reasons).toEqual([])
    await watchdog.runOnce(STANDSTILL_MAX_MS + 1)
    expect(reasons).toEqual(['no result handled for 90 s although some wait'])
  })

  test.each([
    ['while the database is waited for', async () => 3, true],
    ['while the broker does not answer', () => Promise.reject(new Error('away')), false],
    ['while nothing waits', async () => 0, false],
  ])('reports none %s', async (_, lag, isWaiting) => {
    const { watchdog, reasons } = watch(lag, isWaiting)
    for (const atMs of [0, 15_000, 10 * STANDSTILL_MAX_MS]) await watchdog.runOnce(atMs)
    expect(reasons).toEqual([])
  })
})
