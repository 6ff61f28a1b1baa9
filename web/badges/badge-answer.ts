import type { Context } from 'hono'
import { errorText } from '#shared/runtime/log.ts'
import { contentTag, hasAlready } from '../entity-tag.ts'
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
  return answerOnce(context, 'image/svg+xml; charset=utf-8', svg)
}

export function answerBadge(context: Context, badge: Badge): Response {
  return answerSvg(context, badgeSvg(badge))
}

/** As shields.io reads it: https://shields.io/badges/endpoint-badge */
export function answerShields(
  context: Context,
  { label, message, colour }: Pick<Badge, 'label' | 'message' | 'colour'>,
): Response {
  const said = { schemaVersion: 1, label, message, color: colour }
  return answerOnce(context, 'application/json', JSON.stringify(said))
}

/** A badge is asked for far more often than it changes: 304 for whoever has it already. */
function answerOnce(context: Context, type: string, body: string): Response {
  const etag = contentTag(body)
  const headers = { 'cache-control': CACHE_CONTROL, etag }
  if (hasAlready(context.req.header('if-none-match') ?? null, etag))
    return context.body(null, 304, headers)
  return context.body(body, 200, { ...headers, 'content-type': type })
}
