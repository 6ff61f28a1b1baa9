import { humanDuration } from '#shared/domain/duration.ts'
import { percentText } from '#shared/domain/percent.ts'

/** One day of a site (UTC) in seconds: up + down + unknown is the day, of today what has passed of it. */
export type Day = {
  /** `2026-11-25` */
  readonly day: string
  readonly upS: number
  readonly downS: number
  readonly unknownS: number
}

/** How a day is drawn, without a colour: how high, and how much of its foot is marked. */
export type DayShape = {
  /** Of four parts of the day, how many were observed, rounded up; 4: all of it, but for a hundredth. */
  readonly observed: 0 | 1 | 2 | 3 | 4
  /** 0: no downtime was seen; 4: half of what was observed, or more. */
  readonly down: 0 | 1 | 2 | 3 | 4
}

const NEARLY_ALL = 0.99
const DOWN_STEPS = [0.02, 0.15, 0.5] as const

export function dayShape({ upS, downS, unknownS }: Day): DayShape {
  const observedS = upS + downS
  if (observedS <= 0) return { observed: 0, down: 0 }
  return {
    observed: observedLevel(observedS / (observedS + unknownS)),
    down: downS <= 0 ? 0 : downLevel(downS / observedS),
  }
}

function observedLevel(share: number): 1 | 2 | 3 | 4 {
  if (share >= NEARLY_ALL) return 4
  if (share > 0.5) return 3
  return share > 0.25 ? 2 : 1
}

function downLevel(share: number): 1 | 2 | 3 | 4 {
  const [little, some, much] = DOWN_STEPS
  if (share < little) return 1
  if (share < some) return 2
  return share < much ? 3 : 4
}

/** `No downtime seen. All of it observed.` */
export function dayText({ upS, downS, unknownS }: Day): string {
  const observedS = upS + downS
  if (observedS <= 0) return 'Not observed.'
  const downtime =
    downS <= 0
      ? 'No downtime seen.'
      : `Down for ${humanDuration(downS * 1000)}, up ${percentText(upS / observedS)} of the time observed.`
  const observed =
    unknownS <= 0
      ? 'All of it observed.'
      : `Observed: ${coverageText(observedS / (observedS + unknownS))}.`
  return `${downtime} ${observed}`
}

/** Of a stretch of days: uptime of what was observed, and how much of it all that was. */
export type Share = {
  /** 0 to 1; null: nothing was observed. */
  readonly uptime: number | null
  /** 0 to 1. */
  readonly coverage: number
}

export function shareOf(days: readonly Day[]): Share {
  const sum = (of: (day: Day) => number) => days.reduce((all, day) => all + of(day), 0)
  const upS = sum((day) => day.upS)
  const downS = sum((day) => day.downS)
  const windowS = upS + downS + sum((day) => day.unknownS)
  return {
    uptime: upS + downS > 0 ? upS / (upS + downS) : null,
    coverage: windowS > 0 ? (upS + downS) / windowS : 0,
  }
}

/** How much was observed, to a tenth of a per cent and never rounded up: `78.5 %`. */
export function coverageText(share: number): string {
  if (share >= 1) return '100 %'
  return `${Math.floor(Math.max(0, share) * 1_000 + 1e-7) / 10} %`
}

/** What the bars show, for who does not see them. */
export function daysText(shapes: readonly DayShape[]): string {
  const down = shapes.filter((shape) => shape.down > 0).length
  const none = shapes.filter((shape) => shape.observed === 0).length
  const partly = shapes.filter((shape) => shape.observed > 0 && shape.observed < 4).length
  const parts = [
    down === 0 ? 'no downtime seen' : `downtime on ${down}`,
    ...(partly > 0 ? [`${partly} observed in part`] : []),
    ...(none > 0 ? [`${none} not observed`] : []),
  ]
  return `Last ${shapes.length} days: ${parts.join(', ')}.`
}
