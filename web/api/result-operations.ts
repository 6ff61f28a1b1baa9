import { latencyOf } from '#db/latency.ts'
import { resultsBefore } from '#db/outage-story.ts'
import { pageOf, ref } from './answer-schemas.ts'
import { writeCursor } from './cursor.ts'
import { isoTime, type Operation, operation, pageAnswer } from './operation.ts'
import { cursor, instant, whole } from './parameter.ts'
import { resultJson } from './result-json.ts'
import { siteIdOf } from './site-of-call.ts'
import { readWindow, windowParameters } from './window-of-query.ts'

const slotCursor = cursor((parts): parts is readonly [number] => {
  return parts.length === 1 && isInstant(parts[0])
})

const isInstant = (part: unknown) =>
  typeof part === 'number' && Number.isInteger(part) && Math.abs(part) < 1e13

/** What was seen of a site. */
export const resultOperations: readonly Operation[] = [
  operation({
    name: 'listResults',
    method: 'GET',
    path: '/sites/:site/results',
    scope: 'read',
    group: 'Results',
    summary: 'lists the results of a site, the newest first',
    query: {
      from: instant('Slots from here on.'),
      to: instant('Slots before here.'),
      limit: whole('How many on a page.', { min: 1, max: 1_000, default: 100 }),
      cursor: slotCursor,
    },
    answers: [
      { status: 200, description: 'A page of results.', schema: pageOf('results', 'Result') },
    ],
    problems: ['bad-query', 'not-found'],
    example: '/sites/1/results?limit=10',
    async handle(call, { from, to, limit, cursor: after }) {
      const found = await siteIdOf(call)
      if (found.outcome === 'refused') return found.answer
      const beforeMs = Math.min(after?.[0] ?? BEYOND_MS, to ?? BEYOND_MS)
      const oldestFirst = await resultsBefore(
        call.web.db,
        found.value,
        from ?? 0,
        beforeMs,
        limit + 1,
      )
      const results = oldestFirst.toReversed()
      const shown = results.slice(0, limit)
      const last = shown.at(-1)
      const next = results.length > limit && last !== undefined ? writeCursor([last.slotMs]) : null
      return pageAnswer(call, { results: shown.map(resultJson) }, next)
    },
  }),
  operation({
    name: 'readLatency',
    method: 'GET',
    path: '/sites/:site/latency',
    scope: 'read',
    group: 'Results',
    summary: 'tells how fast a site answered, by phase',
    description:
      'Milliseconds. Percentiles are exact for short windows, and within 5 % for long ones; a phase that no check got to is left out.',
    query: windowParameters,
    answers: [{ status: 200, description: 'Its phases.', schema: ref('Latency') }],
    problems: ['bad-query', 'not-found'],
    example: '/sites/1/latency?from=2026-06-01',
    async handle(call, query) {
      const found = await siteIdOf(call)
      if (found.outcome === 'refused') return found.answer
      const read = readWindow(query, call.web.nowMs())
      if (read.outcome === 'refused') return read.answer
      const { window } = read
      const phases = await latencyOf(call.web.db, found.value, window)
      const body = {
        site_id: found.value,
        from: isoTime(window.fromMs),
        to: isoTime(window.toMs),
        phases: phases.map(({ phase, checks, avgMs, p50Ms, p95Ms, p99Ms, maxMs }) => ({
          phase,
          checks,
          avg_ms: avgMs,
          p50_ms: p50Ms,
          p95_ms: p95Ms,
          p99_ms: p99Ms,
          max_ms: maxMs,
        })),
      }
      return { status: 200, body }
    },
  }),
]

/** After all slots that there are. */
const BEYOND_MS = Date.UTC(2100, 0, 1)
