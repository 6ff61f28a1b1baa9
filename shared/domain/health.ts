import type { Outcome } from './result.ts'

/** What is remembered of a site between two results. Instants are slots, in epoch milliseconds. */
export type Health = {
  readonly status: 'unknown' | 'up' | 'down'
  /** The first slot of the present status: of a `down`, its first failed slot; of an `up`, its first good one. */
  readonly statusSinceMs: number | null
  /** Results in a row that contradict `status`. */
  readonly streak: number
  readonly streakSinceMs: number | null
  readonly lastSlotMs: number | null
}

/** How many results in a row it takes: 1 to 10 each. */
export type Thresholds = { readonly failure: number; readonly recovery: number }

export type SlotOutcome = { readonly slotMs: number; readonly result: Outcome }

/**
 * What one result did. `late`: a newer slot has been seen, so this result cannot be taken in order;
 * whoever stores it folds the site's results again.
 */
export type Transition = 'late' | 'ignored' | 'unchanged' | 'came_up' | 'opened' | 'recovered'

export const unknownHealth: Health = {
  status: 'unknown',
  statusSinceMs: null,
  streak: 0,
  streakSinceMs: null,
  lastSlotMs: null,
}

/** The state machine of a site: total, pure, and the only place where a status changes. */
export function nextHealth(
  health: Health,
  { slotMs, result }: SlotOutcome,
  thresholds: Thresholds,
): { readonly health: Health; readonly transition: Transition } {
  if (health.lastSlotMs !== null && slotMs <= health.lastSlotMs)
    return { health, transition: 'late' }
  const seen = { ...health, lastSlotMs: slotMs }
  if (result === 'inconclusive') return { health: seen, transition: 'ignored' }
  if (result === health.status) {
    return { health: { ...seen, streak: 0, streakSinceMs: null }, transition: 'unchanged' }
  }
  // Nothing speaks against a first good result: a site that was never seen down needs no proof.
  if (result === 'up' && health.status === 'unknown') {
    return { health: settled(seen, 'up', slotMs), transition: 'came_up' }
  }
  const streak = health.streak + 1
  const streakSinceMs = health.streakSinceMs ?? slotMs
  const needed = result === 'down' ? thresholds.failure : thresholds.recovery
  if (streak < needed)
    return { health: { ...seen, streak, streakSinceMs }, transition: 'unchanged' }
  const transition = result === 'down' ? 'opened' : 'recovered'
  return { health: settled(seen, result, streakSinceMs), transition }
}

function settled(health: Health, status: 'up' | 'down', statusSinceMs: number): Health {
  return { ...health, status, statusSinceMs, streak: 0, streakSinceMs: null }
}

/** An outage as the results alone tell it. */
export type FoldedOutage = {
  /** The first failed slot. */
  readonly startedAtMs: number
  /** The slot at which the failure threshold was reached. */
  readonly openedSlotMs: number
  /** The first good slot; null while it lasts. */
  readonly endedAtMs: number | null
  readonly closedSlotMs: number | null
}

export type Folded = { readonly health: Health; readonly outages: readonly FoldedOutage[] }

/**
 * The state machine over many results, in slot order whatever the order given: what the stored
 * health and outages must equal, always. `open` is the outage that `from` is in the middle of.
 */
export function foldHealth(
  results: readonly SlotOutcome[],
  thresholds: Thresholds,
  from: Health = unknownHealth,
  open: FoldedOutage | null = null,
): Folded {
  const outages: FoldedOutage[] = open === null ? [] : [open]
  let health = from
  for (const result of results.toSorted((a, b) => a.slotMs - b.slotMs)) {
    const next = nextHealth(health, result, thresholds)
    health = next.health
    if (next.transition === 'opened') outages.push(openedOutage(health, result.slotMs))
    if (next.transition === 'recovered') closeLast(outages, health, result.slotMs)
  }
  return { health, outages }
}

function openedOutage(health: Health, openedSlotMs: number): FoldedOutage {
  return {
    startedAtMs: health.statusSinceMs ?? openedSlotMs,
    openedSlotMs,
    endedAtMs: null,
    closedSlotMs: null,
  }
}

function closeLast(outages: FoldedOutage[], health: Health, closedSlotMs: number): void {
  const last = outages.pop()
  if (last !== undefined) outages.push({ ...last, endedAtMs: health.statusSinceMs, closedSlotMs })
}
