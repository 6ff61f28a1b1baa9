import { suggestion } from '#shared/domain/nearest-name.ts'
import packageJson from '../package.json' with { type: 'json' }
import type { Command, CommandEnd, CommandStart } from './command-end.ts'
import { exitCodes } from './exit-codes.ts'
import { paintFor } from './paint.ts'

/** `uptick COMMAND`: what a person does at a terminal without make. `scripts/uptick` starts it with the right Node. */

type Entry = { readonly summary: string; readonly load: () => Promise<Command> }

/** Loaded when asked for: nobody waits for the code of another command. */
const commands: ReadonlyMap<string, Entry> = new Map([
  [
    'check',
    {
      summary: 'look at a site once, as a worker would',
      load: async () => (await import('./check/check-command.ts')).checkCommand,
    },
  ],
])

const COLUMNS_WITHOUT_TERMINAL = 80

const help = `usage: uptick COMMAND [options]

Commands
${[...commands].map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`).join('\n')}
  help      this; uptick COMMAND --help shows the options of a command

Examples
  uptick check https://example.com
  uptick check https://example.com/health --condition '[BODY].status == "OK"'
  uptick check tls://example.com --cert-days-min 21 --json

What runs all day is started by make: make help
`

function said(out: string): CommandEnd {
  return { exitCode: exitCodes.up, out, err: '' }
}

function refused(err: string): CommandEnd {
  return { exitCode: exitCodes.usage, out: '', err }
}

async function uptick(start: CommandStart): Promise<CommandEnd> {
  const [name, ...args] = start.args
  if (name === undefined) return refused(help)
  if (name === '--version') return said(`uptick ${packageJson.version}\n`)
  const isHelp = ['help', '--help', '-h'].includes(name)
  const [topic] = args
  if (isHelp && topic === undefined) return said(help)
  const wanted = isHelp && topic !== undefined ? topic : name
  const command = commands.get(wanted)
  if (command === undefined) {
    const meant = suggestion(wanted, [...commands.keys(), 'help'])
    return refused(`uptick: unknown command ${JSON.stringify(wanted)}${meant}\n\n${help}`)
  }
  const run = await command.load()
  return run({ ...start, args: isHelp ? ['--help'] : args })
}

/** Everything is written before we end; whoever reads it may have seen enough: `uptick check URL | head`. */
function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: NodeJS.ErrnoException | null) =>
      error && error.code !== 'EPIPE' ? reject(error) : resolve()
    stream.once('error', settle)
    stream.write(text, settle)
  })
}

function crash(error: unknown): never {
  console.error('uptick: a bug of ours, or a broken installation:', error)
  process.exit(exitCodes.crash)
}

process.on('uncaughtException', crash)
try {
  const { exitCode, out, err } = await uptick({
    args: process.argv.slice(2),
    env: process.env,
    terminal: {
      columns: process.stdout.columns || COLUMNS_WITHOUT_TERMINAL,
      paint: paintFor(process.stdout),
    },
  })
  await write(process.stderr, err)
  await write(process.stdout, out)
  process.exit(exitCode)
} catch (error) {
  crash(error)
}
