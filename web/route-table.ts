import { apiRouteTable } from './api/api-routes.ts'
import { assetRouteTable } from './asset-routes.ts'
import { gatusBadgeRouteTable } from './badges/gatus-badge-routes.ts'
import { kumaBadgeRouteTable } from './badges/kuma-badge-routes.ts'
import { dashboardRouteTable } from './dashboard/dashboard-routes.ts'
import { heartbeatRouteTable } from './heartbeat-routes.ts'
import type { Route } from './route.ts'
import { statusRouteTable } from './status-page/status-routes.ts'

/** Every route that is served, and who may call it. A test walks the router and holds the two together. */
export const routeTable: readonly Route[] = [
  ...heartbeatRouteTable,
  ...assetRouteTable,
  ...statusRouteTable,
  ...gatusBadgeRouteTable,
  ...kumaBadgeRouteTable,
  ...dashboardRouteTable,
  ...apiRouteTable,
]
