import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Route } from '../route.ts'
import type { WebContext } from '../web-context.ts'
import { eventsRoutes, eventsRouteTable } from './events-routes.ts'
import { fleetRoutes, fleetRouteTable } from './fleet-routes.ts'
import { requireOwnOrigin, requireSession, withOwnReferrer } from './guard.ts'
import { IMPORT_PATH, importRoutes, importRouteTable } from './import-routes.ts'
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
  ...importRouteTable,
  ...eventsRouteTable,
]

/** A form with a body of 64 KiB, each of its bytes in three characters, and all the rest of it. */
const FORM_BYTES_MAX = 512 * 1024
/** A file of 10 MiB, in its envelope. */
const UPLOAD_BYTES_MAX = 10 * 1024 * 1024 + 64 * 1024

const formLimit = bodyLimit({ maxSize: FORM_BYTES_MAX })
const uploadLimit = bodyLimit({
  maxSize: UPLOAD_BYTES_MAX,
  onError: (context) => context.text('the file is larger than 10 MiB', 413),
})

/** The operator's pages. Without a password there are none: nothing here answers. */
export function dashboardRoutes(web: WebContext): Hono {
  const routes = new Hono({ strict: false })
  const { dashboardPassword: password, publicUrl } = web.pages
  if (password === null) return routes
  const isSecure = publicUrl?.startsWith('https:') ?? false
  const sessions = openSessions({ password, isSecure, nowMs: web.nowMs })
  for (const path of ['/dashboard', '/dashboard/*']) {
    routes.use(path, withOwnReferrer, requireOwnOrigin(publicUrl), requireSession(sessions))
    routes.use(path, (context, next) => {
      const limit = context.req.path === IMPORT_PATH ? uploadLimit : formLimit
      return limit(context, next)
    })
  }
  routes.route('/', loginRoutes(web, sessions))
  routes.route('/', fleetRoutes(web))
  routes.route('/', siteFormRoutes(web))
  routes.route('/', siteRoutes(web))
  routes.route('/', siteActionRoutes(web))
  routes.route('/', outageRoutes(web))
  routes.route('/', incidentRoutes(web))
  routes.route('/', maintenanceRoutes(web))
  routes.route('/', importRoutes(web))
  routes.route('/', eventsRoutes(web))
  return routes
}
