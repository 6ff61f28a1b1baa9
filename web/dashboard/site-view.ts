import { html } from 'hono/html'
import type { ListedOutage } from '#db/outage-report.ts'
import type { SiteNow } from '#db/site-page.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import { newestSlotMs } from '#shared/domain/slot.ts'
import type { Markup } from '../page/layout.ts'
import { fleetUrl, isObserved, stateClasses, stateWords } from './fleet-query.ts'
import { milliseconds, showAgo, showInstant, showSince } from './show-time.ts'

/** As the state `unknown` of the overview. */
const UNSEEN_CADENCES = 3
const ON_ITS_WAY_MS = 60_000

/** The top of a site's page: what it is, how it is, and what can be done with it. */
export function siteHeading(site: SiteNow): Markup {
  const { id, name, url, kind, tags } = site
  return html`<p class="crumbs"><a href="/dashboard">Sites</a></p>
<div class="title-row">
<div><h1><bdi>${name}</bdi></h1>
<p class="soft"><span class="tag">${kind}</span> ${kind === 'http' ? html`<a class="mono" href="${url}" rel="noreferrer noopener nofollow"><bdi>${url}</bdi></a>` : html`<span class="mono"><bdi>${url}</bdi></span>`}
${tags.map((tag) => html`<a class="tag" href="${fleetUrl({ words: [], tag, kind: null, state: null })}"><bdi>${tag}</bdi></a>`)}</p></div>
<div class="actions">
${action(id, 'check', 'Test now', 'primary')}
${site.enabled ? action(id, 'pause', 'Pause') : action(id, 'resume', 'Resume', 'primary')}
<a class="button" href="/dashboard/sites/${id}/edit">Edit</a>
<a class="button danger" href="/dashboard/sites/${id}/remove">Remove</a>
</div>
</div>`
}

function action(id: number, name: string, label: string, shade = ''): Markup {
  return html`<form method="post" action="/dashboard/sites/${id}/${name}"><button type="submit" class="${shade}">${label}</button></form>`
}

/** How it is now: fetched anew by itself. */
export function siteNowView(site: SiteNow): Markup {
  const { nowMs, state } = site
  return html`<div class="panel now ${stateClasses[state]}">
<p class="now-state"><span class="state ${stateClasses[state]}">${stateWords[state]}</span>
${site.sinceMs === null || !isObserved(state) ? '' : html`<span class="soft">for ${showSince(site.sinceMs, nowMs)}</span>`}</p>
<p class="now-last"><bdi>${lastWords(site)}</bdi></p>
${notices(site)}
</div>
<dl class="facts">${factsOf(site).map(([term, fact]) => html`<div><dt>${term}</dt><dd>${fact}</dd></div>`)}</dl>`
}

function lastWords(site: SiteNow): string {
  if (site.invalidReason !== null) return site.invalidReason
  if (site.lastResult === null) return 'It was not checked yet.'
  const words = [site.lastFailure ?? site.lastResult, site.lastMessage]
  return words.filter((word) => word !== null).join(': ')
}

function notices(site: SiteNow): Markup {
  const { waitingFor, maintenance, flappingSinceMs, streak, state } = site
  const threshold = state === 'down' ? site.recoveryThreshold : site.failureThreshold
  const lines = [
    unseenText(site),
    waitingFor === null
      ? null
      : waitingFor === 'request'
        ? 'A check is asked for: its result appears here.'
        : 'A second look is due within seconds.',
    streak > 0 ? `${streak} of ${threshold} results in a row that contradict the state.` : null,
    maintenance === null
      ? null
      : `Under maintenance: ${maintenance}. Nobody is told of outages before it is over.`,
    flappingSinceMs === null
      ? null
      : 'It goes up and down so often that its single outages are not told.',
  ]
  return html`${lines.filter((line) => line !== null).map((line) => html`<p class="small"><bdi>${line}</bdi></p>`)}`
}

/** A state is as old as the last look at it. */
function unseenText(site: SiteNow): string | null {
  const { lastCheckedAtMs, cadenceSeconds, nowMs } = site
  if (lastCheckedAtMs === null || !site.enabled || site.invalidReason !== null) return null
  const isOld = nowMs - lastCheckedAtMs > UNSEEN_CADENCES * cadenceSeconds * 1000 + ON_ITS_WAY_MS
  return isOld ? `It was not observed for ${humanDuration(nowMs - lastCheckedAtMs)}.` : null
}

function factsOf(site: SiteNow): [string, Markup | string][] {
  const { nowMs } = site
  const address = [
    site.lastRemoteAddress,
    site.lastHttpVersion === null ? null : `HTTP/${site.lastHttpVersion}`,
  ]
  return [
    ['Last check', showAgo(site.lastCheckedAtMs, nowMs)],
    ['Next check', nextCheck(site)],
    ['Every', site.cadence],
    ['Latency', milliseconds(site.lastLatencyMs)],
    ...(site.slaMs === null
      ? []
      : [['Promised within', milliseconds(site.slaMs)] as [string, string]]),
    ...(site.lastStatusCode === null
      ? []
      : [['Status', String(site.lastStatusCode)] as [string, string]]),
    ['Answered by', address.filter((part) => part !== null).join(', ') || '–'],
    ['Worker', site.lastWorker ?? '–'],
    ...(site.certExpiresAtMs === null
      ? []
      : [['Certificate', certificate(site, site.certExpiresAtMs)] as [string, Markup]]),
    ...(site.kind === 'heartbeat'
      ? [['Last call', showAgo(site.lastBeatAtMs, nowMs)] as [string, Markup]]
      : []),
    ['Told', site.alertEmails.length === 0 ? 'ALERT_EMAIL_TO' : site.alertEmails.join(', ')],
    ['Status page', site.published ? html`<a href="/sites/${site.slug}">shown</a>` : 'not shown'],
  ]
}

function nextCheck({ enabled, invalidReason, id, cadenceSeconds, nowMs }: SiteNow): string {
  if (!enabled || invalidReason !== null) return 'none'
  const next = newestSlotMs(id, cadenceSeconds, nowMs) + cadenceSeconds * 1000
  return `in ${humanDuration(next - nowMs)}`
}

function certificate(site: SiteNow, expiresAtMs: number): Markup {
  const { nowMs, certSubject, certIssuer, certError } = site
  const left = expiresAtMs < nowMs ? 'expired' : `${humanDuration(expiresAtMs - nowMs)} left`
  return html`<span title="${[certSubject, certIssuer].filter((part) => part !== null).join(', by ')}">${left}</span>${certError === null ? '' : html`, <bdi>${certError}</bdi>`}`
}

/** Whom it waits for and who waits for it. */
export function relativesView({ parents, dependents }: SiteNow): Markup {
  if (parents.length + dependents.length === 0) return html``
  const list = (title: string, sites: SiteNow['parents']) =>
    sites.length === 0
      ? ''
      : html`<div><h3>${title}</h3><ul class="plain">${sites.map(
          ({ id, name, state }) =>
            html`<li><span class="state ${stateClasses[state]}">${stateWords[state]}</span> <a href="/dashboard/sites/${id}"><bdi>${name}</bdi></a></li>`,
        )}</ul></div>`
  return html`<section aria-labelledby="relatives"><h2 id="relatives">Dependencies</h2><div class="panel columns">${list('Depends on', parents)}${list('Depend on it', dependents)}</div></section>`
}

/** Its outages, each with the way to its evidence. */
export function outageList(outages: readonly ListedOutage[]): Markup {
  if (outages.length === 0) return html`<p class="panel quiet-card">None in the last 90 days.</p>`
  return html`<div class="panel bare scroll"><table class="stacked">
<thead><tr><th>Began</th><th>Lasted</th><th>Why</th><th>Told</th><th><span class="visually-hidden">Evidence</span></th></tr></thead>
<tbody>${outages.map(
    (outage) => html`<tr>
<td data-label="Began">${showInstant(outage.startedAtMs)}</td>
<td data-label="Lasted">${outage.endedAtMs === null ? html`<span class="state down">open</span>, ${humanDuration(outage.durationS * 1000)} so far` : humanDuration(outage.durationS * 1000)}</td>
<td data-label="Why" class="whole"><bdi>${[outage.failure, outage.message].filter((word) => word !== null).join(': ')}</bdi></td>
<td data-label="Told">${outage.heldBy === null ? 'yes' : `no: ${outage.heldBy}`}</td>
<td><a href="/dashboard/outages/${outage.outageId}">Evidence<span class="visually-hidden"> of ${showInstant(outage.startedAtMs)}</span></a></td>
</tr>`,
  )}</tbody></table></div>`
}
