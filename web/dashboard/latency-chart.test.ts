import { expect, test } from 'vitest'
import { chartPoints } from './latency-chart.ts'

const HOUR_MS = 3_600_000

test.each([
  ['a minute, 24 hours: as many as a screen tells apart', 24, 60, 240],
  ['ten minutes, 24 hours: one for each check', 24, 600, 144],
  ['ten minutes, 3 hours: one for each check', 3, 600, 18],
  ['seven minutes, 24 hours: no part is shorter than seven minutes', 24, 420, 205],
  ['a minute, 7 days: one for each hour, as latency is kept', 168, 60, 168],
  ['a minute, 30 days: as many as a screen tells apart', 720, 60, 240],
  ['a day, 24 hours: one', 24, 86_400, 1],
  ['a day, 3 hours: one', 3, 86_400, 1],
])('a chart of a site looked at every %s', (_, hours, cadenceSeconds, points) => {
  expect(chartPoints(hours * HOUR_MS, cadenceSeconds)).toBe(points)
})
