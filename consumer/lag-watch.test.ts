import { beforeEach, expect, test } from 'vitest'
import type { TopicLag } from '#shared/runtime/kafka-admin.ts'
import { openLog } from '#shared/runtime/log.ts'
import { type Metrics, openMetrics } from '#shared/runtime/metrics.ts'
import { lagWatch } from './lag-watch.ts'

let metrics: Metrics
let nowMs: number
let lags: readonly TopicLag[]
let watch: ReturnType<typeof lagWatch>
beforeEach(() => {
  nowMs = 1_000_000
  metrics = openMetrics({ service: 'consumer', version: '1' })
  const log = openLog('test', 'silent')
  watch = lagWatch({ metrics, read: async () => lags, nowMs: () => nowMs, log })
})
const told = async () =>
  (await metrics.render()).split('\n').filter((line) => line.startsWith('uptick_consumer_lag'))

test('a partition is told of while it is ours', async () => {
  lags = [
    { partition: 0, lag: 7 },
    { partition: 3, lag: 0 },
  ]
  await watch.runOnce()
  expect(await told()).toEqual([
    'uptick_consumer_lag_records{partition="0"} 7',
    'uptick_consumer_lag_records{partition="3"} 0',
  ])
  lags = [{ partition: 3, lag: 1 }]
  await watch.runOnce()
  expect(await told()).toEqual(['uptick_consumer_lag_records{partition="3"} 1'])
})

test('a broker that does not answer leaves nothing that looks as if it had', async () => {
  lags = [{ partition: 0, lag: 7 }]
  await watch.runOnce()
  nowMs += 60_001
  expect(await told()).toEqual([])
})
