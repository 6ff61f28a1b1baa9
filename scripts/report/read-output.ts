import type { Said } from '../read-command.ts'
import { type ReportFormat, reportFormats } from './report.ts'

/** In what form, how much, and whether in colour. */
export type OutputWish = {
  readonly format: ReportFormat
  /** How many rows at most. */
  readonly limit: number
  readonly hasColours: boolean
  readonly problems: readonly string[]
}

/** A table is for reading. */
const TABLE_LIMIT = 40
const LIMIT_MAX = 1_000_000

/** What `--format`, `--json`, `--limit` and `--no-color` say. Pure. */
export function readOutput(said: Said): OutputWish {
  const named = reportFormats.find((format) => format === said.text('format')) ?? 'table'
  const format = said.has('json') ? 'json' : named
  const limitText = said.text('limit')
  const limit = limitText === null ? null : Number(limitText)
  const isLimitWrong = limitText !== null && !/^\d{1,7}$/.test(limitText)
  return {
    format,
    limit: limit === 0 ? LIMIT_MAX : (limit ?? (format === 'table' ? TABLE_LIMIT : LIMIT_MAX)),
    hasColours: !said.has('no-color'),
    problems: [
      ...(said.has('json') && said.has('format') ? ['--json and --format: leave one'] : []),
      ...(isLimitWrong || (limit ?? 0) > LIMIT_MAX
        ? [`--limit: ${JSON.stringify(limitText)} must be a whole number from 0 to ${LIMIT_MAX}`]
        : []),
    ],
  }
}
