import { type Context, Hono } from 'hono'
import type { Route } from '../route.ts'
import { answerBadge, answerShields, answerSvg, type BadgeSource } from './badge-answer.ts'
import { badgeColours } from './badge-colours.ts'
import { type BadgeDuration, badgeDuration } from './badge-figures.ts'
import {
  type BadgeMessage,
  latencyMessage,
  notAvailable,
  stateMessage,
  uptimeMessage,
} from './badge-message.ts'
import { badgeQuery } from './badge-query.ts'
import { latencyPicture } from './latency-picture.ts'

const BASE = '/api/v1/endpoints/:key'
const paths = {
  health: `${BASE}/health/badge.svg`,
  shields: `${BASE}/health/badge.shields`,
  uptime: `${BASE}/uptimes/:duration/badge.svg`,
  response: `${BASE}/response-times/:duration/badge.svg`,
  chart: `${BASE}/response-times/:duration/chart.svg`,
} as const

export const gatusBadgeRouteTable: readonly Route[] = Object.values(paths).map((path) => ({
  method: 'GET',
  path,
  audience: 'anyone',
  purpose: 'a badge of a published site, at the address that Gatus has for it',
}))

/** Badges at Gatus' addresses. Always 200: a picture in a README is not to be missing. */
export function gatusBadgeRoutes(source: BadgeSource): Hono {
  const routes = new Hono({ strict: false })
  const site = (context: Context) => source.siteOf(context.req.param('key') ?? '')
  const health = async (context: Context) => {
    const found = await site(context)
    return found === null ? notAvailable : stateMessage(found.state)
  }
  routes.get(paths.health, async (context) => svg(context, 'health', await health(context)))
  routes.get(paths.shields, async (context) =>
    answerShields(context, { label: 'health', ...(await health(context)) }),
  )
  routes.get(paths.uptime, async (context) => {
    const duration = badgeDuration(context.req.param('duration'))
    const found = await site(context)
    const share = await about(source, found?.siteId, duration, source.figures.shareOf)
    return svg(
      context,
      `uptime ${duration ?? ''}`.trim(),
      share === null ? notAvailable : uptimeMessage(share),
    )
  })
  routes.get(paths.response, async (context) => {
    const duration = badgeDuration(context.req.param('duration'))
    const found = await site(context)
    const meanMs = await about(source, found?.siteId, duration, source.figures.meanLatencyMs)
    return svg(context, `response time ${duration ?? ''}`.trim(), latencyMessage(meanMs))
  })
  routes.get(paths.chart, async (context) => {
    const duration = badgeDuration(context.req.param('duration'))
    const found = await site(context)
    const medians = await about(source, found?.siteId, duration, source.figures.medians)
    return answerSvg(context, latencyPicture(medians ?? []))
  })
  return routes
}

/** Null where the site or the duration is none, or where the answer cannot be read. */
async function about<T>(
  source: BadgeSource,
  siteId: number | undefined,
  duration: BadgeDuration | null,
  ask: (siteId: number, duration: BadgeDuration) => Promise<T | null>,
): Promise<T | null> {
  return siteId === undefined || duration === null ? null : source.orNull(ask(siteId, duration))
}

function svg(context: Context, label: string, message: BadgeMessage): Response {
  const style = badgeQuery(context.req.query()).style()
  return answerBadge(context, { label, labelColour: badgeColours.label, style, ...message })
}
