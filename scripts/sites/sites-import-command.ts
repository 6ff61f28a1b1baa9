import { type LoadOutcome, loadSites } from '../../site-file/load-sites.ts'
import { openSource, type Source, SourceError } from '../../site-file/open-source.ts'
import type { Command, CommandEnd } from '../command-end.ts'
import { withDatabase } from '../database-of-command.ts'
import { exitCodes } from '../exit-codes.ts'
import { reportText } from '../load-data/report-text.ts'
import { readCommand } from '../read-command.ts'
import { sitesImportShape } from './site-shapes.ts'

/** `uptick sites import FILE`: what `make load-data` does. */
export const sitesImportCommand: Command = async ({ args, env }) => {
  const reading = readCommand(sitesImportShape, args)
  if (reading.outcome === 'ended') return reading.end
  const { said } = reading
  const file = said.words[0] ?? ''
  const source = await openedOrProblem(file)
  if (typeof source === 'string') return refused(`uptick sites import: ${source}\n`)
  return withDatabase({ command: 'sites import', rights: 'change', env }, async (db) => {
    const mode = said.has('dry-run') ? 'rehearse' : 'load'
    const outcome = await loadSites(db, source, { mode, onProgress: () => undefined })
    return said.has('json') ? endJson(outcome) : endText(outcome, file)
  })
}

async function openedOrProblem(file: string): Promise<Source | string> {
  try {
    return await openSource(file)
  } catch (error) {
    if (error instanceof SourceError) return error.message
    throw error
  }
}

function endText(outcome: LoadOutcome, file: string): CommandEnd {
  const report = `${reportText(outcome, file)}\n`
  if (outcome.outcome === 'refused') return refused(report)
  return { exitCode: exitCodes.done, out: report, err: '' }
}

/** Old and new values stay out of it: headers and bodies may hold secrets. */
function endJson(outcome: LoadOutcome): CommandEnd {
  const told =
    outcome.outcome === 'refused'
      ? { ...outcome, problems: outcome.problems.map(({ place, reason }) => ({ place, reason })) }
      : {
          outcome: outcome.outcome,
          inserted: outcome.inserted,
          updated: outcome.updated,
          unchanged: outcome.unchanged,
        }
  const exitCode = outcome.outcome === 'refused' ? exitCodes.refused : exitCodes.done
  return { exitCode, out: `${JSON.stringify(told)}\n`, err: '' }
}

function refused(err: string): CommandEnd {
  return { exitCode: exitCodes.refused, out: '', err }
}
