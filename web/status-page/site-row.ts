import { html } from 'hono/html'
import { percentText } from '#shared/domain/percent.ts'
import type { Markup } from '../page/layout.ts'
import { bars } from './bars.ts'
import { coverageText, type Share } from './day-bars.ts'
import { type SiteState, stateWords } from './site-state.ts'
import { latencyText, sparkline } from './sparkline.ts'
import type { GroupFacts, SiteFacts } from './status-facts.ts'

const stateClasses: Readonly<Record<SiteState, string>> = {
  up: 'up',
  down: 'down',
  maintenance: 'planned',
  unknown: 'unknown',
  paused: 'paused',
}

/** A heading, where the group has a name, and its sites. */
export function siteGroup({ name, sites }: GroupFacts): Markup {
  return html`<section class="group">${name === null ? html`<h2 class="visually-hidden">Services</h2>` : html`<h2>${name}</h2>`}
<ul class="card sites">${sites.map(siteRow)}</ul></section>`
}

function siteRow(site: SiteFacts): Markup {
  return html`<li class="flush site" id="site-${site.slug}">
<div class="site-head"><h3><a href="/sites/${site.slug}"><bdi>${site.name}</bdi></a></h3>${stateBadge(site.state)}</div>
<div class="site-charts">${bars(site.days)}${sparkBox(site)}</div>
<p class="site-foot small soft"><span>${site.days.length} days ago</span><span class="share">${shareWords(site.share)}</span><span>Today</span></p>
</li>`
}

export function stateBadge(state: SiteState): Markup {
  return html`<span class="state ${stateClasses[state]}">${stateWords[state]}</span>`
}

/** Never the one without the other: what was up, and of how much that is known. */
export function shareWords({ uptime, coverage }: Share): Markup {
  if (uptime === null) return html`Not observed so far`
  return html`<b>${unbroken(percentText(uptime))}</b> of the time we were watching, <b>${unbroken(coverageText(coverage))}</b> watched`
}

/** A number and its unit stay on one line. */
export function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0')
}

function sparkBox({ latencies, latencyMs }: SiteFacts): Markup {
  return html`<div class="spark-box">${sparkline(latencies)}<span class="small soft">${latencyMs === null ? '' : latencyText(latencyMs)}</span></div>`
}
