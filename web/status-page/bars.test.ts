import { expect, test } from 'vitest'
import { bars } from './bars.ts'
import type { Day } from './day-bars.ts'

const DAY_S = 86_400
const day = (upS: number, downS: number): Day => ({
  day: '2026-11-25',
  upS,
  downS,
  unknownS: DAY_S - upS - downS,
})
const up = day(DAY_S, 0)
const paths = async (days: readonly Day[]) =>
  [...String(await bars(days)).matchAll(/<path class="([^"]*)" d="([^"]*)"/g)].map(
    ([, look, path]) => [look, path],
  )

test('no days are no picture', async () => {
  expect(String(await bars([]))).toBe('')
})

test('ninety equal days are one line', async () => {
  expect(await paths(Array.from({ length: 90 }, () => up))).toEqual([['up h40', 'M0 20h900']])
})

test('a day that was down breaks the line, with its foot marked and a title of its own', async () => {
  const days = [up, day(DAY_S - 60, 60), up]
  expect(await paths(days)).toEqual([
    ['up h40', 'M0 20h10M20 20h10'],
    ['partly h40', 'M10 20h10'],
    ['gap h8', 'M10 36h10'],
    ['down h6', 'M10 37h10'],
    ['hit', 'M10 20h10'],
  ])
  expect(String(await bars(days))).toContain('<title>2026-11-25: Down for 1m')
})

test('a day observed in part is as high as that, before a grey one', async () => {
  expect(await paths([up, day(DAY_S / 4, 0)])).toEqual([
    ['none h40', 'M10 20h10'],
    ['up h40', 'M0 20h10'],
    ['up h10', 'M10 35h10'],
    ['hit', 'M10 20h10'],
  ])
})

test('a day not observed is grey alone, and so are its neighbours', async () => {
  expect(await paths([day(0, 0), day(0, 0)])).toEqual([['none h40', 'M0 20h20']])
})
