import { stripVTControlCharacters } from 'node:util'

/** Wider cells end in an ellipsis: a table that wraps cannot be read. */
const MAX_CELL_WIDTH = 120

export type Cell = string | number | null

/**
 * Rows under their headings, aligned: numbers to the right, `null` as an empty cell. Line breaks and
 * control characters become spaces, so that no value can break the table or the terminal.
 */
export function textTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const body = rows.map((row) => row.map(cellText))
  const widths = columns.map((name, index) =>
    Math.max(name.length, ...body.map((row) => row[index]?.length ?? 0)),
  )
  const isNumeric = columns.map(
    (_, index) => rows.length > 0 && rows.every((row) => looksNumeric(row[index])),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) =>
        isNumeric[index] ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [
    line(columns),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...body.map(line),
  ].join('\n')
}

/** Comma separated, as RFC 4180 has it but for its line breaks, which are `lineBreak`; null is an empty field. */
export function csvText(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  lineBreak = '\n',
): string {
  return [columns, ...rows].map((row) => row.map(csvField).join(',')).join(lineBreak)
}

function cellText(cell: Cell): string {
  const text = stripVTControlCharacters(String(cell ?? '')).replace(/\p{Cc}+/gu, ' ')
  return text.length > MAX_CELL_WIDTH ? `${text.slice(0, MAX_CELL_WIDTH - 1)}…` : text
}

function looksNumeric(cell: Cell | undefined): boolean {
  return (
    cell === null || cell === undefined || typeof cell === 'number' || /^-?\d+(\.\d+)?$/.test(cell)
  )
}

function csvField(cell: Cell): string {
  const text = String(cell ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
