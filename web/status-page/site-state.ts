/** What a visitor is told of a site. Never more than was observed. */
export const siteStates = ['up', 'down', 'maintenance', 'unknown', 'paused'] as const

export type SiteState = (typeof siteStates)[number]

/** What is known of a site when its state is told. */
export type Known = {
  readonly isWatched: boolean
  readonly status: 'unknown' | 'up' | 'down'
  /** Null: nothing conclusive was seen lately. */
  readonly observedAtMs: number | null
}

/** Planned work explains a site that is down; it is no reason to believe one that nobody looked at. */
export function siteState(known: Known, isInMaintenance: boolean): SiteState {
  if (!known.isWatched) return 'paused'
  if (known.observedAtMs === null) return 'unknown'
  if (known.status === 'down' && isInMaintenance) return 'maintenance'
  return known.status
}

export const stateWords: Readonly<Record<SiteState, string>> = {
  up: 'Operational',
  down: 'Down',
  maintenance: 'Under maintenance',
  unknown: 'Not observed',
  paused: 'Not watched',
}
