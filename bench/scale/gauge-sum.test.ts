import { expect, test } from 'vitest'
import { gaugeSum } from './gauge-sum.ts'

const text = `# HELP uptick_queue_jobs Jobs in a queue.
# TYPE uptick_queue_jobs gauge
uptick_queue_jobs{queue="check",state="waiting",service="scheduler"} 12
uptick_queue_jobs{queue="check",state="active",service="scheduler"} 3
uptick_queue_jobs_more{queue="check",state="waiting"} 1000
uptick_in_flight 4.5
uptick_lag{partition="0"} 7
uptick_lag{partition="1"} 8
`

test.each([
  ['one line by its labels', 'uptick_queue_jobs', 'queue="check",state="waiting"', 12],
  ['all lines of a name', 'uptick_lag', '', 15],
  ['a line without labels', 'uptick_in_flight', '', 4.5],
  ['nothing where no line has the name', 'uptick_queue', '', null],
  ['nothing where no line has the labels', 'uptick_lag', 'partition="2"', null],
])('a gauge is read from %s', (_, name, labels, sum) => {
  expect(gaugeSum(text, name, labels)).toBe(sum)
})
