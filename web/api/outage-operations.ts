import type { ApiScope } from '#db/api-keys.ts'
import { readOutagePage } from '#db/outage-pages.ts'
import type { ListedOutage } from '#db/outage-report.ts'
import {
  type Email,
  emailsAbout,
  type OutageFound,
  outagesByPrefix,
  resultsBefore,
  resultsBetween,
} from '#db/outage-story.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import { type Answer, problem } from './answer.ts'
import { pageOf, ref } from './answer-schemas.ts'
import { writeCursor } from './cursor.ts'
import {
  API_PREFIX,
  type Call,
  isoTime,
  isoTimeOrNull,
  type Operation,
  operation,
  pageAnswer,
} from './operation.ts'
import { cursor, instant, type ValuesOf, whole, word } from './parameter.ts'
import { resultJson } from './result-json.ts'
import { MASK } from './site-json.ts'
import { siteIdOf } from './site-of-call.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const DAY_MS = 86_400_000
const BEYOND_MS = Date.UTC(2100, 0, 1)
/** Results shown of each part of an outage. */
const BEFORE_MAX = 5
const DURING_MAX = 20
const AFTER_MAX = 5

const placeCursor = cursor((parts): parts is readonly [number, string] => {
  const [startedAtMs, id, ...more] = parts
  const isPlace = typeof startedAtMs === 'number' && Math.abs(startedAtMs) < 1e13
  return isPlace && typeof id === 'string' && UUID.test(id) && more.length === 0
})

const listParameters = {
  from: instant('Outages that were under way from here on.'),
  to: instant('Outages that began before here.'),
  state: word('`open`: those that last.', ['open']),
  limit: whole('How many on a page.', { min: 1, max: 1_000, default: 100 }),
  cursor: placeCursor,
}

/** What was down. */
export const outageOperations: readonly Operation[] = [
  operation({
    name: 'listOutages',
    method: 'GET',
    path: '/outages',
    scope: 'read',
    group: 'Outages',
    summary: 'lists the outages of all sites, the newest first',
    query: listParameters,
    answers: [
      { status: 200, description: 'A page of outages.', schema: pageOf('outages', 'Outage') },
    ],
    problems: ['bad-query'],
    example: '/outages?state=open',
    handle: (call, query) => listOutages(call, query, null),
  }),
  operation({
    name: 'listOutagesOfSite',
    method: 'GET',
    path: '/sites/:site/outages',
    scope: 'read',
    group: 'Outages',
    summary: 'lists the outages of a site, the newest first',
    query: listParameters,
    answers: [
      { status: 200, description: 'A page of outages.', schema: pageOf('outages', 'Outage') },
    ],
    problems: ['bad-query', 'not-found'],
    example: '/sites/1/outages?from=2026-06-01',
    async handle(call, query) {
      const found = await siteIdOf(call)
      return found.outcome === 'found' ? listOutages(call, query, found.value) : found.answer
    },
  }),
  operation({
    name: 'readOutage',
    method: 'GET',
    path: '/outages/:outage',
    scope: 'read',
    group: 'Outages',
    summary: 'tells an outage with its evidence',
    query: {},
    answers: [{ status: 200, description: 'The outage.', schema: ref('OutageWithEvidence') }],
    problems: ['not-found'],
    example: '/outages/0b8f4c52-3b6e-5d31-9a51-0d9a9f1f6f5e',
    handle: readOutage,
  }),
]

async function listOutages(
  call: Call,
  { from, to, state, limit, cursor: after }: ValuesOf<typeof listParameters>,
  siteId: number | null,
): Promise<Answer> {
  const found = await readOutagePage(call.web.db, {
    siteId,
    isOpenOnly: state === 'open',
    fromMs: from ?? 0,
    toMs: to ?? BEYOND_MS,
    before: after && { startedAtMs: after[0], id: after[1] },
    limit: limit + 1,
  })
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const hasMore = found.length > limit && last !== undefined
  const next = hasMore ? writeCursor([last.startedAtMs, last.outageId]) : null
  return pageAnswer(call, { outages: shown.map(outageJson) }, next)
}

function outageJson(outage: ListedOutage): object {
  return {
    id: outage.outageId,
    site_id: outage.siteId,
    site_name: outage.siteName,
    site_url: outage.url,
    started_at: isoTime(outage.startedAtMs),
    detected_at: isoTime(outage.detectedAtMs),
    ended_at: isoTimeOrNull(outage.endedAtMs),
    duration_s: outage.durationS,
    failure: outage.failure,
    message: outage.message,
    held_by: outage.heldBy,
    self: `${API_PREFIX}/outages/${outage.outageId}`,
  }
}

async function readOutage(call: Call): Promise<Answer> {
  const id = call.path.outage ?? ''
  const [found] = UUID.test(id) ? await outagesByPrefix(call.web.db, id, 1) : []
  if (found === undefined) return problem('not-found', 'no outage has this id')
  const nowMs = call.web.nowMs()
  const listed = {
    ...found,
    outageId: found.id,
    url: found.siteUrl,
    durationS: ((found.endedAtMs ?? nowMs) - found.startedAtMs) / 1_000,
  }
  const evidence = await evidenceOf(call, found, nowMs)
  return { status: 200, body: { ...outageJson(listed), ...evidence } }
}

async function evidenceOf(
  { web: { db }, scopes }: Call,
  outage: OutageFound,
  nowMs: number,
): Promise<object> {
  const { siteId, startedAtMs, openedSlotMs } = outage
  const endMs = outage.endedAtMs ?? nowMs
  const closedMs = outage.closedSlotMs
  const [before, during, after, emails] = await Promise.all([
    resultsBefore(db, siteId, startedAtMs - DAY_MS, startedAtMs, BEFORE_MAX),
    resultsBetween(db, siteId, startedAtMs, openedSlotMs, DURING_MAX),
    closedMs === null ? [] : resultsBetween(db, siteId, endMs, closedMs, AFTER_MAX),
    emailsAbout(db, outage.id),
  ])
  return {
    status_code: outage.statusCode,
    remote_address: outage.remoteAddress,
    excerpt: outage.excerpt,
    up_since: isoTimeOrNull(outage.upSinceMs),
    before: jsonOf(before),
    during: jsonOf(during),
    after: jsonOf(after),
    emails: emails.map((email) => emailJson(email, scopes)),
  }
}

function jsonOf(results: readonly CheckResult[]): readonly object[] {
  return results.map(resultJson)
}

/** Who is told of outages is for those alone who may change it. */
function emailJson(email: Email, scopes: readonly ApiScope[]): object {
  return {
    kind: email.kind,
    recipient: scopes.includes('write') ? email.recipient : MASK,
    queued_at: isoTime(email.queuedAtMs),
    sent_at: isoTimeOrNull(email.sentAtMs),
    failed_at: isoTimeOrNull(email.failedAtMs),
    attempts: email.attempts,
    last_error: scopes.includes('write') ? email.lastError : email.lastError && MASK,
  }
}
