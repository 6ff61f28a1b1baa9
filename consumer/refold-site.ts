import type { Trx } from '#db/connect.ts'
import { deleteOutages, moveOutage, type Outage, outagesOf } from '#db/outages.ts'
import { edgeSlotWith, resultsSince, type Seen } from '#db/ping-status.ts'
import type { SiteState, SiteUpdate } from '#db/sites.ts'
import { type FoldedOutage, foldHealth, type Health, unknownHealth } from '#shared/domain/health.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import { type Opening, outageOf } from './advance-sites.ts'

/** What a late result changed: an outage may begin, end, move, or turn out never to have been. */
export type Refold = {
  readonly update: SiteUpdate
  /** Not stored yet. */
  readonly openings: readonly Opening[]
  readonly recovered: readonly Outage[]
  readonly retracted: readonly Outage[]
}

/** A week, the greatest age of a record, at a cadence of one second: more rows there cannot be. */
const ROWS_MAX = 700_000

/**
 * Folds a site's stored results again, from the last point before the first slot that changed where
 * the state is certain, so that its health and outages are what they would be had all results come
 * in order, and as they are now. `results` are those that are new, if any: the newest of them may
 * show on the site. Runs after the rows were changed, in the same transaction.
 */
export async function refoldSite(
  trx: Trx,
  state: SiteState,
  firstSlotMs: number,
  results: readonly CheckResult[],
): Promise<Refold> {
  const outages = await outagesOf(trx, state.siteId)
  const anchor = await anchorBefore(trx, state.siteId, firstSlotMs, outages)
  const fromSlotMs = (anchor.health.lastSlotMs ?? -1) + 1
  const [seen = []] = await resultsSince(trx, [{ siteId: state.siteId, fromSlotMs }], ROWS_MAX)
  const folded = foldHealth(seen, state.thresholds, anchor.health, anchor.open)

  const existing = outages.filter(
    (outage) => outage.openedSlotMs >= fromSlotMs || outage.id === anchor.open?.id,
  )
  const changes = compareOutages(existing, folded.outages)
  await applyChanges(trx, changes)
  const newest =
    results.filter((result) => result.slotMs === folded.health.lastSlotMs).at(0) ?? null
  return {
    update: { siteId: state.siteId, health: folded.health, newest },
    openings: changes.missing.map((bounds) => newOpening(state, bounds, seen)),
    recovered: changes.moved
      .filter(({ was, is }) => was.endedAtMs === null && is.endedAtMs !== null)
      .map(({ is }) => is),
    retracted: changes.retracted,
  }
}

type Anchor = { readonly health: Health; readonly open: Outage | null }

/**
 * The newest point before a slot where everything is known: within an outage its last failed
 * result, else the last good one; there the streak is zero. With neither, the beginning.
 */
async function anchorBefore(
  trx: Trx,
  siteId: number,
  slotMs: number,
  outages: readonly Outage[],
): Promise<Anchor> {
  const around = outages.find(
    ({ openedSlotMs, closedSlotMs }) => openedSlotMs < slotMs && (closedSlotMs ?? slotMs) >= slotMs,
  )
  if (around !== undefined) {
    const query = { siteId, result: 'down', fromMs: around.openedSlotMs, beforeMs: slotMs } as const
    const lastSlotMs = (await edgeSlotWith(trx, 'last', query)) ?? around.openedSlotMs
    const health: Health = {
      ...unknownHealth,
      status: 'down',
      statusSinceMs: around.startedAtMs,
      lastSlotMs,
    }
    return { health, open: { ...around, endedAtMs: null, closedSlotMs: null } }
  }
  const before = outages.findLast(
    ({ closedSlotMs }) => closedSlotMs !== null && closedSlotMs < slotMs,
  )
  const query = {
    siteId,
    result: 'up',
    fromMs: before?.closedSlotMs ?? 0,
    beforeMs: slotMs,
  } as const
  const lastSlotMs = await edgeSlotWith(trx, 'last', query)
  if (lastSlotMs === null) return { health: unknownHealth, open: null }
  const statusSinceMs = before?.endedAtMs ?? (await edgeSlotWith(trx, 'first', query))
  return { health: { ...unknownHealth, status: 'up', statusSinceMs, lastSlotMs }, open: null }
}

type Move = { readonly was: Outage; readonly is: Outage }
type Changes = {
  readonly retracted: readonly Outage[]
  readonly moved: readonly Move[]
  readonly missing: readonly FoldedOutage[]
}

/** Pure: an outage stays the same one as long as it overlaps what the fold says, so that its emails stay attached. */
export function compareOutages(
  existing: readonly Outage[],
  folded: readonly FoldedOutage[],
): Changes {
  const matches = new Map<FoldedOutage, Outage>()
  const match = (isSame: (outage: Outage, bounds: FoldedOutage) => boolean) => {
    const taken = new Set(matches.values())
    for (const bounds of folded.filter((candidate) => !matches.has(candidate))) {
      const outage = existing.find(
        (candidate) => !taken.has(candidate) && isSame(candidate, bounds),
      )
      if (outage === undefined) continue
      matches.set(bounds, outage)
      taken.add(outage)
    }
  }
  match((outage, bounds) => outage.startedAtMs === bounds.startedAtMs)
  match(overlap)
  const kept = new Set(matches.values())
  return {
    retracted: existing.filter((outage) => !kept.has(outage)),
    moved: [...matches].map(([bounds, was]) => ({ was, is: { ...was, ...boundsOf(bounds) } })),
    missing: folded.filter((bounds) => !matches.has(bounds)),
  }
}

function boundsOf({
  startedAtMs,
  openedSlotMs,
  endedAtMs,
  closedSlotMs,
}: FoldedOutage): FoldedOutage {
  return { startedAtMs, openedSlotMs, endedAtMs, closedSlotMs }
}

function overlap(a: FoldedOutage, b: FoldedOutage): boolean {
  return (
    a.startedAtMs < (b.endedAtMs ?? Number.POSITIVE_INFINITY) &&
    b.startedAtMs < (a.endedAtMs ?? Number.POSITIVE_INFINITY)
  )
}

/** Ends before beginnings: at no moment are two outages of the site open. */
async function applyChanges(trx: Trx, { retracted, moved }: Changes): Promise<void> {
  await deleteOutages(
    trx,
    retracted.map((outage) => outage.id),
  )
  const endsFirst = moved.toSorted(
    (a, b) => Number(a.is.endedAtMs === null) - Number(b.is.endedAtMs === null),
  )
  for (const { was, is } of endsFirst) {
    const isSame = JSON.stringify(boundsOf(was)) === JSON.stringify(boundsOf(is))
    if (!isSame) await moveOutage(trx, is.id, is)
  }
}

function newOpening(state: SiteState, bounds: FoldedOutage, seen: readonly Seen[]): Opening {
  const proof = seen.find((row) => row.slotMs === bounds.openedSlotMs)
  const unseen = { failure: null, message: null, statusCode: null, remoteAddress: null }
  // The beginning of the answer is kept for an outage alone, so an old row does not have it any more.
  const outage = outageOf(state.siteId, bounds, {
    ...(proof ?? { checkedAtMs: bounds.openedSlotMs, ...unseen }),
    excerpt: null,
  })
  return {
    state,
    outage: { ...outage, upSinceMs: upSinceBefore(state.health, bounds.startedAtMs) },
  }
}

/** As far as the present state tells: what came before an outage deep in the past is not looked up. */
function upSinceBefore({ status, statusSinceMs }: Health, startedAtMs: number): number | null {
  const isBefore = statusSinceMs !== null && statusSinceMs < startedAtMs
  return status === 'up' && isBefore ? statusSinceMs : null
}
