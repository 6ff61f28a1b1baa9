import { html } from 'hono/html'
import type { PhaseLatency } from '#db/latency.ts'
import type { Slo } from '#db/slo.ts'
import type { Uptime } from '#db/uptime.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import { percentText } from '#shared/domain/percent.ts'
import type { Markup } from '../page/layout.ts'
import { scrollBox } from './scroll-box.ts'
import { milliseconds } from './show-time.ts'

export type UptimeWindow = { readonly label: string; readonly uptime: Uptime }

/** How much of the time it was up, and of how much of it we know: never the one without the other. */
export function uptimeFigures(windows: readonly UptimeWindow[]): Markup {
  return html`<dl class="figures">${windows.map(
    ({ label, uptime }) => html`<div class="panel figure">
<dt>${label}</dt>
<dd><strong>${percentText(uptime.uptime)}</strong>
<span class="soft small">${coverageText(uptime)}</span>
${uptime.downS > 0 ? html`<span class="small down-text">${humanDuration(uptime.downS * 1000)} down</span>` : ''}</dd>
</div>`,
  )}</dl>`
}

function coverageText({ watchedCoverage, unwatchedS, windowS, unknownS }: Uptime): string {
  if (watchedCoverage === null) return 'not watched'
  const seen = `${percentText(watchedCoverage)} of it observed`
  if (unwatchedS <= 0) return seen
  const watched = humanDuration((windowS - unwatchedS) * 1000)
  return unknownS > unwatchedS ? `${seen}, watched for ${watched}` : `watched for ${watched}`
}

/** What is left of what was promised. */
export function sloFigure(slo: Slo): Markup {
  const promise = html`<span>${slo.sloTarget} % promised over 30 days</span>`
  if (slo.met === null)
    return html`<p class="panel slo"><span class="state unknown">Not known yet</span>${promise}</p>`
  const { uptime, budgetS, leftS, leftShare, met } = slo
  const [shade, word] = met ? ['up', 'Kept'] : ['down', 'Broken']
  const left =
    leftS >= 0
      ? `${humanDuration(leftS * 1000)} left`
      : `overspent by ${humanDuration(-leftS * 1000)}`
  return html`<p class="panel slo"><span class="state ${shade}">${word}</span>${promise}
<span>${percentText(uptime)} seen.</span>
<span>Error budget of ${humanDuration(budgetS * 1000)}: ${left}${leftShare === null || leftS < 0 ? '' : ` (${percentText(leftShare)})`}.</span></p>`
}

const phaseWords = {
  dns: 'DNS',
  connect: 'Connect',
  tls: 'TLS',
  ttfb: 'First byte',
  total: 'Whole check',
} as const

/** Where the time goes. */
export function phaseTable(phases: readonly PhaseLatency[]): Markup {
  return scrollBox(
    'Response times by phase',
    html`<table>
<thead><tr><th>Phase</th><th class="number">Mean</th><th class="number">p50</th><th class="number">p95</th><th class="number">p99</th><th class="number">Slowest</th></tr></thead>
<tbody>${phases.map(
      (phase) =>
        html`<tr><th scope="row">${phaseWords[phase.phase]}</th>${[phase.avgMs, phase.p50Ms, phase.p95Ms, phase.p99Ms, phase.maxMs].map((value) => html`<td class="number">${milliseconds(value)}</td>`)}</tr>`,
    )}</tbody>
</table>`,
  )
}
