import { Hono } from 'hono'
import type { Db } from '#db/connect.ts'
import { errorText, type Log } from '#shared/runtime/log.ts'
import { assetRoutes } from './asset-routes.ts'
import type { Assets } from './assets.ts'
import type { ChangeFeed } from './change-feed.ts'
import { dashboardRoutes } from './dashboard/dashboard-routes.ts'
import { heartbeatRoutes, type RecordCall } from './heartbeat-routes.ts'
import { contentSecurityPolicy } from './page/content-security-policy.ts'
import { publicBoard } from './status-page/public-board.ts'
import { statusRoutes } from './status-page/status-routes.ts'

/** All that pages and the API need of the process. */
export type WebContext = {
  readonly record: RecordCall
  readonly db: Db
  /** For files of sites, which take longer than a page may: a connection of their own, and their own limit. */
  readonly loads: Db
  readonly assets: Assets
  /** Says when what is shown may have changed. */
  readonly changes: ChangeFeed
  readonly pages: PageSettings
  readonly nowMs: () => number
  readonly log: Log
}

export type PageSettings = {
  /** The heading of the status page. */
  readonly title: string
  /** Where the world reaches us, without a slash at its end: for links in feeds; null: not known. */
  readonly publicUrl: string | null
  /** What the dashboard is entered with; null: there is no dashboard. */
  readonly dashboardPassword: string | null
}

/** All that is served. Nothing of a request is put into the log. */
export function webApp(web: WebContext): Hono {
  const app = new Hono({ strict: false })
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
  app.route('/', statusRoutes(web, board))
  app.route('/', dashboardRoutes(web))
  app.notFound((context) => context.text('not found', 404))
  app.onError((error, context) => {
    web.log.error({ error: errorText(error) }, 'a request failed by a fault of ours')
    return context.text('internal error', 500)
  })
  return app
}
