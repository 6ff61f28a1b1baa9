import type { CommandStart } from '../command-end.ts'
import { jsonLine } from '../json-line.ts'
import { markdownTable, markdownText } from '../markdown-table.ts'
import { type PaintedTable, paintedTable } from '../painted-table.ts'
import { spreadsheetText } from '../spreadsheet-text.ts'
import type { Cell } from '../text-table.ts'

export const reportFormats = ['table', 'csv', 'json', 'md'] as const
export type ReportFormat = (typeof reportFormats)[number]

/** What a report has to say, for people and for programs. */
export type Report = {
  readonly title: string
  /** Sentences below the title: what is counted how. */
  readonly remarks: readonly string[]
  readonly sections: readonly Section[]
  /** What the signs of the tables mean, and what was left out. */
  readonly notes: readonly string[]
  /** The whole of it. Its fields keep their names and meanings; described in docs/cli.md. */
  readonly json: object
  readonly csv: Spreadsheet
}

export type Section = {
  /** Null: there is nothing to tell it from. */
  readonly title: string | null
  readonly table: PaintedTable
  /** In place of a table without rows. */
  readonly ifEmpty: string
}

export type Spreadsheet = {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

type Frame = CommandStart['terminal']

/** A report in one of its forms, with its last line break. Pure. */
export function reportText(report: Report, format: ReportFormat, frame: Frame): string {
  switch (format) {
    case 'table':
      return terminalText(report, frame)
    case 'csv':
      return spreadsheetText(report.csv.columns, report.csv.rows)
    case 'json':
      return jsonLine(report.json)
    case 'md':
      return markdownDocument(report)
  }
}

function terminalText(report: Report, frame: Frame): string {
  const { paint } = frame
  const head = [paint('bold', report.title), ...report.remarks]
  const sections = report.sections.map(({ title, table, ifEmpty }) => [
    ...(title === null ? [] : [paint('bold', title)]),
    ...(table.rows.length === 0 ? [ifEmpty] : paintedTable(table, frame)),
  ])
  const notes = report.notes.map((note) => paint('dim', note))
  const blocks = [head, ...sections, ...(notes.length > 0 ? [notes] : [])]
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function markdownDocument(report: Report): string {
  const sections = report.sections.flatMap(({ title, table, ifEmpty }) => [
    ...(title === null ? [] : [`### ${markdownText(title)}`]),
    table.rows.length === 0 ? markdownText(ifEmpty) : markdownTable(table),
  ])
  const blocks = [
    `## ${markdownText(report.title)}`,
    ...report.remarks.map(markdownText),
    ...sections,
    ...report.notes.map(markdownText),
  ]
  return `${blocks.join('\n\n')}\n`
}
