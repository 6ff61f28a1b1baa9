import type { Db } from '#db/connect.ts'
import { latencyPoints } from '#db/latency.ts'
import { readLatencyMedians } from '#db/latency-medians.ts'
import { readPublishedOutages, readPublishedSites } from '#db/published-sites.ts'
import { readPublishedIncidents, readPublishedMaintenance } from '#db/published-words.ts'
import { dayBars, fleetUptime } from '#db/uptime.ts'
import { Kept } from '../kept.ts'
import { assembleFacts, outageFacts } from './assemble-facts.ts'
import type { Day } from './day-bars.ts'
import { evenly } from './evenly.ts'
import type { SiteDetails } from './site-page.ts'
import type { SiteFacts, StatusFacts } from './status-facts.ts'

const DAYS_SHOWN = 90
/** For how long past outages and incidents stay, and how far ahead plans are told. */
const DAYS_OF_WORDS = 14
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const SPARK_POINTS = 48
const CHART_POINTS = 48
/** Bars of ninety days and lines of a day change slowly, and cost more to read than all else. */
const DAYS_AGE_MS = 20_000
const LINES_AGE_MS = 300_000

const windows = [
  ['24 hours', DAY_MS],
  ['7 days', 7 * DAY_MS],
  ['30 days', 30 * DAY_MS],
  ['90 days', 90 * DAY_MS],
] as const

export type StatusReader = {
  readFacts(): Promise<StatusFacts>
  readDetails(site: SiteFacts): Promise<SiteDetails>
}

/** Asks the database for what is told in public, and for nothing else. */
export function statusReader(db: Db, title: string, nowMs: () => number): StatusReader {
  const keptDays = new Kept<ReadonlyMap<number, readonly Day[]>>({
    maxAgeMs: DAYS_AGE_MS,
    max: 1,
    nowMs,
  })
  const keptLines = new Kept<ReadonlyMap<number, readonly (number | null)[]>>({
    maxAgeMs: LINES_AGE_MS,
    max: 1,
    nowMs,
  })
  return {
    async readFacts() {
      const { nowMs: asOfMs, sites, left } = await readPublishedSites(db)
      const siteIds = sites.map(({ siteId }) => siteId)
      const same = siteIds.join()
      const [outages, incidents, maintenance, days, latencies] = await Promise.all([
        readPublishedOutages(db, siteIds, DAYS_OF_WORDS),
        readPublishedIncidents(db, DAYS_OF_WORDS),
        readPublishedMaintenance(db, DAYS_OF_WORDS),
        keptDays.get(same, () => readDays(db, siteIds)),
        keptLines.get(same, () => readLines(db, siteIds, asOfMs)),
      ])
      const rows = { nowMs: asOfMs, sites, left, outages, incidents, maintenance, days, latencies }
      return assembleFacts(rows, title)
    },
    readDetails: (site) => readDetails(db, site, nowMs()),
  }
}

async function readDays(
  db: Db,
  siteIds: readonly number[],
): Promise<ReadonlyMap<number, readonly Day[]>> {
  const days = siteIds.length === 0 ? [] : await dayBars(db, siteIds, DAYS_SHOWN)
  return Map.groupBy(days, ({ siteId }) => siteId)
}

async function readLines(
  db: Db,
  siteIds: readonly number[],
  nowMs: number,
): Promise<ReadonlyMap<number, readonly (number | null)[]>> {
  const window = { fromMs: nowMs - DAY_MS, toMs: nowMs }
  const medians = await readLatencyMedians(db, siteIds, window, SPARK_POINTS)
  const bySite = Map.groupBy(medians, ({ siteId }) => siteId)
  return new Map(
    [...bySite].map(([siteId, points]) => [
      siteId,
      evenly(points, window, SPARK_POINTS).map((point) => point?.p50Ms ?? null),
    ]),
  )
}

async function readDetails(db: Db, site: SiteFacts, nowMs: number): Promise<SiteDetails> {
  const siteIds = [site.siteId]
  const day = { fromMs: nowMs - DAY_MS, toMs: nowMs }
  const [points, outages, shares] = await Promise.all([
    latencyPoints(db, site.siteId, day, CHART_POINTS),
    readPublishedOutages(db, siteIds, DAYS_SHOWN),
    Promise.all(
      windows.map(async ([name, lengthMs]) => {
        const [seen] = await fleetUptime(db, { siteIds, fromMs: nowMs - lengthMs, toMs: nowMs })
        return { name, share: { uptime: seen?.uptime ?? null, coverage: seen?.coverage ?? 0 } }
      }),
    ),
  ])
  return {
    asOfMs: nowMs,
    windows: shares,
    points: evenly(points, day, CHART_POINTS).map((point, index) => ({
      atMs: day.fromMs + (index * DAY_MS) / CHART_POINTS,
      p50Ms: point?.p50Ms ?? null,
      p95Ms: point?.p95Ms ?? null,
    })),
    outages: outageFacts(outages, new Map([[site.siteId, { slug: site.slug, name: site.name }]])),
  }
}
