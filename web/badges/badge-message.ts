import { percentText } from '#shared/domain/percent.ts'
import { coverageText, type Share } from '../status-page/day-bars.ts'
import type { SiteState } from '../status-page/site-state.ts'
import { latencyText } from '../status-page/sparkline.ts'
import { badgeColours, responseColour, uptimeColour } from './badge-colours.ts'

/** The right side of a badge. */
export type BadgeMessage = {
  readonly message: string
  readonly colour: string
  readonly note: string | null
}

/** For whatever is not published, not there, not known or not understood: all alike. */
export const notAvailable: BadgeMessage = {
  message: 'N/A',
  colour: badgeColours.unknown,
  note: null,
}

const states: Readonly<Record<SiteState, Omit<BadgeMessage, 'note'>>> = {
  up: { message: 'up', colour: badgeColours.up },
  down: { message: 'down', colour: badgeColours.down },
  maintenance: { message: 'maintenance', colour: badgeColours.maintenance },
  unknown: { message: '?', colour: badgeColours.unknown },
  paused: { message: 'paused', colour: badgeColours.unknown },
}

export function stateMessage(state: SiteState): BadgeMessage {
  return { ...states[state], note: state === 'unknown' ? 'not observed lately' : null }
}

/** Of time of which less was observed, the share itself says how much that was. */
const COVERAGE_SAID_BELOW = 0.9

export function uptimeMessage({ uptime, coverage }: Share): BadgeMessage {
  if (uptime === null) return notAvailable
  const seen = coverageText(coverage)
  const share = percentText(uptime).replace(' ', '')
  return {
    message: coverage < COVERAGE_SAID_BELOW ? `${share} (${seen.replace(' ', '')} seen)` : share,
    colour: uptimeColour(uptime),
    note: `${seen} of the time observed`,
  }
}

export function latencyMessage(meanMs: number | null): BadgeMessage {
  if (meanMs === null) return notAvailable
  return { message: latencyText(meanMs), colour: responseColour(meanMs), note: null }
}
