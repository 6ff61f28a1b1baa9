import { checkShape } from './check/check-shape.ts'
import type { Command } from './command-end.ts'
import type { CommandShape } from './command-shape.ts'
import { explainShape } from './explain/explain-shape.ts'
import { outagesShape } from './outages/outages-shape.ts'

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
  {
    shape: outagesShape,
    load: async () => (await import('./outages/outages-command.ts')).outagesCommand,
  },
  {
    shape: explainShape,
    load: async () => (await import('./explain/explain-command.ts')).explainCommand,
  },
]
