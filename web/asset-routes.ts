import { Hono } from 'hono'
import type { Assets } from './assets.ts'
import type { Route } from './route.ts'

export const assetRouteTable: readonly Route[] = [
  { method: 'GET', path: '/assets/:name', audience: 'anyone', purpose: 'style sheets and scripts' },
]

/** Style sheets and scripts. Their addresses change with their content, so they are kept for a year. */
export function assetRoutes(assets: Assets): Hono {
  const routes = new Hono()
  routes.get('/assets/:name', (context) => {
    const asset = assets.find(context.req.param('name'))
    if (asset === null) return context.text('not found', 404)
    return context.body(asset.body, 200, {
      'content-type': asset.type,
      'cache-control': 'public, max-age=31536000, immutable',
    })
  })
  return routes
}
