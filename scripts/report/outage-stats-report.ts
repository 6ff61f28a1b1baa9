import type { ChosenSite } from '#db/choose-sites.ts'
import type { OutageStats } from '#db/outage-report.ts'
import type { TimeWindow } from '#db/time-window.ts'
import { cell, type PaintedCell } from '../painted-table.ts'
import {
  countText,
  instantText,
  plainCells,
  secondsText,
  siteCells,
  siteColumns,
  siteRecord,
} from './in-words.ts'
import type { Report } from './report.ts'
import { windowText } from './window.ts'

export type StatsRow = { readonly site: ChosenSite; readonly stats: OutageStats }

export type StatsSeen = {
  readonly window: TimeWindow
  /** Those with outages, shown or not, in their order. */
  readonly rows: readonly StatsRow[]
  readonly limit: number
  /** With those without any. */
  readonly siteCount: number
}

export const statsOrders = {
  worst: (a: StatsRow, b: StatsRow) => b.stats.downS - a.stats.downS,
  most: (a: StatsRow, b: StatsRow) => b.stats.outages - a.stats.outages,
  name: () => 0,
} as const

/** Outages by site: how many, how long, and how far apart. Pure. */
export function outageStatsReport({ window, rows, limit, siteCount }: StatsSeen): Report {
  const shown = rows.slice(0, limit)
  const outages = rows.reduce((sum, { stats }) => sum + stats.outages, 0)
  return {
    title: `Outages by site from ${windowText(window)}`,
    remarks: [
      `${countText(outages, 'outage')} of ${countText(rows.length, 'site')}; ${countText(siteCount - rows.length, 'site')} had none`,
    ],
    sections: [
      {
        title: null,
        ifEmpty: 'No outages.',
        table: {
          columns: [
            { title: 'site', align: 'left', shrinks: true },
            { title: 'outages', align: 'right' },
            { title: 'down', align: 'right' },
            { title: 'longest', align: 'right' },
            { title: 'to repair (MTTR)', align: 'right' },
            { title: 'between (MTBF)', align: 'right' },
            { title: 'now', align: 'left' },
          ],
          rows: shown.map(rowOf),
        },
      },
    ],
    notes: [
      ...(shown.length < rows.length
        ? [`${shown.length} of ${countText(rows.length, 'site')} with outages: --limit 0 shows all`]
        : []),
      ...(rows.length > 0 ? ['uptick outages lists them one by one'] : []),
    ],
    json: {
      report: 'outages',
      from: instantText(window.fromMs),
      to: instantText(window.toMs),
      sites: shown.map(({ site, stats }) => ({ ...siteRecord(site), ...statsRecord(stats) })),
    },
    csv: {
      columns: [...siteColumns, ...statsColumns],
      rows: shown.map(({ site, stats }) => [...siteCells(site), ...plainCells(statsRecord(stats))]),
    },
  }
}

function rowOf({ site, stats }: StatsRow): readonly PaintedCell[] {
  return [
    cell(site.name),
    cell(stats.outages.toLocaleString('en')),
    cell(secondsText(stats.downS), stats.downS > 0 ? 'red' : 'dim'),
    cell(secondsText(stats.longestS)),
    cell(secondsText(stats.mttrS)),
    cell(secondsText(stats.mtbfS)),
    stats.open ? cell('down', 'red') : cell(''),
  ]
}

const statsColumns = ['outages', 'down_s', 'mttr_s', 'mtbf_s', 'longest_s', 'open'] as const

function statsRecord(
  stats: OutageStats,
): Readonly<Record<(typeof statsColumns)[number], number | boolean | null>> {
  return {
    outages: stats.outages,
    down_s: stats.downS,
    mttr_s: stats.mttrS,
    mtbf_s: stats.mtbfS,
    longest_s: stats.longestS,
    open: stats.open,
  }
}
