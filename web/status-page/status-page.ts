import { html } from 'hono/html'
import type { Assets } from '../assets.ts'
import type { Markup } from '../page/layout.ts'
import { instant } from './instant.ts'
import { legend } from './legend.ts'
import { type OverallState, overallWords } from './overall-state.ts'
import { siteGroup } from './site-row.ts'
import { type SiteFacts, type StatusFacts, sitesOf } from './status-facts.ts'
import { statusLayout } from './status-layout.ts'
import { incidentCard, maintenanceItem, outageItem } from './told-in-words.ts'

const overallClasses: Readonly<Record<OverallState, string>> = {
  up: 'up',
  'up as far as seen': 'up',
  partly: 'partly',
  down: 'down',
  maintenance: 'planned',
  unknown: 'unknown',
  nothing: 'unknown',
}

/** The page for everybody: all that is published, and how much of it was observed. */
export function statusPage(facts: StatusFacts, assets: Assets, version: string): Markup {
  const openIncidents = facts.incidents.filter(({ resolvedAtMs }) => resolvedAtMs === null)
  const pastIncidents = facts.incidents.filter(({ resolvedAtMs }) => resolvedAtMs !== null)
  const openOutages = facts.outages.filter(({ endedAtMs }) => endedAtMs === null)
  const pastOutages = facts.outages.filter(({ endedAtMs }) => endedAtMs !== null)
  const underWay = facts.maintenance.filter(({ isUnderWay }) => isUnderWay)
  const planned = facts.maintenance.filter(({ isUnderWay }) => !isUnderWay)
  return statusLayout({
    assets,
    title: facts.title,
    subject: null,
    path: '/',
    version,
    main: html`${overallBanner(facts)}
${openIncidents.length === 0 ? '' : html`<section><h2>What is going on</h2>${openIncidents.map(incidentCard)}</section>`}
${list(
  'Down now',
  openOutages.map((outage) => outageItem(outage, facts.asOfMs)),
)}
${list('Maintenance under way', underWay.map(maintenanceItem))}
${facts.groups.map(siteGroup)}
${facts.left === 0 ? '' : html`<p class="soft">And ${facts.left} more, for which this page has no room.</p>`}
${facts.groups.length === 0 ? '' : legend}
${list('Planned maintenance', planned.map(maintenanceItem))}
<section><h2>Past 14 days</h2>
${pastIncidents.map(incidentCard)}
${pastOutages.length === 0 ? html`<p class="soft">No outage that has ended was seen in the past 14 days.</p>` : html`<ul class="card lines">${pastOutages.map((outage) => outageItem(outage, facts.asOfMs))}</ul>`}
</section>`,
  })
}

function overallBanner(facts: StatusFacts): Markup {
  return html`<section class="overall ${overallClasses[facts.overall]}"><h1>${overallWords[facts.overall]}</h1>
<p>${countsText(sitesOf(facts))} As of ${instant(facts.asOfMs)}.</p></section>`
}

/** `11 of 12 operational, 1 not observed.` */
function countsText(sites: readonly SiteFacts[]): string {
  const count = (...states: readonly string[]) =>
    sites.filter(({ state }) => states.includes(state)).length
  const parts = [
    [count('down'), 'down'],
    [count('maintenance'), 'under maintenance'],
    [count('unknown'), 'not observed lately'],
    [count('paused'), 'not watched at present'],
  ] as const
  const others = parts
    .filter(([number]) => number > 0)
    .map(([number, word]) => `, ${number} ${word}`)
  return sites.length === 0
    ? ''
    : `${count('up')} of ${sites.length} operational${others.join('')}.`
}

function list(heading: string, items: readonly Markup[]): Markup {
  if (items.length === 0) return html``
  return html`<section><h2>${heading}</h2><ul class="card lines">${items}</ul></section>`
}
