import { Hono } from 'hono'
import { errorText } from '#shared/runtime/log.ts'
import { apiRoutes } from './api/api-routes.ts'
import { assetRoutes } from './asset-routes.ts'
import { badgeSource } from './badges/badge-answer.ts'
import { gatusBadgeRoutes } from './badges/gatus-badge-routes.ts'
import { kumaBadgeRoutes } from './badges/kuma-badge-routes.ts'
import { dashboardRoutes } from './dashboard/dashboard-routes.ts'
import { heartbeatRoutes } from './heartbeat-routes.ts'
import { contentSecurityPolicy } from './page/content-security-policy.ts'
import { publicBoard } from './status-page/public-board.ts'
import { statusRoutes } from './status-page/status-routes.ts'
import { tellRequests } from './tell-requests.ts'
import type { WebContext } from './web-context.ts'

/** All that is served. Nothing of a request is put into the log. */
export function webApp(web: WebContext): Hono {
  const app = new Hono({ strict: false })
  app.use(tellRequests(web.onRequest))
  app.use(async (context, next) => {
    await next()
    // What may be kept says so itself.
    if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-store')
    context.header('content-security-policy', contentSecurityPolicy)
    context.header('x-content-type-options', 'nosniff')
    context.header('x-frame-options', 'DENY')
    // The dashboard asks for a milder one: without a referrer a form would not say where it is from.
    if (!context.res.headers.has('referrer-policy'))
      context.header('referrer-policy', 'no-referrer')
  })
  app.route('/', heartbeatRoutes(web.record))
  app.route('/', assetRoutes(web.assets))
  const board = publicBoard(web)
  const badges = badgeSource(web, board)
  app.route('/', statusRoutes(web, board))
  app.route('/', gatusBadgeRoutes(badges))
  app.route('/', kumaBadgeRoutes(badges))
  app.route('/', dashboardRoutes(web))
  // Last: it answers for all addresses below its own that nobody else has.
  app.route('/', apiRoutes(web))
  app.notFound((context) => context.text('not found', 404))
  app.onError((error, context) => {
    web.log.error({ error: errorText(error) }, 'a request failed by a fault of ours')
    return context.text('internal error', 500)
  })
  return app
}
