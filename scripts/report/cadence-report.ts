import type { ChosenSite } from '#db/choose-sites.ts'
import { percentText } from '#shared/domain/percent.ts'
import { cell, type PaintedCell } from '../painted-table.ts'
import { countText, instantText, msText, siteCells, siteColumns, siteRecord } from './in-words.ts'
import type { Report } from './report.ts'
import { type Window, windowText } from './window.ts'

/** How well the slots of a site, or of a cadence, were kept. */
export type Kept = {
  /** Slots that were due by now. */
  readonly expected: number
  readonly made: number
  readonly missed: number
  /** A share of 0 to 1; null: none was due. */
  readonly kept: number | null
  /** From the slot to the beginning of its check. */
  readonly lateP50Ms: number | null
  readonly lateP99Ms: number | null
}

export type CadenceRow = {
  readonly site: ChosenSite
  readonly cadenceS: number
  readonly kept: Kept
}

export type CadenceTotal = { readonly cadence: string; readonly sites: number; readonly kept: Kept }

export type CadenceSeen = {
  readonly window: Window
  readonly totals: readonly CadenceTotal[]
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
    sections: [
      {
        title: 'By cadence',
        ifEmpty: 'Nothing was due.',
        table: {
          columns: [
            { title: 'cadence', align: 'left' },
            { title: 'sites', align: 'right' },
            ...keptColumns,
          ],
          rows: totals.map(({ cadence, sites, kept }) => [
            cell(cadence),
            cell(sites.toLocaleString('en')),
            ...keptCells(kept),
          ]),
        },
      },
      {
        title: 'By site',
        ifEmpty: 'There are no sites.',
        table: {
          columns: [
            { title: 'site', align: 'left', shrinks: true },
            { title: 'every', align: 'right' },
            ...keptColumns,
          ],
          rows: shown.map(({ site, cadenceS, kept }) => [
            cell(site.name),
            cell(`${cadenceS} s`, 'dim'),
            ...keptCells(kept),
          ]),
        },
      },
    ],
    notes:
      shown.length < rows.length
        ? [`${shown.length} of ${countText(rows.length, 'site')}: --limit 0 shows all`]
        : [],
    json: {
      report: 'cadence',
      from: instantText(window.fromMs),
      to: instantText(window.toMs),
      cadences: totals.map(({ cadence, sites, kept }) => ({ cadence, sites, ...keptRecord(kept) })),
      sites: shown.map(({ site, cadenceS, kept }) => ({
        ...siteRecord(site),
        cadence_s: cadenceS,
        ...keptRecord(kept),
      })),
    },
    csv: {
      columns: [...siteColumns, 'cadence_s', ...keptFields],
      rows: shown.map(({ site, cadenceS, kept }) => [
        ...siteCells(site),
        cadenceS,
        ...Object.values(keptRecord(kept)),
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

const keptFields = ['expected', 'made', 'missed', 'kept', 'late_p50_ms', 'late_p99_ms'] as const

function keptRecord(kept: Kept): Readonly<Record<(typeof keptFields)[number], number | null>> {
  return {
    expected: kept.expected,
    made: kept.made,
    missed: kept.missed,
    kept: kept.kept,
    late_p50_ms: kept.lateP50Ms,
    late_p99_ms: kept.lateP99Ms,
  }
}
