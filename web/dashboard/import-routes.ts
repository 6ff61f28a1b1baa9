import { type Context, Hono } from 'hono'
import { readTags } from '#db/fleet.ts'
import { readSiteExport, TooManySitesError } from '#db/site-export.ts'
import { loadSites } from '../../site-file/load-sites.ts'
import { openUpload, SourceError } from '../../site-file/open-source.ts'
import { siteFileFormats, writeSites } from '../../site-file/write-sites.ts'
import type { Markup } from '../page/layout.ts'
import type { Route } from '../route.ts'
import type { WebContext } from '../web-context.ts'
import { dashboardPage } from './dashboard-page.ts'
import { type HeldFile, HeldFiles } from './held-files.ts'
import { importPage, importReview, importTrouble, type LoadedFile } from './import-view.ts'
import { leaveNote, takeNote } from './note.ts'

export const IMPORT_PATH = '/dashboard/import'

export const importRouteTable: readonly Route[] = [
  { method: 'GET', path: IMPORT_PATH, audience: 'operator', purpose: 'asks for a file' },
  {
    method: 'POST',
    path: IMPORT_PATH,
    audience: 'operator',
    purpose: 'shows what a file would change, and stores nothing',
  },
  { method: 'POST', path: `${IMPORT_PATH}/load`, audience: 'operator', purpose: 'stores a file' },
  { method: 'GET', path: '/dashboard/export', audience: 'operator', purpose: 'sites as a file' },
]

const TAGS_OFFERED_MAX = 200

const contentTypes = {
  yaml: 'application/yaml; charset=utf-8',
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
} as const

/** Files of sites, in and out, by the reader and the writer that the command line has. */
export function importRoutes(web: WebContext): Hono {
  const held = new HeldFiles()
  const routes = new Hono()
  routes.get(IMPORT_PATH, (context) => showForm(web, context, null))
  routes.post(IMPORT_PATH, (context) => rehearse(web, held, context))
  routes.post(`${IMPORT_PATH}/load`, (context) => load(web, held, context))
  routes.get('/dashboard/export', (context) => exportSites(web, context))
  return routes
}

type Status = 200 | 409 | 422

function page({ assets }: WebContext, context: Context, body: Markup, status: Status = 200) {
  const title = 'Import and export'
  return context.html(dashboardPage(assets, { title, section: 'files', body }), status)
}

async function showForm(
  web: WebContext,
  context: Context,
  trouble: string | null,
  status: Status = 200,
) {
  const tags = await readTags(web.db, TAGS_OFFERED_MAX)
  const shown = trouble === null ? null : importTrouble(trouble)
  return page(web, context, importPage(shown, takeNote(context), tags), status)
}

async function rehearse(web: WebContext, held: HeldFiles, context: Context) {
  const file = (await context.req.formData()).get('file')
  if (!(file instanceof File) || file.name === '')
    return showForm(web, context, 'Choose a file first.', 422)
  const upload = { name: file.name, content: Buffer.from(await file.arrayBuffer()) }
  const loaded = await run(web, upload, 'rehearse')
  if (typeof loaded === 'string') return showForm(web, context, loaded, 422)
  const isRefused = loaded.outcome.outcome === 'refused'
  const id = isRefused ? '' : held.hold(upload, web.nowMs())
  return page(web, context, importReview(loaded, id), isRefused ? 422 : 200)
}

async function load(web: WebContext, held: HeldFiles, context: Context) {
  const id = (await context.req.formData()).get('id')
  const file = held.take(typeof id === 'string' ? id : '', web.nowMs())
  if (file === null)
    return showForm(web, context, 'The file is not here any more: choose it again.', 409)
  const loaded = await run(web, file, 'load')
  if (typeof loaded === 'string') return showForm(web, context, loaded, 422)
  // Somebody else may have changed what the file was held against.
  if (loaded.outcome.outcome === 'refused') return page(web, context, importReview(loaded, ''), 422)
  leaveNote(context, 'loaded')
  return context.redirect(IMPORT_PATH, 303)
}

/** Resolves to why the file cannot be read at all, or to what came of it. */
async function run(
  { loads }: WebContext,
  { name, content }: HeldFile,
  mode: 'load' | 'rehearse',
): Promise<LoadedFile | string> {
  try {
    const source = await openUpload(name, content)
    return { name, outcome: await loadSites(loads, source, { mode, onProgress: () => undefined }) }
  } catch (error) {
    if (error instanceof SourceError) return error.message
    throw error
  }
}

async function exportSites(web: WebContext, context: Context) {
  const asked = context.req.query('format')
  const format = siteFileFormats.find((known) => known === asked)
  if (format === undefined)
    return showForm(web, context, `format: must be one of ${siteFileFormats.join(', ')}`, 422)
  const tag = context.req.query('tag') ?? ''
  try {
    const sites = await readSiteExport(web.loads, tag === '' ? [] : [tag])
    return context.body(writeSites(format, sites), 200, {
      'content-type': contentTypes[format],
      'content-disposition': `attachment; filename="uptick-sites.${format}"`,
    })
  } catch (error) {
    if (!(error instanceof TooManySitesError)) throw error
    return showForm(web, context, error.message, 422)
  }
}
