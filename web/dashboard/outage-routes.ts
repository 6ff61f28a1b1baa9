import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import {
  circumstancesAt,
  emailsAbout,
  type OutageFound,
  outagesByPrefix,
  resultsBefore,
  resultsBetween,
} from '#db/outage-story.ts'
import type { Route } from '../route.ts'
import type { WebContext } from '../web-context.ts'
import { dashboardPage } from './dashboard-page.ts'
import { type Evidence, outageView } from './outage-view.ts'
import { siteGone } from './site-of-path.ts'

const PATH = '/dashboard/outages/:id{[0-9a-f-]{36}}'

export const outageRouteTable: readonly Route[] = [
  { method: 'GET', path: PATH, audience: 'operator', purpose: 'the evidence of an outage' },
]

/** Checks shown of each part of an outage: before it, its first, its last, and after it. */
const SHOWN_BEFORE = 5
const SHOWN_AT_FIRST = 10
const SHOWN_AT_LAST = 5
const SHOWN_AFTER = 5
const LOOK_AROUND_MS = 2 * 24 * 3_600_000

export function outageRoutes(web: WebContext): Hono {
  const routes = new Hono()
  routes.get(PATH, (context) => showOutage(web, context))
  return routes
}

async function showOutage({ db, assets, nowMs }: WebContext, context: Context) {
  const id = context.req.param('id') ?? ''
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)
  const [outage] = isId ? await outagesByPrefix(db, id, 1) : []
  if (outage === undefined) return siteGone(context)
  const evidence = await gather(db, outage, nowMs())
  const title = `Outage of ${outage.siteName}`
  return context.html(
    dashboardPage(assets, { title, section: 'sites', body: html`${outageView(outage, evidence)}` }),
  )
}

async function gather(db: WebContext['db'], outage: OutageFound, nowMs: number): Promise<Evidence> {
  const { siteId, startedAtMs } = outage
  const endMs = outage.endedAtMs ?? nowMs
  const [before, first, last, after, emails, circumstances] = await Promise.all([
    resultsBefore(db, siteId, startedAtMs - LOOK_AROUND_MS, startedAtMs, SHOWN_BEFORE),
    resultsBetween(db, siteId, startedAtMs, endMs - 1, SHOWN_AT_FIRST),
    resultsBefore(db, siteId, startedAtMs, endMs, SHOWN_AT_LAST),
    resultsBetween(db, siteId, endMs, endMs + LOOK_AROUND_MS, SHOWN_AFTER),
    emailsAbout(db, outage.id),
    circumstancesAt(db, siteId, outage.openedSlotMs),
  ])
  const shown = new Set(first.map(({ slotMs }) => slotMs))
  const rest = last.filter(({ slotMs }) => !shown.has(slotMs))
  return { nowMs, before, first, last: rest, after, emails, circumstances }
}
