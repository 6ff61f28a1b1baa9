import { html } from 'hono/html'
import type { Markup } from '../page/layout.ts'
import { type Box, latencyText, linePath } from './sparkline.ts'

/** One stretch of time; null: nothing was observed in it. */
export type ResponsePoint = {
  readonly atMs: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
}

const WIDTH = 960
const HEIGHT = 200
const TICKS = 4
const HOUR_MS = 3_600_000
const HOURS_BETWEEN = 6

/** Median and 95th percentile over the last day. The words of its axes are HTML: they do not shrink on a phone. */
export function responseChart(points: readonly ResponsePoint[]): Markup {
  const values = points.flatMap(({ p50Ms, p95Ms }) => [p50Ms, p95Ms]).filter((ms) => ms !== null)
  const [first, last] = [points[0], points.at(-1)]
  if (values.length === 0 || first === undefined || last === undefined)
    return html`<p class="soft">No response times of the past 24 hours are known.</p>`
  const most = niceCeiling(Math.max(...values))
  const box: Box = { width: WIDTH, height: HEIGHT, margin: 0, most }
  const slowest = latencyText(Math.max(...values))
  return html`<figure class="chart"><div class="y small soft" aria-hidden="true">${ticks(most).map((ms) => html`<span>${latencyText(ms)}</span>`)}</div>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="Response times of the past 24 hours, at most ${slowest}.">
<path class="grid" d="${gridPath()}"/>
<path class="p95" d="${linePath(
    points.map(({ p95Ms }) => p95Ms),
    box,
  )}"/>
<path class="p50" d="${linePath(
    points.map(({ p50Ms }) => p50Ms),
    box,
  )}"/>
</svg>
<div class="x small soft" aria-hidden="true">${hourMarks(first.atMs).map((text) => html`<span>${text}</span>`)}</div>
<figcaption class="small soft"><span class="key p50">Median</span> <span class="key p95">95 of 100 are faster</span> Gaps: nothing was observed.</figcaption></figure>`
}

/** The next of 1, 2, 2.5 and 5 times a power of ten: a scale whose marks are plain numbers. */
export function niceCeiling(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return power * ([1, 2, 2.5, 5, 10].find((step) => step * power >= value) ?? 10)
}

const ticks = (most: number) =>
  Array.from({ length: TICKS + 1 }, (_, index) => (most * (TICKS - index)) / TICKS)

const gridPath = () =>
  Array.from({ length: TICKS + 1 }, (_, index) => `M0 ${(index * HEIGHT) / TICKS}h${WIDTH}`).join(
    '',
  )

function hourMarks(firstMs: number): string[] {
  return Array.from({ length: 24 / HOURS_BETWEEN + 1 }, (_, index) =>
    new Date(firstMs + index * HOURS_BETWEEN * HOUR_MS).toISOString().slice(11, 16),
  )
}
