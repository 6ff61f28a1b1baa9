import type { DayBar } from '#db/uptime.ts'
import type { Style } from '../paint.ts'
import type { Part } from '../painted-table.ts'

/** From a little to all: also told apart without colour. */
const HEIGHTS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const
/** The highest two are left out: what was down for a moment must not look as if it never was. */
const FLAWED_HEIGHTS = 6
const UNOBSERVED = '·'
const HARDLY_OBSERVED = '░'

/** A stretch of time, in seconds of each sort; of the unknown ones, `unwatchedS` were not to be known. */
export type Stretch = Pick<DayBar, 'upS' | 'downS' | 'unknownS' | 'unwatchedS'>

/**
 * One character for a stretch: lower the more of it was down, and at full height only where nothing was
 * down that was observed, which must be half of what should have been. A shade where it is less, and a dot
 * where nothing was observed. Pure.
 */
export function stretchGlyph({ upS, downS, unknownS, unwatchedS }: Stretch): string {
  const observedS = upS + downS
  if (observedS <= 0) return UNOBSERVED
  if (downS > 0) return HEIGHTS[Math.floor((upS / observedS) * FLAWED_HEIGHTS)] ?? HEIGHTS[0]
  return observedS < unknownS - unwatchedS ? HARDLY_OBSERVED : '█'
}

/**
 * At most `width` characters, each for as many stretches as it takes. Green where nothing of it was down,
 * red where at least half of what was observed was, and yellow in between. Pure.
 */
export function stretchBar(stretches: readonly Stretch[], width: number): readonly Part[] {
  return grouped(stretches, width).map((group) => {
    const whole = {
      upS: total(group, 'upS'),
      downS: total(group, 'downS'),
      unknownS: total(group, 'unknownS'),
      unwatchedS: total(group, 'unwatchedS'),
    }
    return { text: stretchGlyph(whole), style: stretchStyle(whole) }
  })
}

function stretchStyle({ upS, downS }: Stretch): Style {
  if (upS + downS <= 0) return 'dim'
  if (downS <= 0) return 'green'
  return downS >= upS ? 'red' : 'yellow'
}

/** A curve of values in `width` characters at most, from zero to the highest; a dot where nothing is known. Pure. */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const points = grouped(values, width).map((group) => {
    const known = group.filter((value) => value !== null)
    return known.length === 0 ? null : Math.max(...known)
  })
  const highest = Math.max(0, ...points.map((value) => value ?? 0))
  return points
    .map((value) => {
      if (value === null) return UNOBSERVED
      if (highest === 0) return HEIGHTS[0]
      return HEIGHTS[Math.round((value / highest) * (HEIGHTS.length - 1))] ?? HEIGHTS[0]
    })
    .join('')
}

/** A part of a whole as a bar of `width` characters. Nothing and the whole are said of nothing else. Pure. */
export function shareBar(share: number, width: number): string {
  const within = Math.min(1, Math.max(0, share))
  const least = within > 0 ? 1 : 0
  const most = within < 1 ? width - 1 : width
  const filled = Math.min(most, Math.max(least, Math.round(within * width)))
  return '█'.repeat(filled) + '░'.repeat(width - filled)
}

function grouped<T>(items: readonly T[], width: number): readonly (readonly T[])[] {
  const size = Math.max(1, Math.ceil(items.length / Math.max(1, width)))
  const count = Math.ceil(items.length / size)
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size))
}

function total(stretches: readonly Stretch[], key: keyof Stretch): number {
  return stretches.reduce((sum, stretch) => sum + stretch[key], 0)
}
