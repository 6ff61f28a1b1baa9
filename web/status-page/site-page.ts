import { html } from 'hono/html'
import { humanDuration } from '#shared/domain/duration.ts'
import { percentText } from '#shared/domain/percent.ts'
import type { Assets } from '../assets.ts'
import type { Markup } from '../page/layout.ts'
import { bars } from './bars.ts'
import { coverageText, type Day, dayShape, dayText, type Share } from './day-bars.ts'
import { instant } from './instant.ts'
import { legend } from './legend.ts'
import { type ResponsePoint, responseChart } from './response-chart.ts'
import { stateBadge, unbroken } from './site-row.ts'
import type { OutageFacts, SiteFacts } from './status-facts.ts'
import { statusLayout } from './status-layout.ts'
import { outageOfSite } from './told-in-words.ts'

/** What only the page of one site asks for. */
export type SiteDetails = {
  readonly asOfMs: number
  readonly windows: readonly { readonly name: string; readonly share: Share }[]
  readonly points: readonly ResponsePoint[]
  readonly outages: readonly OutageFacts[]
}

export type SitePageParts = {
  readonly title: string
  readonly site: SiteFacts
  readonly details: SiteDetails
  readonly assets: Assets
  readonly version: string
}

/** All that is published of one site. */
export function sitePage({ title, site, details, assets, version }: SitePageParts): Markup {
  const { asOfMs, windows, points, outages } = details
  return statusLayout({
    assets,
    title,
    subject: site.name,
    path: `/sites/${site.slug}`,
    version,
    main: html`<p class="back"><a href="/">All services</a></p>
<div class="site-title"><h1><bdi>${site.name}</bdi></h1>${stateBadge(site.state)}</div>
<p class="soft">${site.observedAtMs === null ? 'Not observed lately.' : html`Last observed ${instant(site.observedAtMs)}.`} As of ${instant(asOfMs)}.</p>
<section><h2>Uptime</h2><div class="windows">${windows.map(windowCard)}</div></section>
<section><h2>Past ${site.days.length} days</h2><div class="card"><div class="big-bars">${bars(site.days)}
<p class="site-foot small soft"><span>${site.days.length} days ago</span><span>Today</span></p></div></div>
${legend}
${dayTable(site.days)}</section>
<section><h2>Response times</h2><div class="card"><div>${responseChart(points)}</div></div></section>
<section><h2>Outages of 90 days</h2>${outages.length === 0 ? html`<p class="soft">None was seen.</p>` : html`<ul class="card lines">${outages.map((outage) => outageOfSite(outage, asOfMs))}</ul>`}</section>`,
  })
}

function windowCard({ name, share }: SiteDetails['windows'][number]): Markup {
  return html`<div class="card window"><p class="soft small">${name}</p><p class="figure">${
    share.uptime === null ? 'unknown' : percentText(share.uptime)
  }</p><p class="small soft">${
    share.uptime === null
      ? 'never observed'
      : html`of the time we were watching, <b>${unbroken(coverageText(share.coverage))}</b> watched`
  }</p></div>`
}

/** The bars for who does not see them, or wants the numbers. Days on which all was well are left out. */
function dayTable(days: readonly Day[]): Markup {
  const told = days.filter((day) => {
    const { observed, down } = dayShape(day)
    return down > 0 || observed < 4
  })
  const uneventful = days.length - told.length
  return html`<details class="days"><summary>Day by day</summary>
${uneventful === 0 ? '' : html`<p>${uneventful} of ${days.length} days were observed for 99 % of their time or more, and without a downtime.</p>`}
${
  told.length === 0
    ? ''
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Days with something to tell"><table><thead><tr><th scope="col">Day (UTC)</th><th scope="col" class="number">Down</th><th scope="col" class="number">Not observed</th><th scope="col">In words</th></tr></thead>
<tbody>${told.toReversed().map(dayRow)}</tbody></table></div>`
}</details>`
}

function dayRow(day: Day): Markup {
  return html`<tr><th scope="row">${day.day}</th><td class="number">${humanDuration(day.downS * 1000)}</td><td class="number">${humanDuration(day.unknownS * 1000)}</td><td>${dayText(day)}</td></tr>`
}
