import type { RecheckWanted } from '#db/check-request.ts'
import type { SiteResults } from './advance-sites.ts'
import type { AdvancedSite } from './change-sites.ts'

/** Whether anybody else than this worker has been at work lately. */
export type HasOthers = (worker: string) => boolean

/**
 * Pure: which sites are to be looked at once more, soon. The first result that contradicts a status
 * is confirmed or refuted within seconds, by another worker where there is one; and what one worker
 * could not tell, another one may. A second look that tells nothing does not ask for a third.
 */
export function rechecksWanted(
  sites: readonly AdvancedSite[],
  hasOthers: HasOthers,
): readonly RecheckWanted[] {
  return sites.flatMap((site) => {
    const { siteId, recheckAfterSeconds: afterSeconds } = site.state
    const last = lastOf(site)
    if (last === undefined || afterSeconds === 0) return []
    const isOther = hasOthers(last.worker)
    const isUntold = last.result === 'inconclusive' && last.occasion !== 'recheck'
    const isWanted = isFirstContradiction(site) || (isUntold && isOther)
    return isWanted ? [{ siteId, afterSeconds, avoidWorker: isOther ? last.worker : null }] : []
  })
}

/** Pure: the sites that a look at what they depend on may explain. */
export function beginningToFail(sites: readonly AdvancedSite[]): readonly number[] {
  return sites
    .filter((site) => lastOf(site)?.result === 'down' && site.state.health.status !== 'down')
    .map(({ state }) => state.siteId)
}

function isFirstContradiction(site: AdvancedSite): boolean {
  const health = site.update?.health
  const result = lastOf(site)?.result
  return result !== 'inconclusive' && result !== health?.status && health?.streak === 1
}

function lastOf({ results }: SiteResults) {
  return results.at(-1)
}
