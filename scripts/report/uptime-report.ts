import type { ChosenSite } from '#db/choose-sites.ts'
import type { TimeWindow } from '#db/time-window.ts'
import type { AccountingPolicy, Uptime } from '#db/uptime.ts'
import { percentText } from '#shared/domain/percent.ts'
import { cell, cellOfParts, type PaintedCell, type TableColumn } from '../painted-table.ts'
import {
  countText,
  instantText,
  secondsText,
  siteCells,
  siteColumns,
  siteRecord,
} from './in-words.ts'
import type { Report } from './report.ts'
import { type Stretch, stretchBar } from './spark.ts'
import { windowText } from './window.ts'

/** How the time of one site is accounted for, or of several together. */
export type Account = Omit<Uptime, 'policy'>

export type Policy = Pick<AccountingPolicy, 'name' | 'description'>

export type UptimeRow = {
  readonly site: ChosenSite
  readonly account: Account
  /** Of each day of the window, in order; only of rows that a person looks at. */
  readonly days: readonly Stretch[]
}

export type UptimeSeen = {
  readonly window: TimeWindow
  readonly policy: Policy
  /** Those that are shown, in their order. */
  readonly rows: readonly UptimeRow[]
  /** The accounts of all sites that are meant, shown or not. */
  readonly all: readonly Account[]
  readonly columns: number
}

export const uptimeOrders = {
  worst: (a: UptimeRow, b: UptimeRow) =>
    uptimeOrLast(a) - uptimeOrLast(b) || b.account.downS - a.account.downS,
  best: (a: UptimeRow, b: UptimeRow) => (b.account.uptime ?? -1) - (a.account.uptime ?? -1),
  coverage: (a: UptimeRow, b: UptimeRow) => a.account.coverage - b.account.coverage,
  name: () => 0,
} as const

/** A site of which nothing is known is neither good nor bad. */
function uptimeOrLast({ account }: UptimeRow): number {
  return account.uptime ?? 2
}

/** What the other columns of a table take, and how much of the bar there is at least. */
const OTHER_COLUMNS_WIDTH = 68
const BAR_WIDTH_MIN = 7
const BAR_WIDTH_MAX = 92
/** In a narrower terminal there is no bar. */
const COLUMNS_FOR_BAR = 70

/** Uptime, and how much of the time was observed at all. Pure. */
export function uptimeReport(seen: UptimeSeen): Report {
  const { window, policy, rows, all } = seen
  const hasUnwatched = all.some(({ unwatchedS }) => unwatchedS > 0)
  const hasBar = seen.columns >= COLUMNS_FOR_BAR && rows.some(({ days }) => days.length > 1)
  const kinds = { hasBar, hasUnwatched, width: barWidth(seen.columns) }
  const total = totalOf(all)
  return {
    title: `Uptime from ${windowText(window)}`,
    remarks: [
      `Policy ${policy.name}: ${policy.description}`,
      `${countText(all.length, 'site')}, observed ${percentText(total.coverage)} of the time`,
    ],
    sections: [
      {
        title: null,
        ifEmpty: 'There are no sites.',
        table: {
          columns: columnsOf(kinds),
          rows: [
            ...rows.map((row) => rowOf(row, kinds)),
            ...(all.length > 1 ? [totalRow(all.length, total, kinds)] : []),
          ],
        },
      },
    ],
    notes: [
      ...(rows.length < all.length
        ? [`${rows.length} of ${countText(all.length, 'site')}: --limit 0 shows all`]
        : []),
      ...(hasBar
        ? ['days: █ up, ▆ to ▁ down for a part of it, ░ up but hardly observed, · not observed']
        : []),
    ],
    json: {
      report: 'uptime',
      from: instantText(window.fromMs),
      to: instantText(window.toMs),
      policy: policy.name,
      policy_description: policy.description,
      total: accountRecord(total),
      sites: rows.map(({ site, account }) => ({ ...siteRecord(site), ...accountRecord(account) })),
    },
    csv: {
      columns: [...siteColumns, ...Object.keys(accountRecord(total))],
      rows: rows.map(({ site, account }) => [
        ...siteCells(site),
        ...Object.values(accountRecord(account)),
      ]),
    },
  }
}

type Kinds = { readonly hasBar: boolean; readonly hasUnwatched: boolean; readonly width: number }

function barWidth(columns: number): number {
  return Math.min(BAR_WIDTH_MAX, Math.max(BAR_WIDTH_MIN, columns - OTHER_COLUMNS_WIDTH))
}

function columnsOf({ hasBar, hasUnwatched }: Kinds): readonly TableColumn[] {
  return [
    { title: 'site', align: 'left', shrinks: true },
    ...(hasBar ? [{ title: 'days', align: 'left' } as const] : []),
    { title: 'uptime', align: 'right' },
    { title: 'down', align: 'right' },
    { title: 'unknown', align: 'right' },
    ...(hasUnwatched ? [{ title: 'not watched', align: 'right' } as const] : []),
    { title: 'observed', align: 'right' },
  ]
}

function rowOf({ site, account, days }: UptimeRow, kinds: Kinds): readonly PaintedCell[] {
  return [
    cell(site.name),
    ...(kinds.hasBar ? [cellOfParts(stretchBar(days, kinds.width))] : []),
    ...figures(account, kinds),
  ]
}

function figures(account: Account, { hasUnwatched }: Kinds): readonly PaintedCell[] {
  const { uptime, downS, unknownS, unwatchedS, coverage } = account
  return [
    cell(percentText(uptime), uptime === null ? 'dim' : uptime < 1 ? 'yellow' : 'green'),
    cell(secondsText(downS), downS > 0 ? 'red' : 'dim'),
    cell(secondsText(unknownS - unwatchedS), 'dim'),
    ...(hasUnwatched ? [cell(secondsText(unwatchedS), 'dim')] : []),
    cell(percentText(coverage)),
  ]
}

function totalRow(count: number, total: Account, kinds: Kinds): readonly PaintedCell[] {
  const bar = kinds.hasBar ? [cell('')] : []
  return [cell(`${countText(count, 'site')} together`, 'bold'), ...bar, ...figures(total, kinds)]
}

/** Of several sites: all their time together, by what the policy counts of each. */
function totalOf(all: readonly Account[]): Account {
  const sum = (pick: (account: Account) => number) =>
    all.reduce((total, account) => total + pick(account), 0)
  const windowS = sum((account) => account.windowS)
  const observedS = sum((account) => account.upS + account.downS)
  const unwatchedS = sum((account) => account.unwatchedS)
  const countedUpS = sum((account) => account.countedUpS)
  const countedDownS = sum((account) => account.countedDownS)
  return {
    windowS,
    upS: sum((account) => account.upS),
    downS: sum((account) => account.downS),
    unknownS: sum((account) => account.unknownS),
    unwatchedS,
    unknownInOutageS: sum((account) => account.unknownInOutageS),
    maintenanceS: sum((account) => account.maintenanceS),
    countedUpS,
    countedDownS,
    uptime: shareOf(countedUpS, countedUpS + countedDownS),
    coverage: shareOf(observedS, windowS) ?? 0,
    watchedCoverage: shareOf(observedS, windowS - unwatchedS),
  }
}

function shareOf(part: number, whole: number): number | null {
  return whole <= 0 ? null : Math.min(1, part / whole)
}

function accountRecord(account: Account) {
  return {
    window_s: account.windowS,
    up_s: account.upS,
    down_s: account.downS,
    unknown_s: account.unknownS,
    unwatched_s: account.unwatchedS,
    unknown_in_outage_s: account.unknownInOutageS,
    maintenance_s: account.maintenanceS,
    counted_up_s: account.countedUpS,
    counted_down_s: account.countedDownS,
    uptime: account.uptime,
    coverage: account.coverage,
    watched_coverage: account.watchedCoverage,
  }
}
