import { cadenceKept, cadenceTotals } from '#db/cadence-report.ts'
import type { ChosenSite } from '#db/choose-sites.ts'
import { fleetLatency, latencyOf, latencyPoints } from '#db/latency.ts'
import { outageStats } from '#db/outage-report.ts'
import { slaOf, sloOf } from '#db/slo.ts'
import { accountingPolicies, dayBars, fleetUptime } from '#db/uptime.ts'
import { suggestion } from '#shared/domain/nearest-name.ts'
import { cadenceOrders, cadenceReport } from './cadence-report.ts'
import { type LatencyRow, latencyOrders, latencyReport } from './latency-report.ts'
import { outageStatsReport, statsOrders } from './outage-stats-report.ts'
import type { ReportTopic } from './report-shape.ts'
import type { Made, ReportRequest } from './run-report.ts'
import { sloOrders, sloReport } from './slo-report.ts'
import type { Stretch } from './spark.ts'
import { type Policy, uptimeOrders, uptimeReport } from './uptime-report.ts'

const DAY_MS = 24 * 3_600_000
const CURVE_POINTS = 24
const DEFAULT_POLICY = 'observed'

/** Asks the database for what a report shows. */
export const makeReport: Readonly<Record<ReportTopic, (request: ReportRequest) => Promise<Made>>> =
  {
    uptime: makeUptime,
    latency: makeLatency,
    outages: makeOutageStats,
    slo: makeSlo,
    cadence: makeCadence,
  }

async function makeUptime(request: ReportRequest): Promise<Made> {
  const { db, window, output, columns } = request
  const policy = await policyOf(request)
  if ('outcome' in policy) return policy
  const accounts = await fleetUptime(db, { ...window, policy: policy.name, ...idsOf(request) })
  const rows = joined(request, accounts, (site, account) => ({ site, account, days: [] }))
  const shown = rows.toSorted(orderOf(request, uptimeOrders)).slice(0, output.limit)
  const isForPeople = output.format === 'table' || output.format === 'md'
  const days = isForPeople ? await daysOf(request, shown) : new Map<number, readonly Stretch[]>()
  const report = uptimeReport({
    window,
    policy,
    rows: shown.map((row) => ({ ...row, days: days.get(row.site.siteId) ?? [] })),
    all: rows.map(({ account }) => account),
    columns,
  })
  return { outcome: 'made', report }
}

/** Whole days (UTC) are asked for: those at the ends of the window may reach beyond it. */
async function daysOf(
  { db, window, nowMs }: ReportRequest,
  rows: readonly { readonly site: ChosenSite }[],
): Promise<ReadonlyMap<number, readonly Stretch[]>> {
  const firstDay = Math.floor(window.fromMs / DAY_MS)
  const count = Math.floor(nowMs / DAY_MS) - firstDay + 1
  if (count < 1 || rows.length === 0) return new Map()
  const siteIds = rows.map(({ site }) => site.siteId)
  const bars = await dayBars(db, siteIds, count)
  const within = bars.filter(({ day }) => Date.parse(day) < window.toMs)
  return Map.groupBy(within, ({ siteId }) => siteId)
}

async function makeLatency(request: ReportRequest): Promise<Made> {
  const { db, window, output } = request
  const wholes = await fleetLatency(db, window, idsOf(request).siteIds ?? null)
  const found = joined(request, wholes, (site, whole) => ({
    site,
    phases: [{ ...whole, phase: 'total' as const }],
    sla: null,
    curve: [],
  }))
  const shown = found.toSorted(orderOf(request, latencyOrders)).slice(0, output.limit)
  const slas = await slaOf(db, window, idsOf(request).siteIds ?? null)
  const rows: LatencyRow[] = []
  for (const { site } of shown) {
    const sla = slas.find(({ siteId }) => siteId === site.siteId) ?? null
    const phases = await latencyOf(db, site.siteId, window)
    rows.push({ site, phases, sla, curve: await curveOf(request, site.siteId) })
  }
  return { outcome: 'made', report: latencyReport({ window, rows, siteCount: found.length }) }
}

/** Parts of the window of which nothing is known are gaps. */
async function curveOf({ db, window, output }: ReportRequest, siteId: number) {
  if (output.format !== 'table' && output.format !== 'md') return []
  const points = await latencyPoints(db, siteId, window, CURVE_POINTS)
  const partMs = (window.toMs - window.fromMs) / CURVE_POINTS
  const byPart = new Map(
    points.map(({ atMs, p95Ms }) => [Math.round((atMs - window.fromMs) / partMs), p95Ms]),
  )
  return Array.from({ length: CURVE_POINTS }, (_, part) => byPart.get(part) ?? null)
}

async function makeOutageStats(request: ReportRequest): Promise<Made> {
  const { db, window, output, chosen } = request
  const stats = await outageStats(db, window, idsOf(request).siteIds ?? null)
  const down = stats.filter(({ outages, downS, open }) => outages > 0 || downS > 0 || open)
  const rows = joined(request, down, (site, one) => ({ site, stats: one }))
  const report = outageStatsReport({
    window,
    rows: rows.toSorted(orderOf(request, statsOrders)),
    limit: output.limit,
    siteCount: chosen.length,
  })
  return { outcome: 'made', report }
}

async function makeSlo(request: ReportRequest): Promise<Made> {
  const { db, window, output } = request
  const policy = await policyOf(request)
  if ('outcome' in policy) return policy
  const objectives = await sloOf(db, window, policy.name, idsOf(request).siteIds ?? null)
  const rows = joined(request, objectives, (site, objective) => ({ site, objective }))
  const sorted = rows.toSorted(orderOf(request, sloOrders))
  return {
    outcome: 'made',
    report: sloReport({ window, policy, rows: sorted, limit: output.limit }),
  }
}

async function makeCadence(request: ReportRequest): Promise<Made> {
  const { db, window, output } = request
  const { siteIds = null } = idsOf(request)
  const kept = await cadenceKept(db, window, siteIds)
  const totals = siteIds === null ? await cadenceTotals(db, window) : null
  const rows = joined(request, kept, (site, one) => ({ site, kept: one }))
  const sorted = rows.toSorted(orderOf(request, cadenceOrders))
  return {
    outcome: 'made',
    report: cadenceReport({ window, totals, rows: sorted, limit: output.limit }),
  }
}

/** The policy that was asked for, or why there is none. */
async function policyOf({
  db,
  said,
}: ReportRequest): Promise<Policy | Extract<Made, { outcome: 'refused' }>> {
  const wanted = said.text('policy') ?? DEFAULT_POLICY
  const policies = await accountingPolicies(db)
  const names = policies.map(({ name }) => name)
  return (
    policies.find(({ name }) => name === wanted) ?? {
      outcome: 'refused',
      problem: `there is no policy ${JSON.stringify(wanted)}${suggestion(wanted, names)} (there are ${names.join(', ')})`,
    }
  )
}

/** The sites that were asked for; nothing where all are meant. */
function idsOf({ sites, tags, chosen }: ReportRequest): { readonly siteIds?: readonly number[] } {
  if (sites.length === 0 && tags.length === 0) return {}
  return { siteIds: chosen.map(({ siteId }) => siteId) }
}

/** By the name of the site: what has another order keeps this one among equals. */
function joined<Figures extends { readonly siteId: number }, Row>(
  { chosen }: ReportRequest,
  figures: readonly Figures[],
  rowOf: (site: ChosenSite, one: Figures) => Row,
): readonly Row[] {
  const bySite = new Map(figures.map((one) => [one.siteId, one]))
  return chosen.flatMap((site) => {
    const one = bySite.get(site.siteId)
    return one === undefined ? [] : [rowOf(site, one)]
  })
}

type Order<Row> = (a: Row, b: Row) => number

/** The first order is the usual one. */
function orderOf<Row>(
  { said }: ReportRequest,
  orders: Readonly<Record<string, Order<Row>>>,
): Order<Row> {
  const [usual = () => 0] = Object.values(orders)
  return orders[said.text('sort') ?? ''] ?? usual
}
