import { html } from 'hono/html'
import type { TimelinePart } from '#db/site-page.ts'
import type { TimeWindow } from '#db/time-window.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import type { Markup } from '../page/layout.ts'
import { instantText } from './show-time.ts'

type Shade = 'up' | 'partly' | 'down' | 'unknown'
type Run = { readonly shade: Shade; readonly first: number; readonly count: number }

const HEIGHT = 40
const GAP = 0.4
const HOUR_MS = 3_600_000
const words: Readonly<Record<Shade, string>> = {
  up: 'up',
  partly: 'some checks failed',
  down: 'all checks failed',
  unknown: 'not observed',
}

/** The last hours as one band: equal neighbours are one piece, which tells its hours and what was seen. */
export function timeline(parts: readonly TimelinePart[], window: TimeWindow): Markup {
  const runs = runsOf(parts.map(shadeOf))
  const partMs = (window.toMs - window.fromMs) / parts.length
  const width = parts.length
  return html`<figure class="timeline">
<svg viewBox="0 0 ${width} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${summaryOf(runs, partMs)}">${runs.map(
    (run) =>
      html`<rect class="${run.shade}" x="${run.first}" y="${run.shade === 'down' ? 0 : topOf(run.shade)}" width="${run.count - GAP}" height="${HEIGHT - topOf(run.shade)}"><title>${spanText(run, window, partMs)}: ${words[run.shade]}</title></rect>`,
  )}</svg>
<figcaption class="soft small"><span>${(window.toMs - window.fromMs) / HOUR_MS} hours ago</span><span>now</span></figcaption>
</figure>`
}

/** What is down stands out by its height as well: colours alone say nothing to many. */
function topOf(shade: Shade): number {
  return { up: 8, partly: 4, down: 0, unknown: 28 }[shade]
}

function shadeOf({ ups, downs }: TimelinePart): Shade {
  if (downs > 0) return ups > 0 ? 'partly' : 'down'
  return ups > 0 ? 'up' : 'unknown'
}

function runsOf(shades: readonly Shade[]): Run[] {
  const runs: Run[] = []
  shades.forEach((shade, index) => {
    const last = runs.at(-1)
    if (last?.shade === shade) runs[runs.length - 1] = { ...last, count: last.count + 1 }
    else runs.push({ shade, first: index, count: 1 })
  })
  return runs
}

function spanText({ first, count }: Run, { fromMs }: TimeWindow, partMs: number): string {
  const [from, to] = [fromMs + first * partMs, fromMs + (first + count) * partMs]
  return `${instantText(from).slice(11, 16)} to ${instantText(to).slice(11, 16)} UTC`
}

function summaryOf(runs: readonly Run[], partMs: number): string {
  const totals = (['down', 'partly', 'unknown', 'up'] as const).map((shade) => {
    const count = runs.filter((run) => run.shade === shade).reduce((sum, run) => sum + run.count, 0)
    return count === 0 ? null : `${words[shade]} for ${humanDuration(count * partMs)}`
  })
  return totals.filter((total) => total !== null).join(', ')
}
