import { Hono } from 'hono'
import { readFleet, readTags } from '#db/fleet.ts'
import type { Route } from '../route.ts'
import type { WebContext } from '../web-context.ts'
import { dashboardPage } from './dashboard-page.ts'
import { fleetUrl, readFleetQuery } from './fleet-query.ts'
import { fleetView } from './fleet-view.ts'
import { takeNote } from './note.ts'

export const fleetRouteTable: readonly Route[] = [
  { method: 'GET', path: '/dashboard', audience: 'operator', purpose: 'all sites, worst first' },
]

const SITES_PER_PAGE = 50
const TAGS_OFFERED_MAX = 200

export function fleetRoutes({ db, assets }: WebContext): Hono {
  const routes = new Hono()
  routes.get('/dashboard', async (context) => {
    const { filter, after } = readFleetQuery(new URL(context.req.url).searchParams)
    const [fleet, tags] = await Promise.all([
      readFleet(db, filter, { after, limit: SITES_PER_PAGE }),
      readTags(db, TAGS_OFFERED_MAX),
    ])
    const url = fleetUrl(filter, after)
    const note = takeNote(context)
    const body = fleetView({ fleet, filter, url, isFirst: after === null, tags, note })
    return context.html(dashboardPage(assets, { title: 'Sites', section: 'sites', body }))
  })
  return routes
}
