import type { Closing, Outage } from '#db/outages.ts'
import type { SiteState, SiteUpdate } from '#db/sites.ts'
import { type FoldedOutage, nextHealth } from '#shared/domain/health.ts'
import { outageId } from '#shared/domain/identity.ts'
import type { CheckResult } from '#shared/domain/result.ts'

/** An outage that is new, and its site. It may have ended already. */
export type Opening = { readonly state: SiteState; readonly outage: Outage }

/** What a batch of new results, all in order, does to the sites. */
export type Advance = {
  readonly updates: readonly SiteUpdate[]
  readonly openings: readonly Opening[]
  /** Ends of outages that were open before the batch: at most one of each site. */
  readonly closings: readonly Closing[]
}

export type SiteResults = { readonly state: SiteState; readonly results: readonly CheckResult[] }

/** Pure: takes each site through its new results, oldest first. They must all be newer than its last slot. */
export function advanceSites(sites: readonly SiteResults[]): Advance {
  const advances = sites.map(advanceSite)
  return {
    updates: advances.map((advance) => advance.update),
    openings: advances.flatMap((advance) => advance.openings),
    closings: advances.flatMap((advance) => advance.closings),
  }
}

function advanceSite({ state, results }: SiteResults) {
  const openings: Opening[] = []
  const closings: Closing[] = []
  let { health } = state
  for (const result of results) {
    const before = health
    const next = nextHealth(health, result, state.thresholds)
    health = next.health
    const sinceMs = health.statusSinceMs ?? result.slotMs
    if (next.transition === 'opened')
      openings.push(opening(state, result, sinceMs, upSince(before)))
    if (next.transition === 'recovered') {
      const end = { endedAtMs: sinceMs, closedSlotMs: result.slotMs }
      const opened = openings.pop()
      // Opened and over within one batch: it is written once, with its end.
      if (opened === undefined) closings.push({ siteId: state.siteId, ...end })
      else openings.push({ ...opened, outage: { ...opened.outage, ...end } })
    }
  }
  return {
    update: { siteId: state.siteId, health, newest: results.at(-1) ?? null },
    openings,
    closings,
  }
}

function upSince(health: SiteState['health']): number | null {
  return health.status === 'up' ? health.statusSinceMs : null
}

function opening(
  state: SiteState,
  result: CheckResult,
  startedAtMs: number,
  upSinceMs: number | null,
): Opening {
  const bounds: FoldedOutage = {
    startedAtMs,
    openedSlotMs: result.slotMs,
    endedAtMs: null,
    closedSlotMs: null,
  }
  return { state, outage: { ...outageOf(state.siteId, bounds, result), upSinceMs } }
}

/** What of a result stays with the outage that it proves. */
export type OutageProof = Pick<
  CheckResult,
  'checkedAtMs' | 'failure' | 'message' | 'statusCode' | 'remoteAddress' | 'excerpt'
>

/** The outage with these bounds, explained by the result that proved it. */
export function outageOf(siteId: number, bounds: FoldedOutage, proof: OutageProof): Outage {
  return {
    ...bounds,
    id: outageId(siteId, bounds.startedAtMs),
    siteId,
    detectedAtMs: proof.checkedAtMs,
    failure: proof.failure ?? 'protocol',
    message: proof.message,
    statusCode: proof.statusCode,
    remoteAddress: proof.remoteAddress,
    excerpt: proof.excerpt,
    heldBy: null,
    upSinceMs: null,
  }
}
