import type { PaintedTable } from './painted-table.ts'
import { terminalLine } from './terminal-line.ts'

const CELL_LENGTH_MAX = 500

/**
 * The same table for a wiki or an issue (GitHub's Markdown). Cells are text: whatever could be a mark,
 * a link, HTML or the end of a cell is escaped. Pure.
 */
export function markdownTable({ columns, rows }: PaintedTable): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(columns.map(({ title }) => markdownText(title))),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(row.map(({ text }) => markdownText(text)))),
  ].join('\n')
}

/** Text that means itself in Markdown: no mark, no HTML, and no address that becomes a link by itself. Pure. */
export function markdownText(text: string): string {
  return terminalLine(text, CELL_LENGTH_MAX)
    .replace(/[\\`*_{}[\]()#|~!]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/www(?=\.)/gi, '$&\\')
}
