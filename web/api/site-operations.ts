import { fleetStates } from '#db/fleet.ts'
import { readSiteRecords, type SiteRecord } from '#db/site-records.ts'
import { checkKinds } from '#shared/domain/check.ts'
import { pageOf, ref } from './answer-schemas.ts'
import { writeCursor } from './cursor.ts'
import { entityTag } from './if-match.ts'
import { type Call, type Operation, operation, pageAnswer } from './operation.ts'
import { cursor, text, whole, word } from './parameter.ts'
import { siteJson } from './site-json.ts'
import { siteOf } from './site-of-call.ts'

const idCursor = cursor((parts): parts is readonly [number] => {
  return parts.length === 1 && Number.isSafeInteger(parts[0])
})

/** What reads sites. */
export const siteOperations: readonly Operation[] = [
  operation({
    name: 'listSites',
    method: 'GET',
    path: '/sites',
    scope: 'read',
    group: 'Sites',
    summary: 'lists sites in the order of their ids',
    description:
      'A site that is added meanwhile is on a later page; none is met twice or left out.',
    query: {
      search: text('Words that are each in the name, the URL or a tag, in capitals or not.'),
      tag: text('Sites with this tag.'),
      kind: word('Sites of this kind.', checkKinds),
      state: word('Sites in this state; `unknown`: nothing was seen lately.', fleetStates),
      limit: whole('How many on a page.', { min: 1, max: 1_000, default: 100 }),
      cursor: idCursor,
    },
    answers: [{ status: 200, description: 'A page of sites.', schema: pageOf('sites', 'Site') }],
    problems: ['bad-query'],
    example: '/sites?state=down&limit=10',
    async handle(call, { search, tag, kind, state, limit, cursor: after }) {
      const words = (search ?? '').split(/\s+/).filter((one) => one !== '')
      const filter = { words, tag, kind, state }
      const place = { afterId: after?.[0] ?? 0, limit: limit + 1 }
      const found = await readSiteRecords(call.web.db, filter, place)
      const shown = found.slice(0, limit)
      const last = shown.at(-1)
      const next = found.length > limit && last !== undefined ? writeCursor([last.id]) : null
      return pageAnswer(call, { sites: shown.map((site) => siteJson(site, call.scopes)) }, next)
    },
  }),
  operation({
    name: 'readSite',
    method: 'GET',
    path: '/sites/:site',
    scope: 'read',
    group: 'Sites',
    summary: 'tells all of one site',
    description:
      'By its id or its slug. The ETag names the version of what is set: what checks see does not change it.',
    query: {},
    answers: [siteAnswer(200, 'The site.')],
    problems: ['not-found'],
    example: '/sites/1',
    async handle(call) {
      const found = await siteOf(call)
      return found.outcome === 'found' ? oneSite(call, 200, found.value) : found.answer
    },
  }),
]

/** A site as the answer of an operation. */
export function oneSite({ scopes }: Call, status: 200 | 201, site: SiteRecord) {
  return {
    status,
    headers: { etag: entityTag(site.version) },
    body: siteJson(site, scopes),
  }
}

/** What an operation promises that answers with a site. */
export function siteAnswer(status: 200 | 201, description: string) {
  const headers = { ETag: 'The version of what is set: for If-Match.' }
  return { status, description, schema: ref('Site'), headers }
}
