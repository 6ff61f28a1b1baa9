import { accountingPolicies, fleetUptime, type Uptime, uptimeOf } from '#db/uptime.ts'
import { type Answer, problem } from './answer.ts'
import { ref } from './answer-schemas.ts'
import { type Call, isoTime, type Operation, operation } from './operation.ts'
import { text } from './parameter.ts'
import { siteIdOf } from './site-of-call.ts'
import { readWindow, windowParameters } from './window-of-query.ts'

const DEFAULT_POLICY = 'observed'
const uptimeParameters = {
  ...windowParameters,
  policy: text(
    'What becomes of time that nobody saw, and of planned work: a name in accounting_policy (observed, strict, lenient, contract, generous, and yours); observed by default.',
  ),
}

/** How much of the time it was up, and how much of it was seen. */
export const uptimeOperations: readonly Operation[] = [
  operation({
    name: 'readUptime',
    method: 'GET',
    path: '/sites/:site/uptime',
    scope: 'read',
    group: 'Uptime',
    summary: 'tells the uptime of a site by duration',
    description: 'up_s + down_s + unknown_s is window_s, always. docs/uptime.md says what is what.',
    query: uptimeParameters,
    answers: [{ status: 200, description: 'Its uptime.', schema: ref('Uptime') }],
    problems: ['bad-query', 'not-found'],
    example: '/sites/1/uptime?from=2026-06-01&policy=strict',
    async handle(call, query) {
      const found = await siteIdOf(call)
      if (found.outcome === 'refused') return found.answer
      const read = readWindow(query, call.web.nowMs())
      if (read.outcome === 'refused') return read.answer
      const policy = query.policy ?? DEFAULT_POLICY
      const refusal = await policyRefusal(call, policy)
      if (refusal !== null) return refusal
      const uptime = await uptimeOf(call.web.db, found.value, read.window, policy)
      const { fromMs, toMs } = read.window
      const window = { from: isoTime(fromMs), to: isoTime(toMs) }
      return { status: 200, body: { site_id: found.value, ...window, ...uptimeJson(uptime) } }
    },
  }),
  operation({
    name: 'readFleetUptime',
    method: 'GET',
    path: '/uptime',
    scope: 'read',
    group: 'Uptime',
    summary: 'tells the uptime of all sites',
    query: uptimeParameters,
    answers: [{ status: 200, description: 'Each site.', schema: ref('FleetUptime') }],
    problems: ['bad-query'],
    example: '/uptime?from=2026-06-01&to=2026-07-01',
    async handle(call, query) {
      const read = readWindow(query, call.web.nowMs())
      if (read.outcome === 'refused') return read.answer
      const policy = query.policy ?? DEFAULT_POLICY
      const refusal = await policyRefusal(call, policy)
      if (refusal !== null) return refusal
      const { fromMs, toMs } = read.window
      const found = await fleetUptime(call.web.db, { fromMs, toMs, policy })
      const sites = found
        .toSorted((a, b) => a.siteId - b.siteId)
        .map(({ siteId, ...uptime }) => ({ site_id: siteId, ...uptimeJson(uptime) }))
      return { status: 200, body: { from: isoTime(fromMs), to: isoTime(toMs), policy, sites } }
    },
  }),
]

async function policyRefusal({ web }: Call, policy: string): Promise<Answer | null> {
  const names = (await accountingPolicies(web.db)).map(({ name }) => name)
  if (names.includes(policy)) return null
  const errors = [{ field: 'policy', reason: `must be one of ${names.join(', ')}` }]
  return problem('bad-query', 'the query has mistakes', { errors })
}

function uptimeJson(uptime: Uptime): object {
  return {
    policy: uptime.policy,
    uptime: uptime.uptime,
    coverage: uptime.coverage,
    watched_coverage: uptime.watchedCoverage,
    window_s: uptime.windowS,
    up_s: uptime.upS,
    down_s: uptime.downS,
    unknown_s: uptime.unknownS,
    unwatched_s: uptime.unwatchedS,
    unknown_in_outage_s: uptime.unknownInOutageS,
    maintenance_s: uptime.maintenanceS,
    counted_up_s: uptime.countedUpS,
    counted_down_s: uptime.countedDownS,
  }
}
