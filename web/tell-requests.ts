import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'

/** A request that was answered. Its route is as it is registered: an address could hold a secret. */
export type AnsweredRequest = {
  readonly method: string
  /** `/ping/:token`, or `none` where there is no such route. */
  readonly route: string
  readonly status: number
  /** Until its answer began: what a browser keeps open is not waited for. */
  readonly tookMs: number
}

/** Methods that are not of this list are one: a caller could think of any number. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Tells of each request, once it is answered. */
export function tellRequests(onRequest: (request: AnsweredRequest) => void): MiddlewareHandler {
  return async (context, next) => {
    const begunAtMs = performance.now()
    await next()
    const { method } = context.req
    onRequest({
      method: METHODS.includes(method) ? method : 'other',
      route: routeOf(context),
      status: context.res.status,
      tookMs: performance.now() - begunAtMs,
    })
  }
}

/** Middleware is registered for `/*` and the like: what answers stands behind it. */
function routeOf(context: Context): string {
  const route = matchedRoutes(context).findLast(({ path }) => !path.endsWith('*'))
  return route?.path ?? 'none'
}
