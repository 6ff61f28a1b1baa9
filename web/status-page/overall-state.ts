import type { SiteState } from './site-state.ts'

export const overallStates = [
  'up',
  'up as far as seen',
  'partly',
  'down',
  'maintenance',
  'unknown',
  'nothing',
] as const

/** The one word for everything that is published. */
export type OverallState = (typeof overallStates)[number]

/**
 * Of all sites, and of whether planned work is under way. Sites that nobody watches at present say
 * nothing. What is down counts against what is known; where half of it or more is not known, and
 * nothing is down, there is no word to give.
 */
export function overallState(
  states: readonly SiteState[],
  isMaintenanceUnderWay: boolean,
): OverallState {
  if (states.length === 0) return 'nothing'
  const count = (state: SiteState) => states.filter((one) => one === state).length
  const down = count('down')
  const unknown = count('unknown')
  const known = count('up') + count('maintenance') + down
  if (down > 0) return down * 2 >= known ? 'down' : 'partly'
  if (unknown >= known) return 'unknown'
  if (isMaintenanceUnderWay || count('maintenance') > 0) return 'maintenance'
  return unknown > 0 ? 'up as far as seen' : 'up'
}

export const overallWords: Readonly<Record<OverallState, string>> = {
  up: 'All systems operational',
  'up as far as seen': 'Operational, as far as we can tell',
  partly: 'Partly degraded',
  down: 'Major outage',
  maintenance: 'Under maintenance',
  unknown: 'We cannot tell at the moment',
  nothing: 'Nothing is published yet',
}
