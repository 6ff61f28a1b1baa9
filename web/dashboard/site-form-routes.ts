import { randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { allCadences } from '#db/cadence.ts'
import { insertSite, readStoredSite, type StoredSite, updateSite } from '#db/edit-site.ts'
import { type FieldProblem, judgeSite } from '../../site-file/judge-site.ts'
import { slugPattern } from '../api/site-schema.ts'
import type { Markup } from '../page/layout.ts'
import type { Route } from '../route.ts'
import type { WebContext } from '../web-context.ts'
import { dashboardPage } from './dashboard-page.ts'
import { textOf } from './form-text.ts'
import { leaveNote } from './note.ts'
import { cellsOf, cellsOfForm, type SiteCells, saidOfSite } from './site-cells.ts'
import { liveProblems, siteForm } from './site-form.ts'
import { readSiteId, siteGone } from './site-of-path.ts'

const ID_PATH = '/dashboard/sites/:id{[0-9]+}'

export const siteFormRouteTable: readonly Route[] = [
  { method: 'GET', path: '/dashboard/sites/new', audience: 'operator', purpose: 'an empty form' },
  { method: 'POST', path: '/dashboard/sites/new', audience: 'operator', purpose: 'adds a site' },
  {
    method: 'POST',
    path: '/dashboard/sites/validate',
    audience: 'operator',
    purpose: 'judges a form under way, and stores nothing',
  },
  { method: 'GET', path: `${ID_PATH}/edit`, audience: 'operator', purpose: 'the form of a site' },
  { method: 'POST', path: `${ID_PATH}/edit`, audience: 'operator', purpose: 'changes a site' },
]

type Shown = {
  readonly site: StoredSite | null
  readonly cells: SiteCells
  /** As it was typed. */
  readonly slug?: string
  readonly problems?: readonly FieldProblem[]
  readonly trouble?: Markup
}

/** Adding and changing a site, by the very rules of files. */
export function siteFormRoutes(web: WebContext): Hono {
  const routes = new Hono()
  routes.get('/dashboard/sites/new', (context) => show(web, context, { site: null, cells: {} }))
  routes.post('/dashboard/sites/new', (context) => addSite(web, context))
  routes.post('/dashboard/sites/validate', (context) => validate(web, context))
  routes.get(`${ID_PATH}/edit`, async (context) => {
    const site = await readStoredSite(web.db, readSiteId(context))
    if (site === null) return siteGone(context)
    return show(web, context, { site, cells: cellsOf(site.values) })
  })
  routes.post(`${ID_PATH}/edit`, (context) => editSite(web, context))
  return routes
}

async function show(
  web: WebContext,
  context: Context,
  shown: Shown,
  status: 200 | 409 | 422 = 200,
) {
  const { site, cells, problems = [], trouble = null } = shown
  const slug = shown.slug ?? site?.slug ?? null
  const cadences = await cadenceNames(web)
  const title = site === null ? 'Add a site' : `Edit ${site.values.name ?? site.values.url}`
  const form = siteForm({ site, cells, slug, cadences, problems, trouble })
  const body = html`<h1><bdi>${title}</bdi></h1>${form}`
  return context.html(dashboardPage(web.assets, { title, section: 'sites', body }), status)
}

async function cadenceNames({ db }: WebContext): Promise<readonly string[]> {
  const cadences = await allCadences(db)
  return cadences.toSorted((a, b) => a.seconds - b.seconds).map(({ name }) => name)
}

async function judge(web: WebContext, cells: SiteCells, site: StoredSite | null) {
  const stored = site?.values ?? null
  const fields = saidOfSite(cells, stored)
  return judgeSite({ form: 'cells', fields, stored }, new Set(await cadenceNames(web)))
}

/** While a form is being filled in, an address that is not there yet is no mistake. */
async function validate(web: WebContext, context: Context) {
  const form = await context.req.formData()
  const id = Number(form.get('id') ?? 0)
  const site = Number.isSafeInteger(id) && id > 0 ? await readStoredSite(web.db, id) : null
  const verdict = await judge(web, withToken(cellsOfForm(form)), site)
  const problems = verdict.outcome === 'refused' ? verdict.problems : []
  const isBegun = form.get('url') !== ''
  return context.html(
    liveProblems(isBegun ? problems : problems.filter(({ field }) => field !== 'url')),
  )
}

async function addSite(web: WebContext, context: Context) {
  const cells = withToken(cellsOfForm(await context.req.formData()))
  const verdict = await judge(web, cells, null)
  if (verdict.outcome === 'refused')
    return show(web, context, { site: null, cells, problems: verdict.problems }, 422)
  const added = await insertSite(web.db, verdict.values)
  if (added.outcome === 'exists') {
    const trouble = html`<p class="notice bad" role="alert">A site of this name and address is <a href="/dashboard/sites/${added.id}">there already</a>.</p>`
    return show(web, context, { site: null, cells, trouble }, 409)
  }
  if (added.outcome === 'refused')
    return show(web, context, { site: null, cells, problems: [refusedBy(added.constraint)] }, 422)
  leaveNote(context, 'added')
  return context.redirect(`/dashboard/sites/${added.site.id}`, 303)
}

/** Like the trigger of the table: a token that nobody can guess. */
function withToken(cells: SiteCells): SiteCells {
  const isNew = /^\s*heartbeat:(new)?\s*$/i.test(cells.url ?? '')
  return isNew ? { ...cells, url: `heartbeat:${randomUUID()}` } : cells
}

async function editSite(web: WebContext, context: Context) {
  const form = await context.req.formData()
  const site = await readStoredSite(web.db, readSiteId(context))
  if (site === null) return siteGone(context)
  const cells = withToken(cellsOfForm(form))
  const slug = textOf(form, 'slug') || site.slug
  const typed = { site, cells, slug }
  if (textOf(form, 'version') !== site.version) return changedMeanwhile(web, context, typed)
  const verdict = await judge(web, cells, site)
  const problems = [
    ...(verdict.outcome === 'refused' ? verdict.problems : []),
    ...(slugPattern.test(slug) ? [] : [badSlug]),
  ]
  if (verdict.outcome === 'refused' || problems.length > 0)
    return show(web, context, { ...typed, problems }, 422)
  const newSlug = slug === site.slug ? null : slug
  const updated = await updateSite(web.db, site, verdict.values, verdict.given, newSlug)
  if (updated.outcome === 'gone') return siteGone(context)
  if (updated.outcome === 'changed_meanwhile')
    return changedMeanwhile(web, context, { ...typed, site: updated.site })
  if (updated.outcome === 'refused')
    return show(web, context, { ...typed, problems: [refusedBy(updated.constraint)] }, 422)
  leaveNote(context, verdict.given.length > 0 || newSlug !== null ? 'saved' : 'unchanged')
  return context.redirect(`/dashboard/sites/${site.id}`, 303)
}

const badSlug: FieldProblem = {
  field: 'slug',
  reason: 'must be 1 to 64 small letters, digits and dashes, with no dash at its ends',
}

/** Shows what was typed, on top of what is stored now: sending it again is a decision. */
function changedMeanwhile(
  web: WebContext,
  context: Context,
  typed: Shown & { readonly site: StoredSite },
) {
  const trouble = html`<p class="notice bad" role="alert">Somebody else has changed this site since you opened the form. Nothing was saved. Below is what you have typed: <a href="/dashboard/sites/${typed.site.id}/edit">see what is stored now</a>, or save to put yours in its place.</p>`
  return show(web, context, { ...typed, trouble }, 409)
}

function refusedBy(constraint: string): FieldProblem {
  if (constraint === 'slugs_are_unique') return { field: 'slug', reason: 'another site has it' }
  return { field: null, reason: constraint.replaceAll('_', ' ') }
}
