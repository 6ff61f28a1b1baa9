import type { Environment } from '#shared/runtime/settings.ts'
import type { Paint } from './paint.ts'

/** What a subcommand of `uptick` is given: it reads nothing else of its process. */
export type CommandStart = {
  readonly args: readonly string[]
  readonly env: Environment
  readonly terminal: { readonly columns: number; readonly paint: Paint }
  /** Asks a question that is answered with yes or no; null: nobody is there to answer. */
  readonly ask: ((question: string) => Promise<'yes' | 'no'>) | null
}

/** What it has to say at its end, each text with its last line break. */
export type CommandEnd = { readonly exitCode: number; readonly out: string; readonly err: string }

export type Command = (start: CommandStart) => Promise<CommandEnd>
