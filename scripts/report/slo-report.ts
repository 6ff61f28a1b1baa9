import type { ChosenSite } from '#db/choose-sites.ts'
import type { Slo } from '#db/slo.ts'
import type { TimeWindow } from '#db/time-window.ts'
import { percentText } from '#shared/domain/percent.ts'
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
import { shareBar } from './spark.ts'
import type { Policy } from './uptime-report.ts'
import { windowText } from './window.ts'

export type SloRow = { readonly site: ChosenSite; readonly objective: Slo }

export type SloSeen = {
  readonly window: TimeWindow
  readonly policy: Policy
  /** Those with a target, shown or not, in their order. */
  readonly rows: readonly SloRow[]
  readonly limit: number
}

export const sloOrders = {
  worst: (a: SloRow, b: SloRow) => leftOrFull(a) - leftOrFull(b),
  best: (a: SloRow, b: SloRow) => leftOrFull(b) - leftOrFull(a),
  name: () => 0,
} as const

function leftOrFull({ objective }: SloRow): number {
  return objective.leftShare ?? 1
}

const BAR_WIDTH = 20
const HALF = 0.5

/** Objectives and what is left of their error budgets. Pure. */
export function sloReport({ window, policy, rows, limit }: SloSeen): Report {
  const shown = rows.slice(0, limit)
  const missed = rows.filter(({ objective }) => objective.met === false).length
  return {
    title: `Objectives from ${windowText(window)}`,
    remarks: [
      `Policy ${policy.name}: ${policy.description}`,
      `${countText(rows.length, 'site')} with an objective, ${missed} missed`,
    ],
    sections: [
      {
        title: null,
        ifEmpty: 'No site has an objective: set slo_target, in per cent.',
        table: {
          columns: [
            { title: 'site', align: 'left', shrinks: true },
            { title: 'target', align: 'right' },
            { title: 'uptime', align: 'right' },
            { title: 'error budget left', align: 'left' },
            { title: 'left', align: 'right' },
            { title: 'of', align: 'right' },
            { title: 'observed', align: 'right' },
            { title: 'is', align: 'left' },
          ],
          rows: shown.map(rowOf),
        },
      },
    ],
    notes:
      shown.length < rows.length
        ? [`${shown.length} of ${countText(rows.length, 'site')}: --limit 0 shows all`]
        : [],
    json: {
      report: 'slo',
      from: instantText(window.fromMs),
      to: instantText(window.toMs),
      policy: policy.name,
      policy_description: policy.description,
      sites: shown.map(({ site, objective }) => ({
        ...siteRecord(site),
        ...objectiveRecord(objective),
      })),
    },
    csv: {
      columns: [...siteColumns, ...objectiveColumns],
      rows: shown.map(({ site, objective }) => [
        ...siteCells(site),
        ...plainCells(objectiveRecord(objective)),
      ]),
    },
  }
}

function rowOf({ site, objective }: SloRow): readonly PaintedCell[] {
  const { sloTarget, uptime, leftShare, leftS, budgetS, coverage, met } = objective
  const share = leftShare ?? 0
  const style = share <= 0 ? 'red' : share < HALF ? 'yellow' : 'green'
  return [
    cell(site.name),
    cell(`${sloTarget} %`),
    cell(percentText(uptime)),
    leftShare === null
      ? cell('n/a', 'dim')
      : cell(`${shareBar(share, BAR_WIDTH)} ${percentText(share)}`, style),
    cell(leftS < 0 ? `-${secondsText(-leftS)}` : secondsText(leftS), leftS < 0 ? 'red' : undefined),
    cell(secondsText(budgetS)),
    cell(percentText(coverage), 'dim'),
    met === null ? cell('unknown', 'dim') : met ? cell('met', 'green') : cell('missed', 'red'),
  ]
}

const objectiveColumns = [
  'slo_target',
  'uptime',
  'coverage',
  'budget_s',
  'spent_s',
  'left_s',
  'left_share',
  'met',
] as const

function objectiveRecord(
  objective: Slo,
): Readonly<Record<(typeof objectiveColumns)[number], number | boolean | null>> {
  return {
    slo_target: objective.sloTarget,
    uptime: objective.uptime,
    coverage: objective.coverage,
    budget_s: objective.budgetS,
    spent_s: objective.spentS,
    left_s: objective.leftS,
    left_share: objective.leftShare,
    met: objective.met,
  }
}
