import { styleText } from 'node:util'
import type { Command, CommandEnd } from '../../scripts/command-end.ts'
import { type Paint, unpainted } from '../../scripts/paint.ts'

/** Colours whatever the test runs on. */
export const alwaysPainted: Paint = (style, text) =>
  styleText(style, text, { validateStream: false })

/** A command of `uptick`, as somebody runs it who sets DATABASE_URL. */
export function runCommand(
  command: Command,
  args: readonly string[],
  {
    databaseUrl,
    columns = 120,
    paint = unpainted,
  }: {
    readonly databaseUrl: string
    readonly columns?: number
    readonly paint?: Paint
  },
): Promise<CommandEnd> {
  // Nothing else of the environment: a checkout's own settings are no part of a test.
  return command({
    args,
    env: { DATABASE_URL: databaseUrl, UPTICK_STATE: '/nonexistent' },
    terminal: { columns, paint },
    ask: null,
  })
}
