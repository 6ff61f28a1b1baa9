import { databaseNowMs } from '#db/database-clock.ts'
import { requestCheck, setEnabled } from '#db/edit-site.ts'
import { readSiteRecord } from '#db/site-records.ts'
import { type Answer, problem } from './answer.ts'
import { ref } from './answer-schemas.ts'
import { API_PREFIX, type Call, isoTime, type Operation, operation } from './operation.ts'
import { noSite, siteIdOf } from './site-of-call.ts'
import { oneSite, siteAnswer } from './site-operations.ts'

/** What is done with a site beside changing it. */
export const siteActionOperations: readonly Operation[] = [
  operation({
    name: 'pauseSite',
    method: 'POST',
    path: '/sites/:site/pause',
    scope: 'write',
    group: 'Sites',
    summary: 'stops checking a site',
    description: 'Asked twice it is as once. Time that is not watched is not counted as up.',
    query: {},
    answers: [siteAnswer(200, 'As it is now.')],
    problems: ['not-found'],
    example: '/sites/1/pause',
    handle: (call) => enable(call, false),
  }),
  operation({
    name: 'resumeSite',
    method: 'POST',
    path: '/sites/:site/resume',
    scope: 'write',
    group: 'Sites',
    summary: 'checks a site again, at once',
    query: {},
    answers: [siteAnswer(200, 'As it is now.')],
    problems: ['not-found'],
    example: '/sites/1/resume',
    handle: (call) => enable(call, true),
  }),
  operation({
    name: 'checkSite',
    method: 'POST',
    path: '/sites/:site/check',
    scope: 'check',
    group: 'Sites',
    summary: 'asks for a check now',
    description:
      'A worker makes it within seconds. The result appears at the address in Location: an empty list until then.',
    query: {},
    answers: [
      {
        status: 202,
        description: 'It is asked for.',
        schema: ref('CheckAsked'),
        headers: { Location: 'Where the result will be; it is read with the scope read.' },
      },
    ],
    problems: ['not-found', 'not-watched'],
    example: '/sites/1/check',
    handle: askForCheck,
  }),
]

async function enable(call: Call, enabled: boolean): Promise<Answer> {
  const found = await siteIdOf(call)
  if (found.outcome === 'refused') return found.answer
  await setEnabled(call.web.db, found.value, enabled)
  const site = await readSiteRecord(call.web.db, String(found.value))
  return site === null ? noSite() : oneSite(call, 200, site)
}

async function askForCheck(call: Call): Promise<Answer> {
  const found = await siteIdOf(call)
  if (found.outcome === 'refused') return found.answer
  const siteId = found.value
  const { db } = call.web
  // The check's slot is a whole second, and may be the one that has just begun.
  const from = isoTime(Math.floor((await databaseNowMs(db)) / 1_000) * 1_000)
  const asked = await requestCheck(db, siteId)
  if (asked === 'gone') return noSite()
  if (asked !== 'asked') return problem('not-watched', notWatched[asked])
  const results = `${API_PREFIX}/sites/${siteId}/results?from=${from}&limit=1`
  return {
    status: 202,
    headers: { location: results },
    body: { site_id: siteId, requested_at: from, results },
  }
}

const notWatched = {
  paused: 'it is paused: resume it first',
  invalid: 'the scheduler cannot check it: see its invalid_reason',
} as const
