import { expect, test } from 'vitest'
import { openMetrics } from '#shared/runtime/metrics.ts'
import { countTurns } from './count-turns.ts'
import type { Tick } from './enqueue-due-checks.ts'

const moved: Tick = {
  outcome: 'moved',
  seconds: 61,
  due: 4,
  missed: 3,
  requested: 1,
  enqueued: 5,
  invalid: [],
}

test('turns are counted by what came of them, and nothing but their count for those that moved nothing', async () => {
  const metrics = openMetrics({ service: 'test', version: '1' })
  const turns: (() => Promise<Tick>)[] = [
    async () => moved,
    async () => ({ outcome: 'busy' }),
    () => Promise.reject(new Error('away')),
    async () => moved,
  ]
  const turn = countTurns(metrics, () => (turns.shift() ?? (async () => moved))())
  expect([await turn(), await turn()]).toEqual([moved, { outcome: 'busy' }])
  await expect(turn()).rejects.toThrow('away')
  await turn()
  const lines = (await metrics.render()).split('\n')
  expect(lines).toEqual(
    expect.arrayContaining([
      'uptick_scheduler_turns_total{outcome="moved"} 2',
      'uptick_scheduler_turns_total{outcome="busy"} 1',
      'uptick_scheduler_turns_total{outcome="failed"} 1',
      'uptick_scheduler_tick_seconds_count 2',
      'uptick_scheduler_checks_enqueued_total 10',
      'uptick_scheduler_slots_missed_total 6',
    ]),
  )
})
