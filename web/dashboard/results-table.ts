import { html } from 'hono/html'
import type { CheckResult } from '#shared/domain/result.ts'
import type { Markup } from '../page/layout.ts'
import { scrollBox } from './scroll-box.ts'
import { milliseconds, showInstant } from './show-time.ts'

const classes = { up: 'up', down: 'down', inconclusive: 'unknown' } as const
const labels = { up: 'Up', down: 'Failed', inconclusive: 'Inconclusive' } as const

/** Checks of one site with all that is kept of each. */
export function resultsTable(results: readonly CheckResult[], caption: string): Markup {
  return scrollBox(
    caption,
    html`<table class="results stacked">
<caption class="visually-hidden">${caption}</caption>
<thead><tr><th>Slot</th><th>Result</th><th>What was seen</th><th class="number">Status</th><th class="number">DNS</th><th class="number">Connect</th><th class="number">TLS</th><th class="number">First byte</th><th class="number">Total</th><th>From and to</th></tr></thead>
<tbody>${results.map(resultRow)}</tbody>
</table>`,
  )
}

function resultRow(result: CheckResult): Markup {
  const { failure, message, statusCode, occasion } = result
  return html`<tr>
<td data-label="Slot">${showInstant(result.slotMs)}${occasion === 'slot' ? '' : html` <span class="tag">${occasion}</span>`}</td>
<td data-label="Result"><span class="state ${classes[result.result]}">${labels[result.result]}</span></td>
<td data-label="Seen" class="seen"><bdi>${[failure, message].filter((word) => word !== null).join(': ') || '–'}</bdi></td>
<td data-label="Status" class="number">${statusCode ?? '–'}</td>
<td data-label="DNS" class="number">${milliseconds(result.dnsMs)}</td>
<td data-label="Connect" class="number">${milliseconds(result.connectMs)}</td>
<td data-label="TLS" class="number">${milliseconds(result.tlsMs)}</td>
<td data-label="First byte" class="number">${milliseconds(result.ttfbMs)}</td>
<td data-label="Total" class="number"><strong>${milliseconds(result.latencyMs)}</strong></td>
<td data-label="Path" class="small soft"><bdi>${result.worker}</bdi>${result.remoteAddress === null ? '' : html` to <span class="mono">${result.remoteAddress}</span>`}</td>
</tr>`
}
