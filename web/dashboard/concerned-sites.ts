import { html } from 'hono/html'
import type { Db } from '#db/connect.ts'
import { siteNames } from '#db/site-names.ts'
import type { Markup } from '../page/layout.ts'
import { formField, type SentForm } from './form-fields.ts'
import type { FormReader } from './form-text.ts'

/** Whom an incident or a maintenance concerns: these sites, and those with any of the tags; with neither, all. */
export type Concerned = { readonly siteIds: readonly number[]; readonly tags: readonly string[] }

const SITES_MAX = 1_000
const TAG_CHARACTERS_MAX = 100

/** A number that is no site's is most likely another's: it is refused, not kept. */
export async function readConcerned(db: Db, read: FormReader): Promise<Concerned> {
  const siteIds = read.wholes('site_ids', { min: 1, max: Number.MAX_SAFE_INTEGER })
  const tags = read.lines('tags', { max: TAG_CHARACTERS_MAX })
  if (siteIds.length > SITES_MAX)
    read.refuse('site_ids', `are more than ${SITES_MAX}: name them by a tag`, null)
  const names = await siteNames(db, siteIds.slice(0, SITES_MAX))
  const missing = siteIds.slice(0, SITES_MAX).filter((id) => !names.has(id))
  if (missing.length > 0) read.refuse('site_ids', `there is no site ${missing.join(', ')}`, null)
  return { siteIds, tags }
}

export function concernedFields(sent: SentForm): Markup {
  return html`${formField({ name: 'site_ids', label: 'Sites, by their numbers', hint: 'the number is in the address of a site’s page; with neither sites nor tags, all are meant' }, sent)}
${formField({ name: 'tags', label: 'Sites with any of these tags', type: 'area', hint: 'one a line' }, sent)}`
}

export function concernedText(
  { siteIds, tags }: Concerned,
  names: ReadonlyMap<number, string>,
): Markup {
  if (siteIds.length + tags.length === 0) return html`all sites`
  return html`${siteIds.map(
    (id) =>
      html`<a class="tag" href="/dashboard/sites/${id}"><bdi>${names.get(id) ?? `site ${id}`}</bdi></a> `,
  )}${tags.map((tag) => html`<span class="tag">tag <bdi>${tag}</bdi></span> `)}`
}
