import { type Context, Hono } from 'hono'
import { errorText } from '#shared/runtime/log.ts'
import { Kept } from '../kept.ts'
import { answerKept, type KeptBody, keepBody } from '../kept-body.ts'
import { eventStreamHeaders } from '../live-streams.ts'
import type { Route } from '../route.ts'
import type { WebContext } from '../web-context.ts'
import type { PublicAnswer } from './public-answers.ts'
import { newsEvent, type PublicBoard } from './public-board.ts'
import { sitePage } from './site-page.ts'
import { sitesOf } from './status-facts.ts'
import { unavailablePage } from './unavailable-page.ts'

const keptRoutes: readonly (readonly [path: string, answer: PublicAnswer, purpose: string])[] = [
  ['/', 'page', 'the status page'],
  ['/status.json', 'json', 'what the status page says, as data'],
  ['/feed.atom', 'atom', 'outages and incidents, as an Atom feed'],
  ['/feed.rss', 'rss', 'outages and incidents, as an RSS feed'],
  ['/feed.json', 'jsonFeed', 'outages and incidents, as a JSON feed'],
]

export const statusRouteTable: readonly Route[] = [
  ...keptRoutes.map(([path, , purpose]) => ({ path, purpose })),
  { path: '/sites/:slug', purpose: 'all that is published of one site' },
  { path: '/events', purpose: 'server-sent events: says when there is news' },
].map((route) => ({ ...route, method: 'GET', audience: 'anyone' }))

/** A page of a site is asked of the database, so not more often than this. */
const SITE_PAGE_AGE_MS = 10_000
const SITE_PAGES_MAX = 1_000
const RETRY_S = 10

/** The status page, its feeds and the pages of published sites. Whatever is not published is not there. */
export function statusRoutes(web: WebContext, { board, reader, streams }: PublicBoard): Hono {
  const routes = new Hono({ strict: false })
  const sitePages = new Kept<KeptBody>({
    maxAgeMs: SITE_PAGE_AGE_MS,
    max: SITE_PAGES_MAX,
    nowMs: web.nowMs,
  })

  for (const [path, answer] of keptRoutes) {
    routes.get(path, async (context) =>
      answerKept(await (await board.current()).made[answer](), context.req.raw),
    )
  }
  routes.get('/sites/:slug', async (context) => {
    const { facts, version } = await board.current()
    const site = sitesOf(facts).find(({ slug }) => slug === context.req.param('slug'))
    if (site === undefined) return context.text('not found', 404)
    const body = await sitePages.get(`${site.slug} ${version}`, async () => {
      const details = await reader.readDetails(site)
      const page = sitePage({ title: facts.title, site, details, assets: web.assets, version })
      return keepBody('text/html; charset=utf-8', String(await page))
    })
    return answerKept(body, context.req.raw)
  })
  routes.get('/events', async (context) => {
    if (context.req.method === 'HEAD') return context.body(null, 200, eventStreamHeaders)
    const seen = context.req.header('last-event-id') ?? context.req.query('seen') ?? null
    const { version } = await board.current()
    return streams.open(seen === version ? null : newsEvent(version))
  })
  routes.onError((error, context) => unavailable(web, error, context))
  return routes
}

/** Nothing is said of the sites when their records cannot be read: not even that they are down. */
async function unavailable(web: WebContext, error: Error, context: Context): Promise<Response> {
  web.log.error({ error: errorText(error) }, 'the status page could not be read')
  context.header('retry-after', String(RETRY_S))
  const wantsPage = context.req.header('accept')?.includes('text/html') ?? false
  if (!wantsPage) return context.text('temporarily unavailable', 503)
  return context.html(await unavailablePage(web.pages.title, web.assets), 503)
}
