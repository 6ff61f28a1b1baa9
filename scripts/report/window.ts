import type { TimeWindow } from '#db/time-window.ts'
import { parseCalendarTime } from '#shared/domain/calendar-day.ts'
import { parseDuration } from '#shared/domain/duration.ts'

export type WindowWish = {
  readonly since: string | null
  readonly from: string | null
  readonly to: string | null
}

export type WindowReading = {
  readonly window: TimeWindow | null
  readonly problems: readonly string[]
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const WINDOW_MAX_MS = 10 * 366 * DAY_MS

const DAY = /^\d{4}-\d\d-\d\d$/
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/

/**
 * Which window is meant. `since` counts back from now, and begins at a full minute, hour or (of 60 days and
 * more) UTC day: old data is kept by the hour and by the day, and a window that begins within one would not be
 * known exactly. `from` and `to` are days, which begin at midnight UTC, or instants with their zone; `to` is
 * now where it is left out. Pure.
 */
export function readWindow(wish: WindowWish, defaultSince: string, nowMs: number): WindowReading {
  if (wish.from === null && wish.to !== null) return refused('--to: needs --from')
  if (wish.from === null) return sinceWindow(wish.since ?? defaultSince, nowMs)
  if (wish.since !== null) return refused('--since and --from: leave one')
  const fromMs = readInstant(wish.from)
  const toMs = wish.to === null ? nowMs : readInstant(wish.to)
  const problems = [
    ...(fromMs === null ? [instantProblem('--from', wish.from)] : []),
    ...(toMs === null ? [instantProblem('--to', wish.to ?? '')] : []),
  ]
  if (fromMs === null || toMs === null) return { window: null, problems }
  return checked({ fromMs, toMs })
}

function sinceWindow(since: string, nowMs: number): WindowReading {
  const ms = parseDuration(since)
  if (ms === null || ms <= 0) {
    return refused(`--since: ${JSON.stringify(since)} must be a duration: 12h, 7d, 2w`)
  }
  const unitMs = ms >= 60 * DAY_MS ? DAY_MS : ms >= 2 * DAY_MS ? HOUR_MS : MINUTE_MS
  return checked({ fromMs: Math.floor((nowMs - ms) / unitMs) * unitMs, toMs: nowMs })
}

function checked(window: TimeWindow): WindowReading {
  if (window.fromMs >= window.toMs) return refused('--from: must be before --to, and in the past')
  if (window.toMs - window.fromMs > WINDOW_MAX_MS) return refused('at most 10 years at once')
  return { window, problems: [] }
}

function refused(problem: string): WindowReading {
  return { window: null, problems: [problem] }
}

function readInstant(text: string): number | null {
  return DAY.test(text) || INSTANT.test(text) ? parseCalendarTime(text) : null
}

function instantProblem(option: string, text: string): string {
  return `${option}: ${JSON.stringify(text)} must be a day, 2026-03-01 (UTC), or an instant with its zone, 2026-03-01T12:00Z`
}

/** `2026-03-01 00:00 to 2026-03-08 12:30 UTC`. Pure. */
export function windowText({ fromMs, toMs }: TimeWindow): string {
  return `${minuteText(fromMs)} to ${minuteText(toMs)} UTC`
}

/** `2026-03-01 00:00`, in UTC. Pure. */
export function minuteText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}
