import { type ChosenSite, chooseSites } from '#db/choose-sites.ts'
import type { Db } from '#db/connect.ts'
import type { CommandEnd, CommandStart } from '../command-end.ts'
import type { CommandShape } from '../command-shape.ts'
import { withDatabase } from '../database-of-command.ts'
import { exitCodes } from '../exit-codes.ts'
import { unpainted } from '../paint.ts'
import { sitesNotFound } from '../sites-not-found.ts'
import { terminalLine } from '../terminal-line.ts'
import { type ReportWish, readReport } from './read-report.ts'
import { type Report, reportText } from './report.ts'

/** Names of others may stand in it. */
const PROBLEM_MAX = 1_000

export type ReportRequest = ReportWish & {
  readonly db: Db
  /** The sites that are meant, by name; all of them where none was named. */
  readonly chosen: readonly ChosenSite[]
  readonly nowMs: number
  /** Of the terminal. */
  readonly columns: number
}

export type Made =
  | { readonly outcome: 'made'; readonly report: Report }
  | { readonly outcome: 'refused'; readonly problem: string }

/** Reads the arguments, finds the sites, makes the report, and prints it in its format. */
export async function runReport(
  shape: CommandShape,
  { args, env, terminal }: CommandStart,
  make: (request: ReportRequest) => Promise<Made>,
): Promise<CommandEnd> {
  const nowMs = Date.now()
  const wish = readReport(shape, args, nowMs)
  if (wish.outcome === 'ended') return wish.end
  return withDatabase({ command: shape.name, rights: 'read', env }, async (db) => {
    const choice = await chooseSites(db, wish)
    if (choice.unknown.length > 0) return refusal(shape, await sitesNotFound(db, choice.unknown))
    const { columns } = terminal
    const made = await make({ ...wish, db, chosen: choice.sites, nowMs, columns })
    if (made.outcome === 'refused') return refusal(shape, made.problem)
    const paint = wish.output.hasColours ? terminal.paint : unpainted
    const out = reportText(made.report, wish.output.format, { columns, paint })
    return { exitCode: exitCodes.done, out, err: '' }
  })
}

function refusal({ name }: CommandShape, problem: string): CommandEnd {
  return {
    exitCode: exitCodes.refused,
    out: '',
    err: `uptick ${name}: ${terminalLine(problem, PROBLEM_MAX)}\n`,
  }
}
