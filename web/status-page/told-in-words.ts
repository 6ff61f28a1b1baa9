import { html, raw } from 'hono/html'
import type { IncidentStatus } from '#db/page-tables.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import type { Markup } from '../page/layout.ts'
import { instant } from './instant.ts'
import { markdown } from './markdown.ts'
import type { IncidentFacts, MaintenanceFacts, OutageFacts, SiteName } from './status-facts.ts'

/** The parts of the page that are sentences: outages, incidents, maintenance. */

export const incidentWords: Readonly<Record<IncidentStatus, string>> = {
  investigating: 'Investigating',
  identified: 'Identified',
  monitoring: 'Monitoring',
  resolved: 'Resolved',
}

export function incidentCard(incident: IncidentFacts): Markup {
  const { slug, title, status, sites, updates, resolvedAtMs } = incident
  const isOpen = resolvedAtMs === null
  const [newest, ...older] = updates
  return html`<article class="card incident ${isOpen ? 'open' : 'resolved'}" id="incident-${slug}">
<header><h3><bdi>${title}</bdi></h3><span class="state ${isOpen ? 'partly' : 'up'}">${incidentWords[status]}</span>
${concerned(sites)}</header>
${newest === undefined ? html`<p class="soft">Reported ${instant(incident.createdAtMs)}.</p>` : updateBlock(newest)}
${older.length === 0 ? '' : html`<details><summary>${older.length === 1 ? 'One earlier update' : `${older.length} earlier updates`}</summary>${older.map(updateBlock)}</details>`}
</article>`
}

function updateBlock({ postedAtMs, status, body }: IncidentFacts['updates'][number]): Markup {
  return html`<div class="update"><p class="small soft"><b>${incidentWords[status]}</b> · ${instant(postedAtMs)}</p><div class="prose">${raw(markdown(body))}</div></div>`
}

export function maintenanceItem(planned: MaintenanceFacts): Markup {
  const { title, startsAtMs, endsAtMs, repeats, isUnderWay, sites } = planned
  return html`<li class="flush item"><div class="line"><h3><bdi>${title}</bdi></h3><span class="state planned">${isUnderWay ? 'Under way' : 'Planned'}</span></div>
<p class="small soft">${instant(startsAtMs)} to ${instant(endsAtMs)} (${humanDuration(endsAtMs - startsAtMs)})${repeats ? ', again and again' : ''}</p>
${concerned(sites)}</li>`
}

/** Since when and for how long: why is between the site and its operator. */
export function outageItem(outage: OutageFacts, nowMs: number): Markup {
  const { site, endedAtMs } = outage
  const lasted = durationOf(outage, nowMs)
  return html`<li class="flush item"><div class="line"><h3><a href="/sites/${site.slug}"><bdi>${site.name}</bdi></a></h3>${
    endedAtMs === null
      ? html`<span class="state down">Down for ${lasted}</span>`
      : html`<span class="soft">${lasted}</span>`
  }</div>
${whenOf(outage)}</li>`
}

/** The same where the site needs no name. */
export function outageOfSite(outage: OutageFacts, nowMs: number): Markup {
  return html`<li class="flush item"><div class="line"><h3>${durationOf(outage, nowMs)}</h3>${
    outage.endedAtMs === null ? html`<span class="state down">Down now</span>` : ''
  }</div>
${whenOf(outage)}</li>`
}

function durationOf({ startedAtMs, endedAtMs }: OutageFacts, nowMs: number): string {
  return humanDuration((endedAtMs ?? nowMs) - startedAtMs)
}

function whenOf({ startedAtMs, endedAtMs }: OutageFacts): Markup {
  return html`<p class="small soft">${endedAtMs === null ? html`Since ${instant(startedAtMs)}` : html`${instant(startedAtMs)} to ${instant(endedAtMs)}`}</p>`
}

function concerned(sites: readonly SiteName[] | null): Markup {
  if (sites === null) return html`<p class="small soft">Concerns everything here.</p>`
  return html`<p class="small soft">Concerns ${sites.map(
    ({ slug, name }, index) =>
      html`${index > 0 ? ', ' : ''}<a href="/sites/${slug}"><bdi>${name}</bdi></a>`,
  )}</p>`
}
