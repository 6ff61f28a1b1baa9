import { type Context, Hono } from 'hono'
import {
  type IncidentUpdate,
  listIncidents,
  openIncident,
  postUpdate,
  readIncident,
  removeIncident,
} from '#db/incidents.ts'
import { siteNames } from '#db/site-names.ts'
import type { Markup } from '../page/layout.ts'
import type { Route } from '../route.ts'
import type { WebContext } from '../web-context.ts'
import { readConcerned } from './concerned-sites.ts'
import { dashboardPage } from './dashboard-page.ts'
import type { SentForm } from './form-fields.ts'
import { FormReader, textOf } from './form-text.ts'
import {
  incidentList,
  incidentPage,
  markdownOf,
  newIncidentForm,
  statusOptions,
} from './incident-view.ts'
import { leaveNote, takeNote } from './note.ts'

const LIST = '/dashboard/incidents'
const ONE = `${LIST}/:id{[0-9]+}`

export const incidentRouteTable: readonly Route[] = [
  { method: 'GET', path: LIST, audience: 'operator', purpose: 'all incidents' },
  { method: 'GET', path: `${LIST}/new`, audience: 'operator', purpose: 'an empty form' },
  { method: 'POST', path: `${LIST}/new`, audience: 'operator', purpose: 'tells of an incident' },
  { method: 'POST', path: `${LIST}/preview`, audience: 'operator', purpose: 'shows Markdown' },
  { method: 'GET', path: ONE, audience: 'operator', purpose: 'an incident and its updates' },
  { method: 'POST', path: `${ONE}/updates`, audience: 'operator', purpose: 'posts an update' },
  { method: 'POST', path: `${ONE}/remove`, audience: 'operator', purpose: 'removes an incident' },
]

const INCIDENTS_SHOWN = 100
const TITLE_CHARACTERS_MAX = 200
const BODY_CHARACTERS_MAX = 10_000
const statuses = statusOptions.map(([status]) => status)

/** What visitors are told in words. */
export function incidentRoutes(web: WebContext): Hono {
  const { db } = web
  const routes = new Hono()
  routes.get(LIST, async (context) => {
    const incidents = await listIncidents(db, INCIDENTS_SHOWN)
    const names = await siteNames(
      db,
      incidents.flatMap(({ siteIds }) => siteIds),
    )
    return page(web, context, 'Incidents', incidentList(incidents, names, takeNote(context)))
  })
  routes.get(`${LIST}/new`, (context) => {
    const form = new FormData()
    form.set('site_ids', context.req.query('site') ?? '')
    return page(web, context, 'New incident', newIncidentForm({ form, problems: [] }))
  })
  routes.post(`${LIST}/new`, (context) => openOne(web, context))
  routes.post(`${LIST}/preview`, async (context) => {
    const text = textOf(await context.req.formData(), 'body')
    return context.html(markdownOf(text.slice(0, BODY_CHARACTERS_MAX)))
  })
  routes.get(ONE, (context) => showOne(web, context, null))
  routes.post(`${ONE}/updates`, (context) => postOne(web, context))
  routes.post(`${ONE}/remove`, async (context) => {
    await removeIncident(db, idOf(context))
    leaveNote(context, 'incident removed')
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
  return context.html(dashboardPage(assets, { title, section: 'incidents', body }), status)
}

const idOf = (context: Context) => {
  const id = Number(context.req.param('id'))
  return Number.isSafeInteger(id) ? id : 0
}

async function openOne(web: WebContext, context: Context) {
  const form = await context.req.formData()
  const read = new FormReader(form)
  const title = read.text('title', { max: TITLE_CHARACTERS_MAX })
  const first = readUpdate(read)
  const concerned = await readConcerned(web.db, read)
  if (read.problems.length > 0) {
    const sent = { form, problems: read.problems }
    return page(web, context, 'New incident', newIncidentForm(sent), 422)
  }
  const id = await openIncident(web.db, { title, ...concerned, first })
  leaveNote(context, 'posted')
  return context.redirect(`${LIST}/${id}`, 303)
}

function readUpdate(read: FormReader): Pick<IncidentUpdate, 'status' | 'body'> {
  return {
    status: read.oneOf('status', statuses, 'investigating'),
    body: read.text('body', { max: BODY_CHARACTERS_MAX }),
  }
}

async function showOne(web: WebContext, context: Context, again: SentForm | null) {
  const incident = await readIncident(web.db, idOf(context))
  if (incident === null) return context.redirect(LIST, 303)
  const form = new FormData()
  form.set('status', incident.status)
  const names = await siteNames(web.db, incident.siteIds)
  const sent = again ?? { form, problems: [] }
  const body = incidentPage(incident, names, sent, takeNote(context))
  return page(web, context, incident.title, body, again === null ? 200 : 422)
}

async function postOne(web: WebContext, context: Context) {
  const form = await context.req.formData()
  const read = new FormReader(form)
  const update = readUpdate(read)
  if (read.problems.length > 0) return showOne(web, context, { form, problems: read.problems })
  if ((await postUpdate(web.db, idOf(context), update)) === 'posted') leaveNote(context, 'posted')
  return context.redirect(`${LIST}/${idOf(context)}`, 303)
}
