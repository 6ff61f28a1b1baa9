import { alertHolds } from '#db/alert-hold.ts'
import type { Trx } from '#db/connect.ts'
import { closeOutages, insertOutages, type Outage, openedSlotsSince } from '#db/outages.ts'
import { type SiteState, type SiteUpdate, startFlapping, updateSites } from '#db/sites.ts'
import { advanceSites, type Opening, type SiteResults } from './advance-sites.ts'
import { decideTelling, type FlappingRule, type Telling } from './decide-telling.ts'
import { type News, retractionNews } from './queue-notifications.ts'
import { type Refold, refoldSite } from './refold-site.ts'

export type NewResults = SiteResults & { readonly order: 'in_order' | 'late' }

/** What new results came to: facts for logs, and news to be told. */
export type SiteChanges = {
  readonly opened: readonly Outage[]
  readonly recovered: readonly Recovered[]
  readonly retracted: readonly Outage[]
  readonly news: readonly News[]
}

export type Recovered = { readonly state: SiteState; readonly outage: Outage }
type Told = { readonly opening: Opening; readonly telling: Telling }

/** Health, `sites` and outages of everybody with new results, and what is to be told of it. */
export async function changeSites(
  trx: Trx,
  sites: readonly NewResults[],
  rule: FlappingRule,
): Promise<{ readonly changes: SiteChanges; readonly advances: readonly AdvancedSite[] }> {
  const inOrder = sites.filter((site) => site.order === 'in_order')
  const advance = advanceSites(inOrder)
  const refolds: Refold[] = []
  for (const { state, results } of sites.filter((site) => site.order === 'late')) {
    const firstSlotMs = Math.min(...results.map((result) => result.slotMs))
    refolds.push(await refoldSite(trx, state, firstSlotMs, results))
  }
  const closed = await closeOutages(trx, advance.closings)
  await updateSites(trx, advance.updates)
  const applied = await applyRefolds(
    trx,
    refolds,
    sites.map(({ state }) => state),
    rule,
  )
  const openings = await storeOpenings(trx, advance.openings, rule)
  const states = new Map(sites.map(({ state }) => [state.siteId, state]))
  const recovered = [...withStates(closed, states), ...endedAlready(openings)]
  const changes = joined(applied, {
    opened: openings.map(({ opening }) => opening.outage),
    recovered,
    retracted: [],
    news: [...openings.flatMap(openingNews), ...recovered.flatMap(recoveryNews)],
  })
  return {
    changes,
    advances: inOrder.map((site, at) => ({ ...site, update: advance.updates[at] })),
  }
}

/** A site with its results in order, and what it came to. */
export type AdvancedSite = SiteResults & { readonly update: SiteUpdate | undefined }

/** Writes down what folding sites again has come to. */
export async function applyRefolds(
  trx: Trx,
  refolds: readonly Refold[],
  states: readonly SiteState[],
  rule: FlappingRule,
): Promise<SiteChanges> {
  const stateOf = new Map(states.map((state) => [state.siteId, state]))
  await updateSites(
    trx,
    refolds.map(({ update }) => update),
  )
  const openings = await storeOpenings(
    trx,
    refolds.flatMap((refold) => refold.openings),
    rule,
  )
  const ended = withStates(
    refolds.flatMap((refold) => refold.recovered),
    stateOf,
  )
  const recovered = [...ended, ...endedAlready(openings)]
  const corrections: News[] = []
  for (const { update, retracted } of refolds) {
    const state = stateOf.get(update.siteId)
    if (state !== undefined) corrections.push(...(await retractionNews(trx, state, retracted)))
  }
  return {
    opened: openings.map(({ opening }) => opening.outage),
    recovered,
    retracted: refolds.flatMap(({ retracted }) => retracted),
    news: [...openings.flatMap(openingNews), ...recovered.flatMap(recoveryNews), ...corrections],
  }
}

export function joined(first: SiteChanges, second: SiteChanges): SiteChanges {
  return {
    opened: [...first.opened, ...second.opened],
    recovered: [...first.recovered, ...second.recovered],
    retracted: [...first.retracted, ...second.retracted],
    news: [...first.news, ...second.news],
  }
}

/** Decides who is told, and stores the outages with it. Sites must have their new health by now. */
async function storeOpenings(
  trx: Trx,
  openings: readonly Opening[],
  rule: FlappingRule,
): Promise<readonly Told[]> {
  if (openings.length === 0) return []
  const told = await tellingsOf(trx, openings, rule)
  const stored = await insertOutages(
    trx,
    told.map(({ opening, telling }) => ({ ...opening.outage, heldBy: holdOf(telling) })),
  )
  await startFlapping(
    trx,
    told
      .filter(({ telling }) => telling.outcome === 'told_as_flapping')
      .map(({ opening }) => opening.state.siteId),
  )
  return told.map(({ opening, telling }, index) => ({
    telling,
    opening: { ...opening, outage: stored[index] ?? opening.outage },
  }))
}

async function tellingsOf(
  trx: Trx,
  openings: readonly Opening[],
  rule: FlappingRule,
): Promise<readonly Told[]> {
  const siteIds = [...new Set(openings.map(({ state }) => state.siteId))]
  const holds = await alertHolds(trx, siteIds)
  const firstMs = Math.min(...openings.map(({ outage }) => outage.openedSlotMs))
  const before = await openedSlotsSince(trx, siteIds, firstMs - rule.windowMs)
  const slots = new Map(siteIds.map((siteId) => [siteId, [...(before.get(siteId) ?? [])]]))
  const flapping = new Set<number>()
  return openings.map((opening) => {
    const { siteId, flappingSinceMs } = opening.state
    const { openedSlotMs } = opening.outage
    const opened = slots.get(siteId) ?? []
    opened.push(openedSlotMs)
    const telling = decideTelling(
      {
        hold: holds.get(siteId) ?? null,
        isFlapping: flappingSinceMs !== null || flapping.has(siteId),
        outagesInWindow: opened.filter((slot) => slot > openedSlotMs - rule.windowMs).length,
      },
      rule,
    )
    if (telling.outcome === 'told_as_flapping') flapping.add(siteId)
    return { opening, telling }
  })
}

function holdOf(telling: Telling): Outage['heldBy'] {
  if (telling.outcome === 'told') return null
  return telling.outcome === 'held' ? telling.by : 'flapping'
}

function openingNews({ opening, telling }: Told): News[] {
  if (telling.outcome === 'held') return []
  const kind = telling.outcome === 'told' ? 'outage' : 'flapping'
  return [{ ...opening, kind, recipients: null }]
}

/** Of what nobody was told, the end is not told either. */
function recoveryNews({ state, outage }: Recovered): News[] {
  return outage.heldBy === null ? [{ kind: 'recovery', state, outage, recipients: null }] : []
}

function withStates(
  outages: readonly Outage[],
  states: ReadonlyMap<number, SiteState>,
): readonly Recovered[] {
  return outages.flatMap((outage) => {
    const state = states.get(outage.siteId)
    return state === undefined ? [] : [{ state, outage }]
  })
}

function endedAlready(openings: readonly Told[]): readonly Recovered[] {
  return openings.map(({ opening }) => opening).filter(({ outage }) => outage.endedAtMs !== null)
}
