import { html } from 'hono/html'
import {
  type Fleet,
  type FleetFilter,
  type FleetSite,
  fleetStates,
  type SeenTime,
} from '#db/fleet.ts'
import { checkKinds } from '#shared/domain/check.ts'
import { percentText } from '#shared/domain/percent.ts'
import type { Markup } from '../page/layout.ts'
import { fleetUrl, isObserved, stateClasses, stateWords } from './fleet-query.ts'
import { milliseconds, showAgo, showSince } from './show-time.ts'

export type FleetPage = {
  readonly fleet: Fleet
  readonly filter: FleetFilter
  /** This page's own address. */
  readonly url: string
  readonly isFirst: boolean
  readonly tags: readonly string[]
  /** Shown once, after something was done. */
  readonly note: string | null
}

/** The overview: what is wrong first, found as one types. */
export function fleetView(page: FleetPage): Markup {
  return html`<div class="title-row">
<h1>Sites</h1>
<a class="button primary" href="/dashboard/sites/new">Add a site</a>
</div>
${page.note === null ? '' : html`<p class="notice" role="status">${page.note}</p>`}
${searchForm(page)}
${fleetPart(page)}`
}

/** As one types, the part below is fetched anew; without scripts the button does it. */
function searchForm({ filter, tags }: FleetPage): Markup {
  return html`<form class="filters" role="search" action="/dashboard" method="get" hx-get="/dashboard"
 hx-trigger="input delay:200ms, change, submit" hx-target="#fleet" hx-select="#fleet" hx-swap="outerHTML" hx-push-url="true" hx-sync="this:replace">
<div class="search"><label class="visually-hidden" for="q">Search by name, address or tag</label>
<input id="q" name="q" type="search" placeholder="Search by name, address or tag" value="${filter.words.join(' ')}" maxlength="200" autocomplete="off"></div>
<div><label class="visually-hidden" for="tag">Tag</label>
<select id="tag" name="tag"><option value="">All tags</option>${options(withChosen(tags, filter.tag), filter.tag)}</select></div>
<div><label class="visually-hidden" for="kind">Kind</label>
<select id="kind" name="kind"><option value="">All kinds</option>${options(checkKinds, filter.kind)}</select></div>
${filter.state === null ? '' : html`<input type="hidden" name="state" value="${filter.state}">`}
<button type="submit" class="no-script">Search</button>
</form>`
}

/** A tag of few sites is still the one that is asked for. */
function withChosen(tags: readonly string[], chosen: string | null): readonly string[] {
  return chosen === null || tags.includes(chosen) ? tags : [chosen, ...tags]
}

function options(values: readonly string[], chosen: string | null): Markup {
  return html`${values.map(
    (value) =>
      html`<option value="${value}"${value === chosen ? html` selected` : ''}>${value}</option>`,
  )}`
}

/** The part that is fetched anew: by itself every ten seconds, and whenever something changes. */
function fleetPart({ fleet, filter, url, isFirst }: FleetPage): Markup {
  return html`<section id="fleet" aria-label="Sites found" hx-get="${url}" hx-trigger="every 10s, news from:body throttle:1s" hx-select="#fleet" hx-target="this" hx-swap="morph:outerHTML" hx-ext="morph">
${counters(fleet, filter)}
${fleet.sites.length === 0 ? nothingFound(filter) : siteTable(fleet)}
<nav class="pager" aria-label="Pages">
${isFirst ? '' : html`<a class="button" href="${fleetUrl(filter)}">First page</a>`}
${fleet.next === null ? '' : html`<a class="button" href="${fleetUrl(filter, fleet.next)}">Next page</a>`}
</nav>
</section>`
}

function counters({ counts }: Fleet, filter: FleetFilter): Markup {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const all = { state: null, word: 'All', count: total, shade: 'all' } as const
  const each = fleetStates.map((state) => ({
    state,
    word: stateWords[state],
    count: counts[state],
    shade: stateClasses[state],
  }))
  return html`<nav class="counters" aria-label="States">${[all, ...each].map(
    ({ state, word, count, shade }) =>
      html`<a href="${fleetUrl({ ...filter, state })}" class="counter ${shade}${count === 0 ? ' none' : ''}"${
        filter.state === state ? html` aria-current="true"` : ''
      }><strong>${count.toLocaleString('en')}</strong> <span>${word}</span></a>`,
  )}</nav>`
}

function nothingFound(filter: FleetFilter): Markup {
  const isFiltered = fleetUrl(filter) !== '/dashboard'
  if (isFiltered)
    return html`<p class="empty">No site fits. <a href="/dashboard">Show all sites</a></p>`
  return html`<p class="empty">Nothing is watched yet. <a href="/dashboard/sites/new">Add a site</a> or <a href="/dashboard/import">import a file</a>.</p>`
}

function siteTable({ sites, nowMs }: Fleet): Markup {
  return html`<div class="panel bare scroll"><table class="fleet">
<thead><tr><th>State</th><th>Site</th><th>Last result</th><th class="number">Latency</th><th class="number">For</th><th class="number">7 days</th></tr></thead>
<tbody>${sites.map((site) => siteRow(site, nowMs))}</tbody>
</table></div>`
}

function siteRow(site: FleetSite, nowMs: number): Markup {
  return html`<tr id="site-${site.id}">
<td data-label="State"><span class="state ${stateClasses[site.state]}">${stateWords[site.state]}</span></td>
<td data-label="Site" class="site"><a href="/dashboard/sites/${site.id}"><bdi>${site.name}</bdi></a>
${site.name === site.url ? '' : html`<span class="soft small mono url"><bdi>${site.url}</bdi></span>`}
${site.tags.length === 0 ? '' : html`<span class="tags">${site.tags.map((tag) => html`<a class="tag" href="${fleetUrl({ words: [], tag, kind: null, state: null })}"><bdi>${tag}</bdi></a>`)}</span>`}</td>
<td data-label="Last result" class="last">${lastResult(site)} <span class="soft small">${showAgo(site.lastCheckedAtMs, nowMs)}</span></td>
<td data-label="Latency" class="number">${milliseconds(site.lastLatencyMs)}</td>
<td data-label="For" class="number">${showSince(isObserved(site.state) ? site.sinceMs : null, nowMs)}</td>
<td data-label="7 days" class="number">${weekText(site.week)}</td>
</tr>`
}

/** Never the one figure without the other. */
function weekText(week: SeenTime | null): Markup {
  const seenS = week === null ? 0 : week.upS + week.downS
  if (week === null || seenS <= 0) return html`<span class="soft">–</span>`
  const coverage = percentText(seenS / (seenS + week.unseenS))
  return html`${percentText(week.upS / seenS)}<span class="soft small seen-share">${coverage} seen</span>`
}

function lastResult(site: FleetSite): Markup {
  if (site.invalidReason !== null) return html`<bdi>${site.invalidReason}</bdi>`
  if (site.lastResult === null) return html`not checked yet`
  const words = [site.lastFailure ?? site.lastResult, site.lastMessage].filter(
    (word) => word !== null,
  )
  return html`<bdi>${words.join(': ')}</bdi>`
}
