import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openMetrics } from '#shared/runtime/metrics.ts'
import { Recording } from '../test/support/recording.ts'
import { history, record, resultAt } from '../test/support/results.ts'
import { countRecords } from './count-records.ts'
import { recordBatch } from './record-batch.ts'

let recording: Recording
beforeAll(async () => {
  recording = await Recording.open()
})
afterAll(() => recording.close())
beforeEach(() => recording.clear())

test('what came of each batch is counted once, also when it comes again', async () => {
  await recording.addSite()
  const metrics = openMetrics({ service: 'consumer', version: '1' })
  const watcher = countRecords(metrics)
  const late = record(resultAt(1, 'up'))
  const batches = [
    history('u').map((result) => record(result)),
    [...'ff'].map((_, index) => record(resultAt(index + 2, 'down'))),
    [late, { ...late, value: Buffer.from('{') }, record(resultAt(1, 'up', 404))],
    [4, 5].map((slot) => record(resultAt(slot, 'up'))),
    [4, 5].map((slot) => record(resultAt(slot, 'up'))),
  ]
  for (const records of batches) {
    const recorded = await recordBatch(recording.context, records)
    watcher.onRecorded(recorded, { records: records.length, tookMs: 20 })
  }
  watcher.onRefused()
  const lines = (await metrics.render()).split('\n')
  expect(lines).toEqual(
    expect.arrayContaining([
      'uptick_consumer_batch_records_sum 10',
      'uptick_consumer_transaction_seconds_bucket{le="0.01"} 0',
      'uptick_consumer_transaction_seconds_bucket{le="0.025"} 5',
      'uptick_consumer_results_stored_total 6',
      'uptick_consumer_results_late_total 1',
      'uptick_consumer_dead_letters_total 3',
      'uptick_outages_total{change="opened"} 1',
      'uptick_outages_total{change="recovered"} 1',
      'uptick_outages_total{change="retracted"} 0',
    ]),
  )
})
