import { describe, expect, test } from 'vitest'
import { evenly } from './evenly.ts'
import { niceCeiling, responseChart } from './response-chart.ts'
import { latencyText, linePath, sparkline } from './sparkline.ts'

describe('a line', () => {
  const box = { width: 100, height: 10, margin: 0, most: 10 }
  test.each<[string, (number | null)[], string]>([
    ['from left to right, 0 at the foot', [0, 5, 10], 'M0 10h0.01L50 5L100 0'],
    ['breaks where nothing was observed', [0, null, 10], 'M0 10h0.01M100 0h0.01'],
    ['of nothing is nothing', [null, null], ''],
    ['of one value is a dot', [5], 'M0 5h0.01'],
  ])('%s', (_, values, path) => {
    expect(linePath(values, box)).toBe(path)
  })

  test('of zeros stays at the foot', () => {
    expect(linePath([0, 0], { ...box, most: 0 })).toBe('M0 10h0.01L100 10')
  })
})

test.each([
  [0, 1],
  [1, 1],
  [1.01, 2],
  [240, 250],
  [251, 500],
  [999, 1_000],
])('a scale for up to %d ends at %d', (most, end) => {
  expect(niceCeiling(most)).toBe(end)
})

test.each([
  [0.26, '0.3 ms'],
  [9.4, '9.4 ms'],
  [123.4, '123 ms'],
  [1_234, '1.23 s'],
])('%d ms is %s', (ms, text) => {
  expect(latencyText(ms)).toBe(text)
})

test('where nothing is known there is no line, and the chart says so', async () => {
  expect(String(await sparkline([null, 5, null]))).toBe('')
  const points = [{ atMs: 0, p50Ms: null, p95Ms: null }]
  expect(String(await responseChart(points))).toContain('No response times of the past 24 hours')
})

test('what is known stands in its place, and the rest is unknown', () => {
  const window = { fromMs: 1_000, toMs: 2_000 }
  const known = [{ atMs: 1_249.7 }, { atMs: 1_750 }, { atMs: 2_000 }]
  expect(evenly(known, window, 4)).toEqual([null, { atMs: 1_249.7 }, null, { atMs: 1_750 }])
})
