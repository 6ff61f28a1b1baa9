import type { ChosenSite } from '#db/choose-sites.ts'
import type { PhaseLatency } from '#db/latency.ts'
import type { Sla } from '#db/slo.ts'
import type { TimeWindow } from '#db/time-window.ts'
import { percentText } from '#shared/domain/percent.ts'
import { cell, type PaintedCell } from '../painted-table.ts'
import {
  countText,
  instantText,
  msText,
  plainCells,
  siteCells,
  siteColumns,
  siteRecord,
} from './in-words.ts'
import type { Report } from './report.ts'
import { sparkline } from './spark.ts'
import { windowText } from './window.ts'

export type LatencyRow = {
  readonly site: ChosenSite
  readonly phases: readonly PhaseLatency[]
  /** How often it was within its own limit; null: it has none. */
  readonly sla: Sla | null
  /** The 95th percentile of the whole over the window, in even steps; null: no check. */
  readonly curve: readonly (number | null)[]
}

export type LatencySeen = {
  readonly window: TimeWindow
  readonly rows: readonly LatencyRow[]
  readonly siteCount: number
}

const CURVE_WIDTH = 24
const phaseOrder = ['total', 'dns', 'connect', 'tls', 'ttfb'] as const
const phaseWords: Readonly<Record<string, string>> = { total: 'whole', ttfb: 'first byte' }

export const latencyOrders = {
  slowest: (a: LatencyRow, b: LatencyRow) => wholeP95(b) - wholeP95(a),
  fastest: (a: LatencyRow, b: LatencyRow) =>
    (wholeP95(a) < 0 ? Number.MAX_VALUE : wholeP95(a)) -
    (wholeP95(b) < 0 ? Number.MAX_VALUE : wholeP95(b)),
  name: () => 0,
} as const

function wholeP95({ phases }: LatencyRow): number {
  return phases.find(({ phase }) => phase === 'total')?.p95Ms ?? -1
}

/** Percentiles of each phase of each site. Pure. */
export function latencyReport({ window, rows, siteCount }: LatencySeen): Report {
  const hasSla = rows.some(({ sla }) => sla !== null)
  const ordered = rows.map((row) => ({ ...row, phases: inOrder(row.phases) }))
  return {
    title: `Latency from ${windowText(window)}`,
    remarks: ['Of all checks that got as far as the phase, whatever they came to.'],
    sections: [
      {
        title: null,
        ifEmpty: 'There are no checks.',
        table: {
          columns: [
            { title: 'site', align: 'left', shrinks: true },
            { title: 'phase', align: 'left' },
            { title: 'p50', align: 'right' },
            { title: 'p95', align: 'right' },
            { title: 'p99', align: 'right' },
            { title: 'max', align: 'right' },
            { title: 'checks', align: 'right' },
            ...(hasSla ? [{ title: 'within SLA', align: 'right' } as const] : []),
            { title: 'p95 over time', align: 'left' },
          ],
          rows: ordered.flatMap((row) => rowsOf(row, hasSla)),
        },
      },
    ],
    notes:
      rows.length < siteCount
        ? [`${rows.length} of ${countText(siteCount, 'site')}: --limit 0 shows all`]
        : [],
    json: {
      report: 'latency',
      from: instantText(window.fromMs),
      to: instantText(window.toMs),
      sites: ordered.map(({ site, phases, sla }) => ({
        ...siteRecord(site),
        ...slaRecord(sla),
        phases: phases.map(phaseRecord),
      })),
    },
    csv: {
      columns: [...siteColumns, ...Object.keys(slaRecord(null)), ...phaseColumns],
      rows: ordered.flatMap(({ site, phases, sla }) =>
        phases.map((phase) => [
          ...siteCells(site),
          ...plainCells(slaRecord(sla)),
          ...plainCells(phaseRecord(phase)),
        ]),
      ),
    },
  }
}

function inOrder(phases: readonly PhaseLatency[]): readonly PhaseLatency[] {
  return phaseOrder.flatMap((name) => phases.filter(({ phase }) => phase === name))
}

function rowsOf(
  { site, phases, sla, curve }: LatencyRow,
  hasSla: boolean,
): readonly (readonly PaintedCell[])[] {
  return phases.map((phase) => {
    const isWhole = phase.phase === 'total'
    return [
      cell(isWhole ? site.name : '', 'bold'),
      cell(phaseWords[phase.phase] ?? phase.phase, isWhole ? undefined : 'dim'),
      cell(msText(phase.p50Ms)),
      cell(msText(phase.p95Ms)),
      cell(msText(phase.p99Ms)),
      cell(msText(phase.maxMs), 'dim'),
      cell(phase.checks.toLocaleString('en'), 'dim'),
      ...(hasSla ? [isWhole ? slaCell(sla) : cell('')] : []),
      cell(isWhole ? sparkline(curve, CURVE_WIDTH) : ''),
    ]
  })
}

function slaCell(sla: Sla | null): PaintedCell {
  if (sla === null) return cell('')
  const style = sla.metShare === null ? 'dim' : sla.metShare < 1 ? 'yellow' : 'green'
  return cell(`${percentText(sla.metShare)} of ${sla.slaMs} ms`, style)
}

function slaRecord(sla: Sla | null) {
  return {
    sla_ms: sla?.slaMs ?? null,
    sla_checks: sla?.checks ?? null,
    sla_met: sla?.met ?? null,
    sla_met_share: sla?.metShare ?? null,
  }
}

const phaseColumns = ['phase', 'checks', 'avg_ms', 'p50_ms', 'p95_ms', 'p99_ms', 'max_ms'] as const

function phaseRecord(
  phase: PhaseLatency,
): Readonly<Record<(typeof phaseColumns)[number], string | number | null>> {
  return {
    phase: phase.phase,
    checks: phase.checks,
    avg_ms: phase.avgMs,
    p50_ms: phase.p50Ms,
    p95_ms: phase.p95Ms,
    p99_ms: phase.p99Ms,
    max_ms: phase.maxMs,
  }
}
