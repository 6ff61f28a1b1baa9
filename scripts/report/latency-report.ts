import type { ChosenSite } from '#db/choose-sites.ts'
import { cell, type PaintedCell } from '../painted-table.ts'
import { countText, instantText, msText, siteCells, siteColumns, siteRecord } from './in-words.ts'
import type { Report } from './report.ts'
import { sparkline } from './spark.ts'
import { type Window, windowText } from './window.ts'

/** Of the checks that reached a phase, how long it took. */
export type PhaseLatency = {
  /** `dns`, `connect`, `tls`, `ttfb`, or `total`. */
  readonly phase: string
  readonly checks: number
  readonly avgMs: number | null
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  readonly maxMs: number | null
}

export type LatencyRow = {
  readonly site: ChosenSite
  readonly phases: readonly PhaseLatency[]
  /** The 95th percentile of the whole over the window, in even steps; null: no check. */
  readonly curve: readonly (number | null)[]
}

export type LatencySeen = {
  readonly window: Window
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
  const ordered = rows.map((row) => ({ ...row, phases: inOrder(row.phases) }))
  return {
    title: `Latency from ${windowText(window)}`,
    remarks: ['Of all checks that reached the phase; a first byte is waited for once connected.'],
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
            { title: 'most', align: 'right' },
            { title: 'checks', align: 'right' },
            { title: 'p95 over time', align: 'left' },
          ],
          rows: ordered.flatMap(rowsOf),
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
      sites: ordered.map(({ site, phases }) => ({
        ...siteRecord(site),
        phases: phases.map(phaseRecord),
      })),
    },
    csv: {
      columns: [...siteColumns, ...phaseColumns],
      rows: ordered.flatMap(({ site, phases }) =>
        phases.map((phase) => [...siteCells(site), ...Object.values(phaseRecord(phase))]),
      ),
    },
  }
}

function inOrder(phases: readonly PhaseLatency[]): readonly PhaseLatency[] {
  return phaseOrder.flatMap((name) => phases.filter(({ phase }) => phase === name))
}

function rowsOf({ site, phases, curve }: LatencyRow): readonly (readonly PaintedCell[])[] {
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
      cell(isWhole ? sparkline(curve, CURVE_WIDTH) : ''),
    ]
  })
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
