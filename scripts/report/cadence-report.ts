import type { CadenceKept, CadenceTotals } from '#db/cadence-report.ts'
import type { ChosenSite } from '#db/choose-sites.ts'
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
import type { Report, Section } from './report.ts'
import { windowText } from './window.ts'

/** How well the slots of a site, or of a cadence, were kept. */
type Kept = Omit<CadenceKept, 'siteId'>

export type CadenceRow = { readonly site: ChosenSite; readonly kept: Kept }

export type CadenceSeen = {
  readonly window: TimeWindow
  /** Of all sites there are; null where only some are meant. */
  readonly totals: readonly CadenceTotals[] | null
  /** Shown or not, in their order. */
  readonly rows: readonly CadenceRow[]
  readonly limit: number
}

export const cadenceOrders = {
  worst: (a: CadenceRow, b: CadenceRow) =>
    (a.kept.kept ?? 2) - (b.kept.kept ?? 2) || b.kept.missed - a.kept.missed,
  latest: (a: CadenceRow, b: CadenceRow) => (b.kept.lateP99Ms ?? -1) - (a.kept.lateP99Ms ?? -1),
  name: () => 0,
} as const

const keptColumns = [
  { title: 'expected', align: 'right' },
  { title: 'missed', align: 'right' },
  { title: 'kept', align: 'right' },
  { title: 'late p50', align: 'right' },
  { title: 'late p99', align: 'right' },
] as const

/** Whether checks were made when they were due. Pure. */
export function cadenceReport({ window, totals, rows, limit }: CadenceSeen): Report {
  const shown = rows.slice(0, limit)
  return {
    title: `Cadence from ${windowText(window)}`,
    remarks: [
      'A slot is kept when its check was made, whatever it came to. Late: from slot to start.',
    ],
    sections: [...(totals === null ? [] : [cadenceSection(totals)]), siteSection(shown)],
    notes:
      shown.length < rows.length
        ? [`${shown.length} of ${countText(rows.length, 'site')}: --limit 0 shows all`]
        : [],
    json: {
      report: 'cadence',
      from: instantText(window.fromMs),
      to: instantText(window.toMs),
      cadences: totals?.map((total) => ({ sites: total.sites, ...keptRecord(total) })) ?? null,
      sites: shown.map(({ site, kept }) => ({ ...siteRecord(site), ...keptRecord(kept) })),
    },
    csv: {
      columns: [...siteColumns, ...keptFields],
      rows: shown.map(({ site, kept }) => [...siteCells(site), ...plainCells(keptRecord(kept))]),
    },
  }
}

function cadenceSection(totals: readonly CadenceTotals[]): Section {
  return {
    title: 'By cadence',
    ifEmpty: 'Nothing was due.',
    table: {
      columns: [
        { title: 'cadence', align: 'left' },
        { title: 'sites', align: 'right' },
        ...keptColumns,
      ],
      rows: totals.map((total) => [
        cell(total.cadence),
        cell(total.sites.toLocaleString('en')),
        ...keptCells(total),
      ]),
    },
  }
}

function siteSection(shown: readonly CadenceRow[]): Section {
  return {
    title: 'By site',
    ifEmpty: 'There are no sites.',
    table: {
      columns: [
        { title: 'site', align: 'left', shrinks: true },
        { title: 'cadence', align: 'left' },
        ...keptColumns,
      ],
      rows: shown.map(({ site, kept }) => [
        cell(site.name),
        cell(kept.cadence, 'dim'),
        ...keptCells(kept),
      ]),
    },
  }
}

function keptCells({ expected, missed, kept, lateP50Ms, lateP99Ms }: Kept): readonly PaintedCell[] {
  return [
    cell(expected.toLocaleString('en')),
    cell(missed.toLocaleString('en'), missed > 0 ? 'red' : 'dim'),
    cell(percentText(kept), kept === null ? 'dim' : kept < 1 ? 'yellow' : 'green'),
    cell(msText(lateP50Ms)),
    cell(msText(lateP99Ms)),
  ]
}

const keptFields = [
  'cadence',
  'cadence_s',
  'expected',
  'made',
  'missed',
  'kept',
  'late_p50_ms',
  'late_p99_ms',
] as const

function keptRecord(
  kept: Kept,
): Readonly<Record<(typeof keptFields)[number], string | number | null>> {
  return {
    cadence: kept.cadence,
    cadence_s: kept.cadenceS,
    expected: kept.expected,
    made: kept.made,
    missed: kept.missed,
    kept: kept.kept,
    late_p50_ms: kept.lateP50Ms,
    late_p99_ms: kept.lateP99Ms,
  }
}
