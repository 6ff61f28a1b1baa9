import { beforeEach, expect, test } from 'vitest'
import type { PipelineFigures } from '#db/pipeline-figures.ts'
import { openLog } from '#shared/runtime/log.ts'
import { type Metrics, openMetrics } from '#shared/runtime/metrics.ts'
import { figuresWatch } from './figures-watch.ts'

const figures: PipelineFigures = {
  queues: [{ queue: 'check', waiting: 3, active: 2, oldestSeconds: 1.5 }],
  sites: { up: 5, down: 1, unknown: 0, disabled: 2, invalid: 0 },
  openOutages: 1,
  unsentNotifications: 4,
  oldestUnsentSeconds: 90,
}

let metrics: Metrics
let nowMs: number
let watch: ReturnType<typeof figuresWatch>
beforeEach(() => {
  nowMs = 1_000_000
  metrics = openMetrics({ service: 'test', version: '1' })
  const log = openLog('test', 'silent')
  watch = figuresWatch({ metrics, read: async () => figures, nowMs: () => nowMs, log })
})
const told = async () =>
  (await metrics.render())
    .split('\n')
    .filter((line) => /^uptick_(?!build)/.test(line))
    .sort()

test('before the database has answered only that is told', async () => {
  nowMs += 2_000
  expect(await told()).toEqual(['uptick_scheduler_figures_age_seconds 2'])
})

test('what the database said is told until it is asked again', async () => {
  await watch.runOnce()
  nowMs += 5_000
  expect(await told()).toEqual([
    'uptick_notification_oldest_unsent_seconds 90',
    'uptick_notifications_unsent 4',
    'uptick_outages_open 1',
    'uptick_queue_jobs{queue="check",state="active"} 2',
    'uptick_queue_jobs{queue="check",state="waiting"} 3',
    'uptick_queue_oldest_seconds{queue="check"} 1.5',
    'uptick_scheduler_figures_age_seconds 5',
    'uptick_sites{state="disabled"} 2',
    'uptick_sites{state="down"} 1',
    'uptick_sites{state="invalid"} 0',
    'uptick_sites{state="unknown"} 0',
    'uptick_sites{state="up"} 5',
  ])
})

test('what is older than a minute is not told as if it were so', async () => {
  await watch.runOnce()
  nowMs += 60_001
  expect(await told()).toEqual(['uptick_scheduler_figures_age_seconds 60.001'])
})
