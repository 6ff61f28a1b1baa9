import type { Mode, Period, Script } from './truth.ts'

/** What a script says of one moment: a period begins at its first millisecond and ends before its last. */
export function modeAt(script: Script, atMs: number): Mode {
  let low = 0
  let high = script.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const period = script[middle]
    if (period === undefined || atMs < period.fromMs) high = middle
    else if (atMs < period.untilMs) return period.mode
    else low = middle + 1
  }
  return 'ok'
}

/** The same script with one period that goes before what was there. */
export function overlay(script: Script, { fromMs, untilMs, mode }: Period): Script {
  if (fromMs >= untilMs) return script
  const before = script.flatMap((period) => cut(period, period.fromMs, fromMs))
  const after = script.flatMap((period) => cut(period, untilMs, period.untilMs))
  return [...before, ...(mode === 'ok' ? [] : [{ fromMs, untilMs, mode }]), ...after]
}

/** The part of a period that is within other bounds; none, or one. */
function cut(period: Period, fromMs: number, untilMs: number): Period[] {
  const first = Math.max(period.fromMs, fromMs)
  const last = Math.min(period.untilMs, untilMs)
  return first < last ? [{ ...period, fromMs: first, untilMs: last }] : []
}
