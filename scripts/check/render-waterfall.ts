import type { Hop } from '#shared/domain/result.ts'

/** Part of a probe: where it stands in the whole, and how long it took. */
type Span = { readonly name: string; readonly startMs: number; readonly ms: number }

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']
const WHOLE = '█'
const NAME_WIDTH = 10
const MS_WIDTH = 11
const BAR_MIN = 10
const BAR_MAX = 100
/** Less than that between phases is nothing to look at. */
const REST_MIN_MS = 0.1
/** What times are rounded to: an axis has some length. */
const SHORTEST_MS = 0.01

/** The phases of each request, drawn below each other on one axis. Lines are within `columns`. Pure. */
export function renderWaterfall(hops: readonly Hop[], columns: number): readonly string[] {
  const totalMs = hops.reduce((sum, hop) => sum + hop.totalMs, 0)
  const axisMs = Math.max(totalMs, SHORTEST_MS)
  const width = Math.max(BAR_MIN, Math.min(BAR_MAX, columns - NAME_WIDTH - MS_WIDTH - 4))
  const lines: string[] = []
  let startMs = 0
  for (const [index, hop] of hops.entries()) {
    if (hops.length > 1) lines.push(hopTitle(hop, index + 1))
    lines.push(...spansOf(hop, startMs).map((span) => spanLine(span, axisMs, width)))
    startMs += hop.totalMs
  }
  return [...lines, `  ${figure('total', totalMs)}`]
}

function hopTitle({ statusCode, remoteAddress }: Hop, number: number): string {
  const answer = statusCode === null ? 'no answer' : String(statusCode)
  return `  ${number}. ${answer}${remoteAddress === null ? '' : ` from ${remoteAddress}`}`
}

/** What no phase accounts for is the body's, once its first byte has come, and else a wait in vain. */
function spansOf(hop: Hop, hopStartMs: number): readonly Span[] {
  const { dnsMs, connectMs, tlsMs, ttfbMs, totalMs } = hop
  const measured = [
    ['dns', dnsMs],
    ['connect', connectMs],
    ['tls', tlsMs],
    ['ttfb', ttfbMs],
  ] as const
  const spans: Span[] = []
  let startMs = hopStartMs
  for (const [name, ms] of measured) {
    if (ms === null) continue
    spans.push({ name, startMs, ms })
    startMs += ms
  }
  const ms = hopStartMs + totalMs - startMs
  if (ms < REST_MIN_MS) return spans
  return [...spans, { name: ttfbMs === null ? 'waiting' : 'transfer', startMs, ms }]
}

function spanLine({ name, startMs, ms }: Span, axisMs: number, width: number): string {
  return `  ${figure(name, ms)}  ${bar(startMs / axisMs, (startMs + ms) / axisMs, width)}`
}

function figure(name: string, ms: number): string {
  return name.padEnd(NAME_WIDTH) + `${ms.toFixed(1)} ms`.padStart(MS_WIDTH)
}

/** From one share of the width to another, exact to an eighth of a cell at its end, and never nothing. */
function bar(from: number, to: number, width: number): string {
  const cell = Math.min(width - 1, Math.floor(from * width))
  const end = Math.min(width * 8, Math.round(to * width * 8))
  const eighths = Math.max(1, end - cell * 8)
  return ' '.repeat(cell) + WHOLE.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]
}
