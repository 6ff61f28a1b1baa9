import { type CommandReading, readCommand, usageRefusal } from '../read-command.ts'
import { type ReportFormat, reportFormats } from './report.ts'
import { type ReportTopic, reportShape, topicShapes } from './report-shape.ts'
import { readWindow, type Window } from './window.ts'

export type ReportWish = {
  readonly window: Window
  /** Names or ids; with no sites and no tags: all sites. */
  readonly sites: readonly string[]
  readonly tags: readonly string[]
  readonly policy: string
  readonly sort: string
  readonly format: ReportFormat
  /** How many sites at most. */
  readonly limit: number
  readonly hasColours: boolean
}

export type ReportReading =
  | { readonly outcome: 'report'; readonly wish: ReportWish }
  | Extract<CommandReading, { readonly outcome: 'ended' }>

const DEFAULT_SINCE = '7d'
const DEFAULT_POLICY = 'observed'
/** A table is for reading. */
const TABLE_LIMIT = 40
const LIMIT_MAX = 1_000_000

/** What `uptick report TOPIC` is asked for, or how it ends at once. Pure. */
export function readReport(
  topic: ReportTopic,
  args: readonly string[],
  nowMs: number,
): ReportReading {
  const shape = reportShape(topic)
  const reading = readCommand(shape, args)
  if (reading.outcome === 'ended') return reading
  const { said } = reading
  const times = { since: said.text('since'), from: said.text('from'), to: said.text('to') }
  const { window, problems: windowProblems } = readWindow(times, DEFAULT_SINCE, nowMs)
  const format = said.has('json') ? 'json' : formatOf(said.text('format'))
  const limit = readLimit(said.text('limit'), format)
  const problems = [
    ...windowProblems,
    ...(said.has('json') && said.has('format') ? ['--json and --format: leave one'] : []),
    ...(typeof limit === 'string' ? [limit] : []),
  ]
  if (window === null || typeof limit === 'string' || problems.length > 0) {
    return { outcome: 'ended', end: usageRefusal(shape, problems) }
  }
  const { sorts, hasPolicy } = topicShapes[topic]
  const wish = {
    window,
    sites: said.all('site'),
    tags: said.all('tag'),
    policy: (hasPolicy ? said.text('policy') : null) ?? DEFAULT_POLICY,
    sort: said.text('sort') ?? sorts[0] ?? 'name',
    format,
    limit,
    hasColours: !said.has('no-color'),
  }
  return { outcome: 'report', wish }
}

function formatOf(text: string | null): ReportFormat {
  return reportFormats.find((format) => format === text) ?? 'table'
}

function readLimit(text: string | null, format: ReportFormat): number | string {
  if (text === null) return format === 'table' ? TABLE_LIMIT : LIMIT_MAX
  const limit = Number(text)
  if (!/^\d{1,7}$/.test(text) || limit > LIMIT_MAX) {
    return `--limit: ${JSON.stringify(text)} must be a whole number from 0 to ${LIMIT_MAX}`
  }
  return limit === 0 ? LIMIT_MAX : limit
}
