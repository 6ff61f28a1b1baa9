import { html } from 'hono/html'
import type { Markup } from '../page/layout.ts'

const WIDTH = 96
const HEIGHT = 24
/** So that the line is not cut at its edges. */
const MARGIN = 2

/** `40 ms`, `1.25 s` */
export function latencyText(ms: number): string {
  if (ms < 10) return `${Math.round(ms * 10) / 10} ms`
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 10) / 100} s`
}

/** Medians as a line, which breaks where nothing was observed. Nothing, where there is no line. */
export function sparkline(latencies: readonly (number | null)[]): Markup {
  const known = latencies.filter((ms) => ms !== null)
  if (known.length < 2) return html``
  const [least, most] = [Math.min(...known), Math.max(...known)]
  const text = `Median response time over 24 hours: ${latencyText(least)} to ${latencyText(most)}.`
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${text}"><path d="${linePath(latencies, { width: WIDTH, height: HEIGHT, margin: MARGIN, most })}"/></svg>`
}

export type Box = {
  readonly width: number
  readonly height: number
  readonly margin: number
  /** The value at its top; 0 is at its foot. */
  readonly most: number
}

/** Values from left to right; a single one between two gaps is a short stroke. */
export function linePath(values: readonly (number | null)[], box: Box): string {
  const step = box.width / Math.max(1, values.length - 1)
  const high = box.height - 2 * box.margin
  let isDrawing = false
  return values
    .map((value, index) => {
      const wasDrawing = isDrawing
      isDrawing = value !== null
      if (value === null) return ''
      const y = box.height - box.margin - (box.most > 0 ? value / box.most : 0) * high
      const point = `${round(index * step)} ${round(y)}`
      return wasDrawing ? `L${point}` : `M${point}h0.01`
    })
    .join('')
}

const round = (value: number) => Math.round(value * 10) / 10
