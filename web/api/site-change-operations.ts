import { allCadences } from '#db/cadence.ts'
import { insertSite, removeSite, updateSite } from '#db/edit-site.ts'
import { readSiteRecord, type SiteRecord } from '#db/site-records.ts'
import { type Answer, type FieldError, problem } from './answer.ts'
import { ref } from './answer-schemas.ts'
import { readIfMatch } from './if-match.ts'
import { API_PREFIX, type Call, type Operation, operation } from './operation.ts'
import { judgeRequest, type Stored } from './said-of-site.ts'
import { noSite, siteOf } from './site-of-call.ts'
import { oneSite, siteAnswer } from './site-operations.ts'

/** More would hide the first. */
const ERRORS_SHOWN_MAX = 50

/** What adds, changes and removes sites. */
export const siteChangeOperations: readonly Operation[] = [
  operation({
    name: 'addSite',
    method: 'POST',
    path: '/sites',
    scope: 'write',
    group: 'Sites',
    summary: 'adds a site, which is checked at once',
    description:
      'A site is known by its URL and name: sent again, the answer is 409 with the id of the one that is there.',
    body: {
      type: 'application/json',
      schema: ref('SiteSettings'),
      example: { name: 'shop', url: 'http://127.0.0.1:8080/', cadence: '1m', tags: ['shop'] },
    },
    query: {},
    answers: [
      {
        ...siteAnswer(201, 'It is added.'),
        headers: { ETag: 'Its version.', Location: 'Its address.' },
      },
    ],
    problems: ['bad-json', 'exists', 'too-large', 'wrong-type', 'bad-site'],
    example: '/sites',
    handle: addSite,
  }),
  operation({
    name: 'changeSite',
    method: 'PATCH',
    path: '/sites/:site',
    scope: 'write',
    group: 'Sites',
    summary: 'changes what is set of a site',
    description:
      'A JSON merge patch (RFC 7396): what is not named stays, null is the default. Needs If-Match with the ETag that was read. What changes a check asks for one at once.',
    body: {
      type: 'application/merge-patch+json',
      schema: ref('SitePatch'),
      example: { cadence: '5m', sla_ms: 300 },
    },
    query: {},
    answers: [siteAnswer(200, 'As it is now.')],
    problems: [
      'bad-json',
      'not-found',
      'exists',
      'changed',
      'too-large',
      'wrong-type',
      'bad-site',
      'no-version',
    ],
    example: '/sites/1',
    handle: changeSite,
  }),
  operation({
    name: 'removeSite',
    method: 'DELETE',
    path: '/sites/:site',
    scope: 'write',
    group: 'Sites',
    summary: 'removes a site with its state and its outages',
    description: 'If-Match may be sent, and is kept to.',
    query: {},
    answers: [{ status: 204, description: 'It is gone.', schema: null }],
    problems: ['not-found', 'changed'],
    example: '/sites/1',
    handle: remove,
  }),
]

async function addSite(call: Call): Promise<Answer> {
  const judged = await judge(call, null)
  if (judged.outcome === 'refused') return badSite(judged.problems)
  const { db } = call.web
  const added = await insertSite(db, judged.values, judged.slug)
  if (added.outcome === 'refused') return refusedByTable(added.constraint)
  if (added.outcome === 'exists') return exists(added.id)
  const site = await readSiteRecord(db, String(added.site.id))
  if (site === null) return noSite()
  const answer = oneSite(call, 201, site)
  const location = `${API_PREFIX}/sites/${site.id}`
  return { ...answer, headers: { ...answer.headers, location } }
}

async function changeSite(call: Call): Promise<Answer> {
  const found = await siteOf(call)
  if (found.outcome === 'refused') return found.answer
  const site = found.value
  const refusal = versionRefusal(call, site, 'required')
  if (refusal !== null) return refusal
  const judged = await judge(call, site)
  if (judged.outcome === 'refused') return badSite(judged.problems)
  const { db } = call.web
  const { values, changed, slug } = judged
  const updated = await updateSite(db, site, values, changed, slug)
  if (updated.outcome === 'refused') return refusedByTable(updated.constraint)
  if (updated.outcome === 'gone') return noSite()
  if (updated.outcome === 'changed_meanwhile') return changedMeanwhile()
  const after = await readSiteRecord(db, String(site.id))
  return after === null ? noSite() : oneSite(call, 200, after)
}

async function remove(call: Call): Promise<Answer> {
  const found = await siteOf(call)
  if (found.outcome === 'refused') return found.answer
  const refusal = versionRefusal(call, found.value, 'optional')
  if (refusal !== null) return refusal
  const removed = await removeSite(call.web.db, found.value.id)
  return removed === 'removed' ? { status: 204, body: null } : noSite()
}

async function judge({ web, fields }: Call, stored: Stored) {
  const cadences = await allCadences(web.db)
  return judgeRequest(fields, stored, new Set(cadences.map(({ name }) => name)))
}

/** Null: the request means the version that is there. */
function versionRefusal(
  { headers }: Call,
  { version }: SiteRecord,
  need: 'required' | 'optional',
): Answer | null {
  const condition = readIfMatch(headers.get('if-match'))
  if (condition.outcome === 'any') return null
  if (condition.outcome === 'absent') {
    if (need === 'optional') return null
    return problem('no-version', 'send If-Match with the ETag of what you have read')
  }
  if (condition.outcome === 'one_of' && condition.versions.includes(version)) return null
  return changedMeanwhile()
}

function changedMeanwhile(): Answer {
  return problem('changed', 'read it again, and decide by what it is now')
}

function badSite(errors: readonly FieldError[]): Answer {
  const rest = errors.length - ERRORS_SHOWN_MAX
  const detail = rest > 0 ? `${rest} more fields than these have mistakes` : 'see errors'
  return problem('bad-site', detail, { errors: errors.slice(0, ERRORS_SHOWN_MAX) })
}

function exists(id: number): Answer {
  const self = `${API_PREFIX}/sites/${id}`
  return problem('exists', `site ${id} has this URL and name`, { facts: { site_id: id, self } })
}

/** What only the table could know. */
function refusedByTable(constraint: string): Answer {
  if (constraint === 'slugs_are_unique') {
    const errors = [{ field: 'slug', reason: 'is that of another site' }]
    return problem('exists', 'another site has this slug', { errors })
  }
  if (constraint === 'heartbeat_tokens_are_unique') {
    const errors = [{ field: 'url', reason: 'has the token of another site' }]
    return problem('exists', 'another site has this token', { errors })
  }
  return problem('bad-site', `the table refuses it: ${constraint.replaceAll('_', ' ')}`)
}
