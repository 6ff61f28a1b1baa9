import type { TimeWindow } from '#db/time-window.ts'
import type { CommandShape } from '../command-shape.ts'
import { type CommandReading, readCommand, type Said, usageRefusal } from '../read-command.ts'
import { type OutputWish, readOutput } from './read-output.ts'
import { readWindow } from './window.ts'

export type ReportWish = {
  readonly window: TimeWindow
  /** Names, slugs or ids; with no sites and no tags: all sites. */
  readonly sites: readonly string[]
  readonly tags: readonly string[]
  readonly output: OutputWish
  /** What else was said. */
  readonly said: Said
}

export type ReportReading =
  | ({ readonly outcome: 'report' } & ReportWish)
  | Extract<CommandReading, { readonly outcome: 'ended' }>

const DEFAULT_SINCE = '7d'

/** What a command is asked for that has the options of a window, of sites and of output. Pure. */
export function readReport(
  shape: CommandShape,
  args: readonly string[],
  nowMs: number,
): ReportReading {
  const reading = readCommand(shape, args)
  if (reading.outcome === 'ended') return reading
  const { said } = reading
  const times = { since: said.text('since'), from: said.text('from'), to: said.text('to') }
  const { window, problems } = readWindow(times, DEFAULT_SINCE, nowMs)
  const output = readOutput(said)
  const all = [...problems, ...output.problems]
  if (window === null || all.length > 0) return { outcome: 'ended', end: usageRefusal(shape, all) }
  return {
    outcome: 'report',
    window,
    sites: said.all('site'),
    tags: said.all('tag'),
    output,
    said,
  }
}
