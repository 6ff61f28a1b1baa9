import type { RecheckWanted } from '#db/check-request.ts'
import type { Trx } from '#db/connect.ts'
import { retractResults, type SlotKey } from '#db/ping-status.ts'
import { lockSites } from '#db/sites.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import { applyRefolds, type SiteChanges } from './change-sites.ts'
import type { FlappingRule } from './decide-telling.ts'
import { classOf, type Doubts, type FleetWatch, isOwnWord } from './fleet-watch.ts'
import { type Refold, refoldSite } from './refold-site.ts'

export type Retracted = {
  readonly changes: SiteChanges
  /** By whom the sites are not to be looked at again. */
  readonly rechecks: readonly RecheckWanted[]
}

const NOTHING: Retracted = {
  changes: { opened: [], recovered: [], retracted: [], news: [] },
  rechecks: [],
}

/** A result as it counts: what a doubted worker calls down, nobody knows. `url`: the site's. */
export function believed(result: CheckResult, url: string, doubts: Doubts): CheckResult {
  const doubt = doubts.get(result.worker)
  if (doubt === undefined || result.result !== 'down' || isOwnWord(url)) return result
  if (!doubt.classes.has(classOf(result.failure))) return result
  const message = `${doubt.reason}; seen: ${result.message ?? result.failure}`
  return { ...result, result: 'inconclusive', failure: null, message, excerpt: null }
}

/**
 * Takes back what doubted workers have reported as failures in the window, before anybody doubted
 * them, and folds the sites again, so that not even the beginning of a streak is left of it.
 */
export async function retractDoubted(
  trx: Trx,
  { fleet, flapping }: { readonly fleet: FleetWatch; readonly flapping: FlappingRule },
  doubts: Doubts,
): Promise<Retracted> {
  if (doubts.size === 0) return NOTHING
  const failures = fleet.failuresOf(doubts)
  const gone = await retractResults(
    trx,
    failures.map(({ siteId, slotMs, worker }) => ({
      siteId,
      slotMs,
      message: `${doubts.get(worker)?.reason}; seen: `,
    })),
    [...doubts.keys()],
  )
  if (gone.length === 0) return NOTHING
  const firstSlots = firstSlotBySite(gone)
  const states = await lockSites(trx, [...firstSlots.keys()])
  const refolds: Refold[] = []
  for (const state of states.values()) {
    const firstSlotMs = firstSlots.get(state.siteId)
    if (firstSlotMs !== undefined) refolds.push(await refoldSite(trx, state, firstSlotMs, []))
  }
  return {
    changes: await applyRefolds(trx, refolds, [...states.values()], flapping),
    rechecks: failures
      .filter(({ siteId }) => states.has(siteId))
      .map(({ siteId, worker }) => ({ siteId, afterSeconds: 0, avoidWorker: worker })),
  }
}

function firstSlotBySite(keys: readonly SlotKey[]): ReadonlyMap<number, number> {
  const first = new Map<number, number>()
  for (const { siteId, slotMs } of keys) {
    first.set(siteId, Math.min(slotMs, first.get(siteId) ?? slotMs))
  }
  return first
}
