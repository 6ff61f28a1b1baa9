import { Hono } from 'hono'
import { errorText, type Log } from '#shared/runtime/log.ts'
import { heartbeatRoutes, type RecordCall } from './heartbeat-routes.ts'

export type WebAppOptions = { readonly record: RecordCall; readonly log: Log }

/** All that is served. Nothing of a request is ever given back in an answer, nor put into the log. */
export function webApp({ record, log }: WebAppOptions): Hono {
  const app = new Hono({ strict: false })
  app.use(async (context, next) => {
    await next()
    context.header('cache-control', 'no-store')
    context.header('x-content-type-options', 'nosniff')
    context.header('referrer-policy', 'no-referrer')
  })
  app.route('/', heartbeatRoutes(record))
  app.notFound((context) => context.text('not found', 404))
  app.onError((error, context) => {
    log.error({ error: errorText(error) }, 'a request failed by a fault of ours')
    return context.text('internal error', 500)
  })
  return app
}
