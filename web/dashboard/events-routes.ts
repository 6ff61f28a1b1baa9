import { Hono } from 'hono'
import { eventStreamHeaders, LiveStreams, liveEvent } from '../live-streams.ts'
import type { Route } from '../route.ts'
import type { WebContext } from '../web-context.ts'

const PATH = '/dashboard/events'

export const eventsRouteTable: readonly Route[] = [
  {
    method: 'GET',
    path: PATH,
    audience: 'operator',
    purpose: 'server-sent events: says when there is news of any site',
  },
]

/** Operators are few, and each looks at a page or two. */
const STREAMS_MAX = 100
const HEARTBEAT_MS = 10_000
const UNREAD_MAX = 16
const LIFE_MS = 60 * 60_000

/** Says that there is news, and not what: everybody reads that as they may. */
export function eventsRoutes({ changes, nowMs }: WebContext): Hono {
  const streams = new LiveStreams({
    streams: STREAMS_MAX,
    heartbeatMs: HEARTBEAT_MS,
    unread: UNREAD_MAX,
    lifeMs: LIFE_MS,
  })
  changes.subscribe(
    () => streams.send(liveEvent('news', String(nowMs()))),
    () => streams.end(),
  )
  const routes = new Hono()
  routes.get(PATH, (context) => {
    // A stream that only its headers are asked of would never end.
    if (context.req.method === 'HEAD') return context.body(null, 200, eventStreamHeaders)
    return streams.open(null)
  })
  return routes
}
