import type { Paint, Style } from './paint.ts'
import { terminalLine } from './terminal-line.ts'

/** A cell as it is read: plain text, which may be from elsewhere, and how it is coloured. */
export type PaintedCell = {
  readonly text: string
  /** Of all of it, or of each of its parts, which make up the text. */
  readonly style?: Style | readonly Part[]
}

export type Part = { readonly text: string; readonly style: Style }

export type TableColumn = {
  readonly title: string
  readonly align: 'left' | 'right'
  /** Gives way, down to a few letters, where the terminal is narrow. */
  readonly shrinks?: boolean
}

export type PaintedTable = {
  readonly columns: readonly TableColumn[]
  readonly rows: readonly (readonly PaintedCell[])[]
}

type Frame = { readonly columns: number; readonly paint: Paint }

const GAP = '  '
const SHRUNK_WIDTH_MIN = 8
const CELL_WIDTH_MAX = 200

export function cell(text: string, style?: Style): PaintedCell {
  return style === undefined ? { text } : { text, style }
}

/** A cell that changes its colour within. Not for texts from elsewhere, nor for a column that shrinks. */
export function cellOfParts(parts: readonly Part[]): PaintedCell {
  return { text: parts.map(({ text }) => text).join(''), style: parts }
}

/**
 * The lines of a table that is as wide as its terminal at the most, if its columns that shrink can make it
 * so. What steers a terminal or breaks a line is taken out of every cell. Pure.
 */
export function paintedTable(
  { columns, rows }: PaintedTable,
  { columns: terminalWidth, paint }: Frame,
): readonly string[] {
  const body = rows.map((row) =>
    row.map(({ text, ...rest }) => ({ ...rest, text: terminalLine(text, CELL_WIDTH_MAX) })),
  )
  const widths = fittedWidths(columns, body, terminalWidth)
  const line = (cells: readonly PaintedCell[]) =>
    cells
      .map(({ text, style }, index) => {
        const padded = aligned(text, widths[index] ?? 0, columns[index]?.align ?? 'left')
        if (style === undefined) return padded
        return typeof style === 'string' ? paint(style, padded) : painted(style, padded, paint)
      })
      .join(GAP)
      .trimEnd()
  const titles = columns.map(({ title }) => cell(title, 'dim'))
  return [line(titles), ...body.map(line)]
}

/** Each part in its colour, and what the alignment has added in none. */
function painted(parts: readonly Part[], padded: string, paint: Paint): string {
  const text = parts.map((part) => part.text).join('')
  return padded.replace(text, () => parts.map((part) => paint(part.style, part.text)).join(''))
}

function fittedWidths(
  columns: readonly TableColumn[],
  rows: readonly (readonly PaintedCell[])[],
  terminalWidth: number,
): readonly number[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index]?.text ?? ''))),
  )
  let excess = sum(widths) + GAP.length * (widths.length - 1) - terminalWidth
  // The widest gives way first, so that columns that shrink end up alike.
  while (excess > 0) {
    const widest = widestShrinking(columns, widths)
    if (widest === null) break
    widths[widest] = (widths[widest] ?? 0) - 1
    excess -= 1
  }
  return widths
}

function widestShrinking(
  columns: readonly TableColumn[],
  widths: readonly number[],
): number | null {
  const candidates = columns.flatMap(({ shrinks }, index) =>
    shrinks === true && (widths[index] ?? 0) > SHRUNK_WIDTH_MIN ? [index] : [],
  )
  const widthAt = (index: number) => widths[index] ?? 0
  return candidates.toSorted((a, b) => widthAt(b) - widthAt(a))[0] ?? null
}

function aligned(text: string, width: number, align: 'left' | 'right'): string {
  const characters = Array.from(text)
  const short = characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`
  const room = ' '.repeat(Math.max(0, width - widthOf(short)))
  return align === 'right' ? room + short : short + room
}

/** Characters, not code units: good for most of what names are written in. */
function widthOf(text: string): number {
  return Array.from(text).length
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
