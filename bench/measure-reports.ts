import { cadenceKept } from '#db/cadence-report.ts'
import type { Db } from '#db/connect.ts'
import { fleetLatency, latencyOf, latencyPoints } from '#db/latency.ts'
import { outageStats } from '#db/outage-report.ts'
import { slaOf, sloOf } from '#db/slo.ts'
import { dayBars, fleetUptime, uptimeOf } from '#db/uptime.ts'
import { DAY_MS, type HistoryShape } from './history/history-shape.ts'
import { type Measure, timed } from './timed.ts'

const CHART_POINTS = 240

/** The shipped functions, as reports, charts and pages ask them: up to the moment at which the history ends, in the midst of an hour. */
export async function measureReports(
  db: Db,
  { sites, publishedSites, nowMs }: HistoryShape,
): Promise<readonly Measure[]> {
  const last = (days: number) => ({ fromMs: nowMs - days * DAY_MS, toMs: nowMs })
  /** Another site each time. */
  const site = (run: number) => 1 + ((run * 379) % sites)
  const published = Array.from({ length: publishedSites }, (_, index) => index + 1)
  const fleet = `of ${sites} sites`
  return [
    await timed(`uptime of 30 days ${fleet}`, 1_000, () => fleetUptime(db, last(30))),
    await timed(`uptime of 365 days ${fleet}`, 1_000, () => fleetUptime(db, last(365))),
    await timed(`latency of 30 days ${fleet}`, 1_000, () => fleetLatency(db, last(30))),
    await timed(`outages of 30 days ${fleet}`, 1_000, () => outageStats(db, last(30))),
    await timed(`error budgets of 30 days ${fleet}`, 1_000, () => sloOf(db, last(30))),
    await timed(`SLA kept in 30 days ${fleet}`, 1_000, () => slaOf(db, last(30))),
    await timed(`cadence kept in 30 days ${fleet}`, 1_000, () => cadenceKept(db, last(30))),
    await timed("a site's 24-hour chart", 100, (run) =>
      latencyPoints(db, site(run), last(1), CHART_POINTS),
    ),
    await timed("a site's 24-hour percentiles", 100, (run) => latencyOf(db, site(run), last(1))),
    await timed("a site's uptime of 24 hours", 100, (run) => uptimeOf(db, site(run), last(1))),
    await timed("a site's 30-day chart", null, (run) =>
      latencyPoints(db, site(run), last(30), CHART_POINTS),
    ),
    await timed("a site's 90-day chart", null, (run) =>
      latencyPoints(db, site(run), last(90), CHART_POINTS),
    ),
    await timed("a site's uptime of 90 days", null, (run) => uptimeOf(db, site(run), last(90))),
    await timed(`90 daily bars of ${publishedSites} sites`, null, () => dayBars(db, published, 90)),
  ]
}
