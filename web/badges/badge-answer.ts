import type { Context } from 'hono'
import { errorText } from '#shared/runtime/log.ts'
import type { PublicBoard } from '../status-page/public-board.ts'
import type { SiteFacts } from '../status-page/status-facts.ts'
import type { WebContext } from '../web-context.ts'
import { type Badge, badgeSvg } from './badge.ts'
import { type BadgeFigures, badgeFigures } from './badge-figures.ts'
import { findSite } from './find-site.ts'

/** What badges are made of, in both dialects. */
export type BadgeSource = {
  readonly figures: BadgeFigures
  /** Null: not published, or not there. */
  siteOf(key: string): Promise<SiteFacts | null>
  nowMs(): number
  /** What could not be read is told as what is not known: a README does not break. */
  orNull<T>(asked: Promise<T | null>): Promise<T | null>
}

export function badgeSource(web: WebContext, { board }: PublicBoard): BadgeSource {
  const orNull: BadgeSource['orNull'] = (asked) =>
    asked.catch((error: unknown) => {
      web.log.warn({ error: errorText(error) }, 'a badge could not be read')
      return null
    })
  return {
    figures: badgeFigures(web.db, web.nowMs),
    siteOf: (key) => orNull(board.current().then(({ facts }) => findSite(facts, key))),
    nowMs: web.nowMs,
    orNull,
  }
}

const CACHE_CONTROL = 'public, max-age=60'

export function answerSvg(context: Context, svg: string): Response {
  return context.body(svg, 200, {
    'content-type': 'image/svg+xml; charset=utf-8',
    'cache-control': CACHE_CONTROL,
  })
}

export function answerBadge(context: Context, badge: Badge): Response {
  return answerSvg(context, badgeSvg(badge))
}

/** As shields.io reads it: https://shields.io/badges/endpoint-badge */
export function answerShields(
  context: Context,
  { label, message, colour }: Pick<Badge, 'label' | 'message' | 'colour'>,
): Response {
  return context.json({ schemaVersion: 1, label, message, color: colour }, 200, {
    'cache-control': CACHE_CONTROL,
  })
}
