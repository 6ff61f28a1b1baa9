import type { Db } from '#db/connect.ts'
import { latencyOf, latencyPoints } from '#db/latency.ts'
import { fleetUptime } from '#db/uptime.ts'
import { Kept } from '../kept.ts'
import type { Share } from '../status-page/day-bars.ts'
import { evenly } from '../status-page/evenly.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** The stretches of time that badges tell of, as both dialects write them. */
export const badgeDurations = {
  '1h': HOUR_MS,
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
} as const

export type BadgeDuration = keyof typeof badgeDurations

/** `24` is hours, as Uptime Kuma takes it: also 720, which is 30 days. Null: none of those that there are. */
export function badgeDuration(text: string): BadgeDuration | null {
  const hours = /^(\d{1,4})h?$/.exec(text)?.[1]
  const lengthMs = hours === undefined ? null : Number(hours) * HOUR_MS
  const names = Object.keys(badgeDurations) as BadgeDuration[]
  return names.find((name) => name === text || badgeDurations[name] === lengthMs) ?? null
}

export type BadgeFigures = {
  shareOf(siteId: number, duration: BadgeDuration): Promise<Share>
  /** Mean of its checks; null: there were none. */
  meanLatencyMs(siteId: number, duration: BadgeDuration): Promise<number | null>
  /** Medians in equal stretches, the oldest first; null: no checks. */
  medians(siteId: number, duration: BadgeDuration): Promise<readonly (number | null)[]>
}

/** A README is looked at by many: a figure is asked of the database at most once a minute. */
const FIGURE_AGE_MS = 60_000
const FIGURES_MAX = 5_000
const CHART_POINTS = 60

export function badgeFigures(db: Db, nowMs: () => number): BadgeFigures {
  const options = { maxAgeMs: FIGURE_AGE_MS, max: FIGURES_MAX, nowMs }
  const shares = new Kept<Share>(options)
  const latencies = new Kept<number | null>(options)
  const lines = new Kept<readonly (number | null)[]>(options)
  const windowOf = (duration: BadgeDuration) => {
    const toMs = nowMs()
    return { fromMs: toMs - badgeDurations[duration], toMs }
  }
  return {
    shareOf: (siteId, duration) =>
      shares.get(`${siteId} ${duration}`, async () => {
        const [seen] = await fleetUptime(db, { siteIds: [siteId], ...windowOf(duration) })
        return { uptime: seen?.uptime ?? null, coverage: seen?.coverage ?? 0 }
      }),
    meanLatencyMs: (siteId, duration) =>
      latencies.get(`${siteId} ${duration}`, async () => {
        const phases = await latencyOf(db, siteId, windowOf(duration))
        return phases.find(({ phase }) => phase === 'total')?.avgMs ?? null
      }),
    medians: (siteId, duration) =>
      lines.get(`${siteId} ${duration}`, async () => {
        const window = windowOf(duration)
        const points = await latencyPoints(db, siteId, window, CHART_POINTS)
        return evenly(points, window, CHART_POINTS).map((point) => point?.p50Ms ?? null)
      }),
  }
}
