import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Route } from '../route.ts'
import type { WebContext } from '../web-context.ts'
import { eventsRoutes, eventsRouteTable } from './events-routes.ts'
import { fleetRoutes, fleetRouteTable } from './fleet-routes.ts'
import { requireOwnOrigin, requireSession, withOwnReferrer } from './guard.ts'
import { incidentRoutes, incidentRouteTable } from './incident-routes.ts'
import { loginRoutes, loginRouteTable } from './login-routes.ts'
import { maintenanceRoutes, maintenanceRouteTable } from './maintenance-routes.ts'
import { outageRoutes, outageRouteTable } from './outage-routes.ts'
import { openSessions } from './sessions.ts'
import { siteActionRoutes, siteActionRouteTable } from './site-action-routes.ts'
import { siteFormRoutes, siteFormRouteTable } from './site-form-routes.ts'
import { siteRoutes, siteRouteTable } from './site-routes.ts'

export const dashboardRouteTable: readonly Route[] = [
  ...loginRouteTable,
  ...fleetRouteTable,
  ...siteFormRouteTable,
  ...siteRouteTable,
  ...siteActionRouteTable,
  ...outageRouteTable,
  ...incidentRouteTable,
  ...maintenanceRouteTable,
  ...eventsRouteTable,
]

/** A form with a body of 64 KiB, each of its bytes in three characters, and all the rest of it. */
const FORM_BYTES_MAX = 512 * 1024

/** The operator's pages. Without a password there are none: nothing here answers. */
export function dashboardRoutes(web: WebContext): Hono {
  const routes = new Hono({ strict: false })
  const { dashboardPassword: password, publicUrl } = web.pages
  if (password === null) return routes
  const isSecure = publicUrl?.startsWith('https:') ?? false
  const sessions = openSessions({ password, isSecure, nowMs: web.nowMs })
  for (const path of ['/dashboard', '/dashboard/*']) {
    routes.use(path, withOwnReferrer, requireOwnOrigin(publicUrl), requireSession(sessions))
    routes.use(path, bodyLimit({ maxSize: FORM_BYTES_MAX }))
  }
  routes.route('/', loginRoutes(web, sessions))
  routes.route('/', fleetRoutes(web))
  routes.route('/', siteFormRoutes(web))
  routes.route('/', siteRoutes(web))
  routes.route('/', siteActionRoutes(web))
  routes.route('/', outageRoutes(web))
  routes.route('/', incidentRoutes(web))
  routes.route('/', maintenanceRoutes(web))
  routes.route('/', eventsRoutes(web))
  return routes
}
