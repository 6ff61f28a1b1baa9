import { type Context, Hono } from 'hono'
import type { Route } from '../route.ts'
import type { SiteFacts } from '../status-page/status-facts.ts'
import { answerBadge, type BadgeSource } from './badge-answer.ts'
import { badgeColours, uptimeColour } from './badge-colours.ts'
import { type BadgeDuration, badgeDuration } from './badge-figures.ts'
import { type BadgeMessage, notAvailable, uptimeMessage } from './badge-message.ts'
import { type BadgeQuery, badgeQuery } from './badge-query.ts'

const DAY_MS = 86_400_000
const DEFAULT_DURATION = '24h'
/** Days before its expiry at which a certificate is yellow and red. */
const CERT_WARN_DAYS = 14
const CERT_BAD_DAYS = 7

/** What one kind of badge makes of a site; `label` is without the query's own. */
type Kind = {
  readonly paths: readonly string[]
  label(duration: string): string
  message(
    source: BadgeSource,
    site: SiteFacts,
    duration: BadgeDuration,
    query: BadgeQuery,
  ): Promise<BadgeMessage>
}

const kinds: readonly Kind[] = [
  {
    paths: ['/api/badge/:id/status'],
    label: () => 'Status',
    message: async (_, { state }, __, query) => statusMessage(state, query),
  },
  {
    paths: ['/api/badge/:id/uptime', '/api/badge/:id/uptime/:duration'],
    label: (duration) => `Uptime (${duration})`,
    async message({ figures }, { siteId }, duration, query) {
      const share = await figures.shareOf(siteId, duration)
      const said = uptimeMessage(share)
      if (share.uptime === null) return said
      const [number = '', rest] = said.message.split('%')
      const message = affixed(number, query, '%') + (rest ?? '')
      return { ...said, message, colour: query.colour('color') ?? uptimeColour(share.uptime) }
    },
  },
  {
    paths: ['/api/badge/:id/ping', '/api/badge/:id/ping/:duration'],
    label: (duration) => `Avg. Ping (${duration})`,
    message: meanMessage,
  },
  {
    paths: ['/api/badge/:id/avg-response', '/api/badge/:id/avg-response/:duration'],
    label: (duration) => `Avg. Response (${duration})`,
    message: meanMessage,
  },
  {
    paths: ['/api/badge/:id/response'],
    label: () => 'Response',
    message: async (_, { latencyMs }, __, query) => milliseconds(latencyMs, query),
  },
  {
    paths: ['/api/badge/:id/cert-exp'],
    label: () => 'Cert Exp.',
    message: async ({ nowMs }, { certExpiresAtMs }, _, query) =>
      certMessage(certExpiresAtMs, nowMs(), query),
  },
]

export const kumaBadgeRouteTable: readonly Route[] = kinds.flatMap(({ paths }) =>
  paths.map((path) => ({
    method: 'GET' as const,
    path,
    audience: 'anyone' as const,
    purpose: 'a badge of a published site, at the address that Uptime Kuma has for it',
  })),
)

/** Badges at Uptime Kuma's addresses. Always 200, and `N/A` for all that is not published. */
export function kumaBadgeRoutes(source: BadgeSource): Hono {
  const routes = new Hono({ strict: false })
  for (const kind of kinds) {
    routes.on('GET', [...kind.paths], (context) => answerKind(context, source, kind))
  }
  return routes
}

async function answerKind(context: Context, source: BadgeSource, kind: Kind): Promise<Response> {
  const query = badgeQuery(context.req.query())
  const duration = badgeDuration(context.req.param('duration') ?? DEFAULT_DURATION)
  const site = await source.siteOf(context.req.param('id') ?? '')
  const said =
    site === null || duration === null
      ? null
      : await source.orNull(kind.message(source, site, duration, query))
  const labels = [
    query.text('labelPrefix'),
    query.text('label') ?? kind.label(duration ?? DEFAULT_DURATION),
    query.text('labelSuffix'),
  ]
  return answerBadge(context, {
    label: labels.filter((part) => part !== null && part !== '').join(' '),
    labelColour: query.colour('labelColor') ?? badgeColours.label,
    style: query.style(),
    ...(said ?? notAvailable),
  })
}

function statusMessage(state: SiteFacts['state'], query: BadgeQuery): BadgeMessage {
  const said = {
    up: [query.text('upLabel') ?? 'Up', query.colour('upColor') ?? badgeColours.up],
    down: [query.text('downLabel') ?? 'Down', query.colour('downColor') ?? badgeColours.down],
    maintenance: [
      query.text('maintenanceLabel') ?? 'Maintenance',
      query.colour('maintenanceColor') ?? badgeColours.maintenance,
    ],
  } as const
  if (state === 'unknown' || state === 'paused') return notAvailable
  const [message, colour] = said[state]
  return { message, colour, note: null }
}

async function meanMessage(
  { figures }: BadgeSource,
  { siteId }: SiteFacts,
  duration: BadgeDuration,
  query: BadgeQuery,
): Promise<BadgeMessage> {
  return milliseconds(await figures.meanLatencyMs(siteId, duration), query)
}

function milliseconds(ms: number | null, query: BadgeQuery): BadgeMessage {
  if (ms === null) return notAvailable
  return {
    message: affixed(String(Math.round(ms)), query, 'ms'),
    colour: query.colour('color') ?? badgeColours.response,
    note: null,
  }
}

function certMessage(expiresAtMs: number | null, nowMs: number, query: BadgeQuery): BadgeMessage {
  if (expiresAtMs === null) return notAvailable
  const days = Math.floor((expiresAtMs - nowMs) / DAY_MS)
  if (days < 0) {
    return {
      message: 'expired',
      colour: query.colour('downColor') ?? badgeColours.down,
      note: null,
    }
  }
  return {
    message: affixed(String(days), query, ' days'),
    colour: certColour(days, query),
    note: null,
  }
}

function certColour(days: number, query: BadgeQuery): string {
  if (days > CERT_WARN_DAYS) return query.colour('upColor') ?? badgeColours.up
  if (days > CERT_BAD_DAYS) return query.colour('warnColor') ?? '#ccb311'
  return query.colour('downColor') ?? badgeColours.down
}

/** What the address wants before and after the number; a suffix of its own takes the place of the unit. */
function affixed(number: string, query: BadgeQuery, unit: string): string {
  return `${query.text('prefix') ?? ''}${number}${query.text('suffix') ?? unit}`
}
