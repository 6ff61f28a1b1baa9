import { stripVTControlCharacters } from 'node:util'
import type { LiveEmail, LiveSite, LiveView, Totals } from '#db/live-view.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import type { Paint, Style } from '../paint.ts'

export type Frame = { readonly columns: number; readonly rows: number; readonly paint: Paint }

/** Results that Kafka has and the consumer has not taken yet; `unknown` while Kafka does not answer. */
export type StreamLag = number | 'unknown' | 'not_kafka'

const NAME_MIN = 12
const NAME_MAX = 44
const STATUS_WIDTH = 8
const SINCE_WIDTH = 8
const LATENCY_WIDTH = 9
/** Title, two lines of figures, the headings, and blank lines between. */
const FRAME_LINES = 8

const statusStyles: Readonly<Record<LiveSite['status'], Style>> = {
  up: 'green',
  down: 'red',
  unknown: 'dim',
  invalid: 'yellow',
}

/** How many sites fit, when all five lines of emails are there. */
export function sitesThatFit(rows: number): number {
  return Math.max(1, rows - FRAME_LINES - 6)
}

/** The live view as lines, none wider than the frame. Pure. */
export function renderDashboard(view: LiveView, lag: StreamLag, frame: Frame): string[] {
  const { paint } = frame
  const fitting = view.sites.slice(0, sitesThatFit(frame.rows))
  const nameWidth = nameColumn(frame.columns)
  const heading = cells(['SITE', 'STATUS', 'SINCE', 'LATENCY', 'LAST RESULT'], nameWidth)
  const emails = view.emails.map((email) => emailLine(email, view.nowMs, frame))
  return [
    paint('bold', cut('Uptick', frame.columns)),
    siteFigures(view.totals, frame),
    paint('dim', cut(workFigures(view.totals, lag), frame.columns)),
    '',
    paint('dim', cut(heading, frame.columns)),
    ...fitting.map((site) => siteLine(site, view.nowMs, nameWidth, frame)),
    '',
    paint('bold', cut('Last emails', frame.columns)),
    ...(emails.length > 0 ? emails : [paint('dim', cut('none yet', frame.columns))]),
  ]
}

function siteFigures(totals: Totals, { columns, paint }: Frame): string {
  const figures: [number, string, Style][] = [
    [totals.up, 'up', 'green'],
    [totals.down, 'down', 'red'],
    [totals.unknown, 'unknown', 'dim'],
    [totals.invalid, 'invalid', 'yellow'],
    [totals.disabled, 'disabled', 'dim'],
    [totals.openOutages, totals.openOutages === 1 ? 'open outage' : 'open outages', 'red'],
  ]
  const texts = figures.map(([count, what]) => `${count.toLocaleString('en')} ${what}`)
  if (texts.join(' · ').length > columns) return cut(texts.join(' · '), columns)
  return figures
    .map(([count, , style], index) => paint(count > 0 ? style : 'dim', texts[index] ?? ''))
    .join(' · ')
}

function workFigures(totals: Totals, lag: StreamLag): string {
  const ms = (value: number | null) => (value === null ? '-' : `${Math.round(value)} ms`)
  const lagText =
    lag === 'not_kafka'
      ? `${totals.queuedResults} batches of results wait`
      : `kafka lag ${lag === 'unknown' ? '-' : lag.toLocaleString('en')}`
  return [
    `${totals.checksPerSecond.toFixed(1)} checks/s`,
    `started late p50 ${ms(totals.latenessP50Ms)}, p99 ${ms(totals.latenessP99Ms)}`,
    `${totals.queuedChecks.toLocaleString('en')} checks queued`,
    lagText,
  ].join(' · ')
}

function siteLine(
  site: LiveSite,
  nowMs: number,
  nameWidth: number,
  { columns, paint }: Frame,
): string {
  const since = site.sinceMs === null ? '-' : humanDuration(nowMs - site.sinceMs)
  const latency = site.lastLatencyMs === null ? '-' : `${Math.round(site.lastLatencyMs)} ms`
  const last = site.invalidReason ?? site.lastFailure ?? site.lastResult ?? 'not checked yet'
  const line = cut(cells([site.name, site.status, since, latency, last], nameWidth), columns)
  // The colour goes around one cell, after the widths are settled: its codes have no width.
  const from = nameWidth + 1
  const to = from + STATUS_WIDTH
  return (
    line.slice(0, from) + paint(statusStyles[site.status], line.slice(from, to)) + line.slice(to)
  )
}

function emailLine(email: LiveEmail, nowMs: number, { columns, paint }: Frame): string {
  const ago = `${humanDuration(nowMs - email.queuedAtMs)} ago`.padEnd(11)
  const state = email.sentAtMs !== null ? 'sent' : email.failedAtMs !== null ? 'failed' : 'queued'
  const text = cut(
    `${ago} ${state.padEnd(6)} ${email.kind.padEnd(10)} ${plain(email.siteName)} to ${plain(email.recipient)}`,
    columns,
  )
  return state === 'sent' ? text : paint(state === 'failed' ? 'red' : 'yellow', text)
}

/** Name, status, since, latency, last result: all but the last have a fixed width. */
function cells(
  texts: readonly [string, string, string, string, string],
  nameWidth: number,
): string {
  const [name, status, since, latency, last] = texts
  return [
    cut(plain(name), nameWidth).padEnd(nameWidth),
    status.padEnd(STATUS_WIDTH),
    since.padStart(SINCE_WIDTH),
    latency.padStart(LATENCY_WIDTH),
    plain(last),
  ].join(' ')
}

function nameColumn(columns: number): number {
  const others = STATUS_WIDTH + SINCE_WIDTH + LATENCY_WIDTH + 20
  return Math.max(NAME_MIN, Math.min(NAME_MAX, columns - others))
}

/** Names are free text: nothing of them may steer the terminal. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replace(
    /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu,
    ' ',
  )
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text
}
