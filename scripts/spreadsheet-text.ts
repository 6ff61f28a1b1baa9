import { terminalLine } from './terminal-line.ts'
import { type Cell, csvText } from './text-table.ts'

/** A spreadsheet takes such a cell for a formula, and runs it. */
const FORMULA = /^[=+\-@]/

const CELL_LENGTH_MAX = 32_000

/**
 * CSV that a spreadsheet opens: RFC 4180 with its CRLF at each end of a line, a row of names first. Each
 * text is one line, and one that would be a formula begins with an apostrophe, by which spreadsheets know a
 * text; numbers are left alone. Pure.
 */
export function spreadsheetText(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  const harmless = rows.map((row) =>
    row.map((value) => (typeof value === 'string' ? asText(value) : value)),
  )
  return `${csvText(columns, harmless, '\r\n')}\r\n`
}

function asText(value: string): string {
  const line = terminalLine(value, CELL_LENGTH_MAX)
  return FORMULA.test(line) ? `'${line}` : line
}
