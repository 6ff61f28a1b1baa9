import type { Command } from '../command-end.ts'
import type { CommandShape } from '../command-shape.ts'
import { exitCodes } from '../exit-codes.ts'
import { readCommand } from '../read-command.ts'
import { bashCompletion } from './bash-completion.ts'
import { completionShape } from './completion-shape.ts'
import { zshCompletion } from './zsh-completion.ts'

/** `uptick completion SHELL`, of these commands. */
export function completionOf(shapes: readonly CommandShape[]): Command {
  return async ({ args }) => {
    const reading = readCommand(completionShape, args)
    if (reading.outcome === 'ended') return reading.end
    const write = reading.said.words[0] === 'zsh' ? zshCompletion : bashCompletion
    return { exitCode: exitCodes.done, out: write(shapes), err: '' }
  }
}
