import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { latencyOf, latencyPoints } from '#db/latency.ts'
import { listOutages } from '#db/outage-report.ts'
import { resultsBefore } from '#db/outage-story.ts'
import { rulesOf } from '#db/rule-history.ts'
import { readSiteNow, readTimeline, type SiteNow } from '#db/site-page.ts'
import { sloOf } from '#db/slo.ts'
import { fleetUptime } from '#db/uptime.ts'
import type { Markup } from '../page/layout.ts'
import type { Route } from '../route.ts'
import type { WebContext } from '../web-context.ts'
import { dashboardPage } from './dashboard-page.ts'
import { chartData, chartPoints, chartRange, latencyChart, TABLE_POINTS } from './latency-chart.ts'
import { takeNote } from './note.ts'
import { resultsTable } from './results-table.ts'
import { rulesView } from './rules-view.ts'
import { phaseTable, sloFigure, uptimeFigures } from './site-figures.ts'
import { readSiteId, siteGone } from './site-of-path.ts'
import { timeline } from './site-timeline.ts'
import { outageList, relativesView, siteHeading, siteNowView } from './site-view.ts'

const ID_PATH = '/dashboard/sites/:id{[0-9]+}'

export const siteRouteTable: readonly Route[] = [
  { method: 'GET', path: ID_PATH, audience: 'operator', purpose: 'all that is known of a site' },
  {
    method: 'GET',
    path: `${ID_PATH}/latency.json`,
    audience: 'operator',
    purpose: 'what its chart is drawn from',
  },
]

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const TIMELINE_PARTS = 144
const RESULTS_SHOWN = 20
const OUTAGES_SHOWN = 20
const RULES_SHOWN = 20
const SLO_MS = 30 * DAY_MS
const uptimeWindows = [
  { label: '24 hours', durationMs: DAY_MS },
  { label: '7 days', durationMs: 7 * DAY_MS },
  { label: '30 days', durationMs: 30 * DAY_MS },
  { label: '90 days', durationMs: 90 * DAY_MS },
] as const

/** One site, looked at. */
export function siteRoutes(web: WebContext): Hono {
  const routes = new Hono()
  routes.get(ID_PATH, (context) => showSite(web, context))
  routes.get(`${ID_PATH}/latency.json`, async (context) => {
    const site = await readSiteNow(web.db, readSiteId(context))
    if (site === null) return context.json({ error: 'there is no such site' }, 404)
    const { durationMs } = chartRange(context.req.query('range'))
    const points = chartPoints(durationMs, site.cadenceSeconds)
    const window = lastOf(site, durationMs)
    return context.json(chartData(await latencyPoints(web.db, site.id, window, points)))
  })
  return routes
}

const lastOf = ({ nowMs }: SiteNow, durationMs: number) => ({
  fromMs: nowMs - durationMs,
  toMs: nowMs,
})

async function showSite(web: WebContext, context: Context) {
  const site = await readSiteNow(web.db, readSiteId(context))
  if (site === null) return siteGone(context)
  const note = takeNote(context)
  const body = html`${siteHeading(site)}
${note === null ? '' : html`<p class="notice" role="status">${note}</p>`}
${await nowPart(web, site)}
${await figuresPart(web, site, context.req.query('range'))}
${await pastPart(web, site)}`
  const page = dashboardPage(web.assets, {
    title: site.name,
    section: 'sites',
    scripts: ['uplot.js'],
    styles: ['uplot.css'],
    body,
  })
  return context.html(page)
}

/** Fetched anew every few seconds, and with it the part below that shows what is over. */
async function nowPart({ db }: WebContext, site: SiteNow): Promise<Markup> {
  const window = lastOf(site, DAY_MS)
  const parts = await readTimeline(db, site.id, window, TIMELINE_PARTS)
  return html`<section id="now" aria-label="Now" hx-get="/dashboard/sites/${site.id}" hx-trigger="every 5s, news from:body throttle:1s" hx-select="#now" hx-target="this" hx-select-oob="#past:morph" hx-swap="morph:outerHTML" hx-ext="morph">
${siteNowView(site)}
${timeline(parts, window)}
</section>`
}

async function figuresPart(
  { db }: WebContext,
  site: SiteNow,
  rangeName: string | undefined,
): Promise<Markup> {
  const range = chartRange(rangeName)
  const chartWindow = lastOf(site, range.durationMs)
  const [uptimes, slos, phases, points] = await Promise.all([
    Promise.all(
      uptimeWindows.map(({ durationMs }) =>
        fleetUptime(db, { ...lastOf(site, durationMs), siteIds: [site.id] }),
      ),
    ),
    sloOf(db, lastOf(site, SLO_MS), 'observed', [site.id]),
    latencyOf(db, site.id, chartWindow),
    latencyPoints(db, site.id, chartWindow, TABLE_POINTS),
  ])
  const figures = uptimeWindows.flatMap(({ label }, index) => {
    const uptime = uptimes[index]?.[0]
    return uptime === undefined ? [] : [{ label, uptime }]
  })
  return html`<section aria-labelledby="uptime"><h2 id="uptime">Uptime</h2>
${uptimeFigures(figures)}${slos.map(sloFigure)}</section>
<section aria-labelledby="latency"><h2 id="latency">Response time</h2>
${latencyChart(site.id, range, points)}${phases.length === 0 ? '' : phaseTable(phases)}</section>
${relativesView(site)}`
}

async function pastPart({ db }: WebContext, site: SiteNow): Promise<Markup> {
  const window = lastOf(site, 90 * DAY_MS)
  const [outages, results, rules] = await Promise.all([
    listOutages(db, window, { siteIds: [site.id], limit: OUTAGES_SHOWN }),
    resultsBefore(db, site.id, site.nowMs - 8 * DAY_MS, site.nowMs + HOUR_MS, RESULTS_SHOWN),
    rulesOf(db, site.id, RULES_SHOWN),
  ])
  return html`<div id="past">
<section aria-labelledby="outages"><h2 id="outages">Outages</h2>${outageList(outages)}</section>
<section aria-labelledby="results"><h2 id="results">Last results</h2>${results.length === 0 ? html`<p class="panel quiet-card">None yet.</p>` : resultsTable(results.toReversed(), 'The last results, newest first')}</section>
<section aria-labelledby="history"><h2 id="history">Configuration</h2>${rulesView(rules)}</section>
</div>`
}
