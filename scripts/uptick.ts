import { suggestion } from '#shared/domain/nearest-name.ts'
import packageJson from '../package.json' with { type: 'json' }
import { askYesOrNo } from './ask-yes-or-no.ts'
import type { CommandEnd, CommandStart } from './command-end.ts'
import { type CommandEntry, commandTable } from './command-table.ts'
import { exitCodes } from './exit-codes.ts'
import { paintFor } from './paint.ts'

/** `uptick COMMAND`: what a person does at a terminal without make. `scripts/uptick` starts it with the right Node. */

const COLUMNS_WITHOUT_TERMINAL = 80
const NAME_WIDTH = 16

const help = `usage: uptick COMMAND [options]

Commands
${commandLines(commandTable)}
  ${'help'.padEnd(NAME_WIDTH)}this; uptick COMMAND --help shows the options of a command

Examples
  uptick check https://example.com
  uptick check https://example.com/health --condition '[BODY].status == "OK"'
  uptick report uptime --since 30d
  uptick outages --open

What runs all day is started by make: make help
`

function said(out: string): CommandEnd {
  return { exitCode: exitCodes.up, out, err: '' }
}

function refused(err: string): CommandEnd {
  return { exitCode: exitCodes.usage, out: '', err }
}

function commandLines(entries: readonly CommandEntry[]): string {
  return entries.map(({ shape }) => `  ${shape.name.padEnd(NAME_WIDTH)}${shape.summary}`).join('\n')
}

async function uptick(start: CommandStart): Promise<CommandEnd> {
  const [name, ...args] = start.args
  if (name === undefined) return refused(help)
  if (name === '--version') return said(`uptick ${packageJson.version}\n`)
  const isHelp = ['help', '--help', '-h'].includes(name)
  if (isHelp && args.length === 0) return said(help)
  const words = isHelp ? args : start.args
  const entry = entryOf(words)
  if (entry === undefined) return unknown(isHelp ? [...words, '--help'] : words)
  const run = await entry.load()
  const rest = words.slice(entry.shape.name.split(' ').length)
  return run({ ...start, args: isHelp ? ['--help'] : rest })
}

/** A name is one word or two: `check`, `report uptime`. */
function entryOf(words: readonly string[]): CommandEntry | undefined {
  return commandTable.find(({ shape }) => {
    const name = shape.name.split(' ')
    return name.every((word, index) => word === words[index])
  })
}

/** The first word may be right: then what may follow it is what there is to say. */
function unknown([first = '', second]: readonly string[]): CommandEnd {
  const family = commandTable.filter(({ shape }) => shape.name.startsWith(`${first} `))
  if (family.length === 0) {
    const firsts = new Set(commandTable.map(({ shape }) => shape.name.split(' ')[0] ?? ''))
    const meant = suggestion(first, [...firsts, 'help'])
    return refused(`uptick: unknown command ${JSON.stringify(first)}${meant}\n\n${help}`)
  }
  const list = `usage: uptick ${first} COMMAND [options]\n\n${commandLines(family)}\n`
  if (second === '--help' || second === '-h') return said(list)
  if (second === undefined) return refused(list)
  const seconds = family.map(({ shape }) => shape.name.slice(first.length + 1))
  const meant = suggestion(second, seconds)
  return refused(`uptick ${first}: unknown command ${JSON.stringify(second)}${meant}\n\n${list}`)
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
    ask: process.stdin.isTTY && process.stderr.isTTY ? askYesOrNo : null,
  })
  await write(process.stderr, err)
  await write(process.stdout, out)
  process.exit(exitCode)
} catch (error) {
  crash(error)
}
