import { type Context, Hono } from 'hono'
import {
  listMaintenance,
  planMaintenance,
  publishMaintenance,
  removeMaintenance,
} from '#db/maintenance-plan.ts'
import { siteNames } from '#db/site-names.ts'
import type { Markup } from '../page/layout.ts'
import type { Route } from '../route.ts'
import type { WebContext } from '../web-context.ts'
import { readConcerned } from './concerned-sites.ts'
import { dashboardPage } from './dashboard-page.ts'
import { FormReader } from './form-text.ts'
import { maintenanceForm, maintenanceList } from './maintenance-view.ts'
import { leaveNote, takeNote } from './note.ts'
import { problemOfConstraint, readTimes } from './read-maintenance.ts'

const LIST = '/dashboard/maintenance'
const ONE = `${LIST}/:id{[0-9]{1,15}}`

export const maintenanceRouteTable: readonly Route[] = [
  { method: 'GET', path: LIST, audience: 'operator', purpose: 'planned work' },
  { method: 'GET', path: `${LIST}/new`, audience: 'operator', purpose: 'an empty form' },
  { method: 'POST', path: `${LIST}/new`, audience: 'operator', purpose: 'plans work' },
  { method: 'POST', path: `${ONE}/publish`, audience: 'operator', purpose: 'visitors are told' },
  { method: 'POST', path: `${ONE}/hide`, audience: 'operator', purpose: 'visitors are not told' },
  { method: 'POST', path: `${ONE}/remove`, audience: 'operator', purpose: 'removes planned work' },
]

const SHOWN_MAX = 200
const TITLE_CHARACTERS_MAX = 200

/** Work that is planned. */
export function maintenanceRoutes(web: WebContext): Hono {
  const { db } = web
  const routes = new Hono()
  routes.get(LIST, async (context) => {
    const planned = await listMaintenance(db, SHOWN_MAX)
    const names = await siteNames(
      db,
      planned.flatMap(({ siteIds }) => siteIds),
    )
    return page(web, context, 'Maintenance', maintenanceList(planned, names, takeNote(context)))
  })
  routes.get(`${LIST}/new`, (context) => {
    const form = new FormData()
    form.set('site_ids', context.req.query('site') ?? '')
    return page(web, context, 'Plan maintenance', maintenanceForm({ form, problems: [] }))
  })
  routes.post(`${LIST}/new`, (context) => plan(web, context))
  for (const [name, published] of [
    ['publish', true],
    ['hide', false],
  ] as const) {
    routes.post(`${ONE}/${name}`, async (context) => {
      await publishMaintenance(db, Number(context.req.param('id')), published)
      leaveNote(context, published ? 'published' : 'unpublished')
      return context.redirect(LIST, 303)
    })
  }
  routes.post(`${ONE}/remove`, async (context) => {
    await removeMaintenance(db, Number(context.req.param('id')))
    leaveNote(context, 'unplanned')
    return context.redirect(LIST, 303)
  })
  return routes
}

function page(
  { assets }: WebContext,
  context: Context,
  title: string,
  body: Markup,
  status: 200 | 422 = 200,
) {
  return context.html(dashboardPage(assets, { title, section: 'maintenance', body }), status)
}

async function plan(web: WebContext, context: Context) {
  const form = await context.req.formData()
  const read = new FormReader(form)
  const title = read.text('title', { max: TITLE_CHARACTERS_MAX })
  const when = readTimes(form, read)
  const concerned = await readConcerned(web.db, read)
  const again = () => {
    const body = maintenanceForm({ form, problems: read.problems })
    return page(web, context, 'Plan maintenance', body, 422)
  }
  if (read.problems.length > 0) return again()
  const published = read.isTicked('published')
  const planned = await planMaintenance(web.db, { title, ...concerned, published, when })
  if (planned.outcome === 'refused') {
    read.problems.push(problemOfConstraint(planned.constraint))
    return again()
  }
  leaveNote(context, 'planned')
  return context.redirect(LIST, 303)
}
