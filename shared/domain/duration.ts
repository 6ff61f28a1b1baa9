const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/**
 * A duration as people say it: `45s`, `12m`, `3h 05m`, `2d 4h`. Rounded down, so that nothing is
 * said to have lasted longer than it did; below a second, and below zero, it is `0s`.
 */
export function humanDuration(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.max(0, Math.floor(ms / SECOND_MS))}s`
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)}m`
  if (ms < DAY_MS) {
    const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS)
    return `${Math.floor(ms / HOUR_MS)}h ${String(minutes).padStart(2, '0')}m`
  }
  return `${Math.floor(ms / DAY_MS)}d ${Math.floor((ms % DAY_MS) / HOUR_MS)}h`
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
}
const DURATION = /^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|[smhdw]))+$/
const DURATION_PART = /([\d.]+)(ms|[smhdw])/g
const DURATION_TEXT_MAX = 50

/** Milliseconds of `300ms`, `2s`, `1h30m`, `1.5h`, `14d`, `2w`; null when it is no such text. */
export function parseDuration(text: string): number | null {
  if (text.length > DURATION_TEXT_MAX || !DURATION.test(text)) return null
  return [...text.matchAll(DURATION_PART)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (UNIT_MS[unit] ?? 0),
    0,
  )
}
