import { checkShape } from './check/check-shape.ts'
import type { Command } from './command-end.ts'
import type { CommandShape } from './command-shape.ts'

export type CommandEntry = {
  readonly shape: CommandShape
  /** Loaded when it is asked for: nobody waits for the code of another command. */
  readonly load: () => Promise<Command>
}

/** Every command of `uptick`, in the order of its help. */
export const commandTable: readonly CommandEntry[] = [
  {
    shape: checkShape,
    load: async () => (await import('./check/check-command.ts')).checkCommand,
  },
]
