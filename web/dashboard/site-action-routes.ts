import { Hono } from 'hono'
import { html } from 'hono/html'
import { readStoredSite, removeSite, requestCheck, setEnabled } from '#db/edit-site.ts'
import type { Route } from '../route.ts'
import type { WebContext } from '../web-context.ts'
import { dashboardPage } from './dashboard-page.ts'
import { leaveNote } from './note.ts'
import { readSiteId, siteGone } from './site-of-path.ts'

const ID_PATH = '/dashboard/sites/:id{[0-9]+}'

export const siteActionRouteTable: readonly Route[] = [
  { method: 'POST', path: `${ID_PATH}/check`, audience: 'operator', purpose: 'asks for a check' },
  { method: 'POST', path: `${ID_PATH}/pause`, audience: 'operator', purpose: 'checks end' },
  { method: 'POST', path: `${ID_PATH}/resume`, audience: 'operator', purpose: 'checks go on' },
  {
    method: 'GET',
    path: `${ID_PATH}/remove`,
    audience: 'operator',
    purpose: 'asks whether really',
  },
  { method: 'POST', path: `${ID_PATH}/remove`, audience: 'operator', purpose: 'removes a site' },
]

/** What is done with a site by one press of a button. */
export function siteActionRoutes({ db, assets }: WebContext): Hono {
  const routes = new Hono()
  routes.post(`${ID_PATH}/check`, async (context) => {
    const id = readSiteId(context)
    const outcome = await requestCheck(db, id)
    if (outcome === 'gone') return siteGone(context)
    leaveNote(context, outcome === 'asked' ? 'asked' : 'not asked')
    return context.redirect(`/dashboard/sites/${id}`, 303)
  })
  for (const [name, enabled, note] of [
    ['pause', false, 'paused'],
    ['resume', true, 'resumed'],
  ] as const) {
    routes.post(`${ID_PATH}/${name}`, async (context) => {
      const id = readSiteId(context)
      if ((await setEnabled(db, id, enabled)) === 'gone') return siteGone(context)
      leaveNote(context, note)
      return context.redirect(`/dashboard/sites/${id}`, 303)
    })
  }
  routes.get(`${ID_PATH}/remove`, async (context) => {
    const site = await readStoredSite(db, readSiteId(context))
    if (site === null) return siteGone(context)
    const name = site.values.name ?? site.values.url
    const path = `/dashboard/sites/${site.id}`
    const body = html`<h1>Remove <bdi>${name}</bdi>?</h1>
<p>Its outages, its configuration and its figures are removed with it. There is no way back. A site that is paused keeps all of them.</p>
<form class="actions" method="post" action="${path}/remove"><button class="danger" type="submit">Remove it for ever</button><a class="button" href="${path}">Keep it</a></form>`
    return context.html(dashboardPage(assets, { title: `Remove ${name}`, section: 'sites', body }))
  })
  routes.post(`${ID_PATH}/remove`, async (context) => {
    if ((await removeSite(db, readSiteId(context))) === 'gone') return siteGone(context)
    leaveNote(context, 'removed')
    return context.redirect('/dashboard', 303)
  })
  return routes
}
