import { html } from 'hono/html'
import type { LatencyPoint } from '#db/latency.ts'
import type { Markup } from '../page/layout.ts'
import { scrollBox } from './scroll-box.ts'
import { milliseconds, showInstant } from './show-time.ts'

const HOUR_MS = 3_600_000

/** Which stretches of time a chart may show. */
export const chartRanges = [
  { name: '3h', label: '3 hours', durationMs: 3 * HOUR_MS },
  { name: '24h', label: '24 hours', durationMs: 24 * HOUR_MS },
  { name: '7d', label: '7 days', durationMs: 7 * 24 * HOUR_MS },
  { name: '30d', label: '30 days', durationMs: 30 * 24 * HOUR_MS },
] as const

export type ChartRange = (typeof chartRanges)[number]

/** As many as a wide screen tells apart. */
const CHART_POINTS_MAX = 240
export const TABLE_POINTS = 24
/** What lies further back is kept by the hour, see latency_points in docs/uptime.md. */
const RAW_MS = 48 * HOUR_MS

/** How many points a chart has: of none of them is it sure from the outset that nothing was looked at, which would be drawn as a gap. */
export function chartPoints(durationMs: number, cadenceSeconds: number): number {
  const stepMs = Math.max(cadenceSeconds * 1000, durationMs > RAW_MS ? HOUR_MS : 0)
  return Math.max(1, Math.min(CHART_POINTS_MAX, Math.floor(durationMs / stepMs)))
}

export function chartRange(name: string | undefined): ChartRange {
  return chartRanges.find((range) => range.name === name) ?? chartRanges[1]
}

/** The columns that the chart is drawn from: seconds, and milliseconds of each phase, which add up to the whole. */
export type ChartData = {
  readonly at: readonly number[]
  readonly phases: readonly { readonly name: string; readonly ms: readonly (number | null)[] }[]
}

/** What comes after the first byte is the rest. Pure. */
export function chartData(points: readonly LatencyPoint[]): ChartData {
  const phase = (name: string, read: (point: LatencyPoint) => number | null) => ({
    name,
    ms: points.map(read),
  })
  return {
    at: points.map(({ atMs }) => atMs / 1000),
    phases: [
      phase('DNS', ({ dnsMs }) => dnsMs),
      phase('Connect', ({ connectMs }) => connectMs),
      phase('TLS', ({ tlsMs }) => tlsMs),
      phase('First byte', ({ ttfbMs }) => ttfbMs),
      phase('Rest', restMs),
    ],
  }
}

function restMs({ dnsMs, connectMs, tlsMs, ttfbMs, totalMs }: LatencyPoint): number {
  const known = [dnsMs, connectMs, tlsMs, ttfbMs].reduce<number>((sum, ms) => sum + (ms ?? 0), 0)
  return Math.max(0, totalMs - known)
}

/** The chart for those who see it, with scripts; the same in a table for everybody. */
export function latencyChart(
  siteId: number,
  range: ChartRange,
  points: readonly LatencyPoint[],
): Markup {
  const path = `/dashboard/sites/${siteId}`
  return html`<div class="ranges" role="group" aria-label="Time shown">${chartRanges.map(
    ({ name, label }) =>
      html`<a class="range" href="${path}?range=${name}#latency"${name === range.name ? html` aria-current="true"` : ''}>${label}</a>`,
  )}</div>
<div class="panel chart-card"><div id="latency-chart" class="chart" data-url="${path}/latency.json?range=${range.name}" aria-hidden="true"></div>
<details><summary>As a table</summary>${scrollBox(`Response times of the last ${range.label}`, pointTable(points), '')}</details></div>`
}

function pointTable(points: readonly LatencyPoint[]): Markup {
  return html`<table>
<thead><tr><th>From</th><th class="number">p50</th><th class="number">p95</th><th class="number">Mean</th><th class="number">Checks</th></tr></thead>
<tbody>${points.map(
    (point) =>
      html`<tr><td>${showInstant(point.atMs)}</td><td class="number">${milliseconds(point.p50Ms)}</td><td class="number">${milliseconds(point.p95Ms)}</td><td class="number">${milliseconds(point.totalMs)}</td><td class="number">${point.checks}</td></tr>`,
  )}</tbody></table>`
}
