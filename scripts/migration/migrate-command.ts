import { isRetryable } from '#db/retryable.ts'
import { errorText, openLog } from '#shared/runtime/log.ts'
import { SettingsError } from '#shared/runtime/settings.ts'
import { readContext } from '../command.ts'
import type { Command, CommandEnd } from '../command-end.ts'
import { commandEnvironment } from '../command-environment.ts'
import { exitCodes } from '../exit-codes.ts'
import { readCommand } from '../read-command.ts'
import { migrateShape } from './migrate-shape.ts'
import { type MigrationOutcome, runMigration } from './run-migration.ts'

/** Somebody sits there: what is not up by then is away. */
const WAIT_MS = 5_000

/** `uptick migrate`: what `make migrate` does, told in a line. */
export const migrateCommand: Command = async ({ args, env }) => {
  const reading = readCommand(migrateShape, args)
  if (reading.outcome === 'ended') return reading.end
  const settings = await commandEnvironment(await readContext(env))
  const log = openLog('migrate', 'silent')
  try {
    const outcome = await runMigration({ env: settings, log, waitMs: WAIT_MS })
    const out = reading.said.has('json') ? `${JSON.stringify(outcome)}\n` : outcomeText(outcome)
    return { exitCode: exitCodes.done, out, err: '' }
  } catch (error) {
    return failureEnd(error)
  }
}

function outcomeText({ applied, topic }: MigrationOutcome): string {
  const schema =
    applied.length === 0 ? 'the schema is up to date' : `migrated: ${applied.join(', ')}`
  return topic === null ? `${schema}\n` : `${schema}\nthe topic ${topic} is there\n`
}

function failureEnd(error: unknown): CommandEnd {
  const code =
    error instanceof SettingsError ? 'usage' : isRetryable(error) ? 'unreachable' : 'refused'
  return { exitCode: exitCodes[code], out: '', err: `uptick migrate: ${errorText(error)}\n` }
}
