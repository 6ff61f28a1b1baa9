import type { CommandEnd } from './command-end.ts'
import { commandHelp } from './command-help.ts'
import { type CommandShape, type CommandWords, optionsOf } from './command-shape.ts'
import { exitCodes } from './exit-codes.ts'
import { type Given, readArguments } from './read-arguments.ts'

/** What a command was told. An option that it does not have is a bug of its caller's, and throws. */
export type Said = {
  /** The option's value, or null. */
  text(option: string): string | null
  /** All values of one that may be repeated. */
  all(option: string): readonly string[]
  has(option: string): boolean
  readonly words: readonly string[]
}

export type CommandReading =
  | { readonly outcome: 'read'; readonly said: Said }
  /** There is nothing to do: its help was asked for, or it cannot be done as it was said. */
  | { readonly outcome: 'ended'; readonly end: CommandEnd }

/** The words of a command by its shape. Pure. */
export function readCommand(shape: CommandShape, args: readonly string[]): CommandReading {
  const { given, words, problems } = readArguments(args, optionsOf(shape))
  if (given.some(({ option }) => option.name === 'help')) {
    return { outcome: 'ended', end: { exitCode: exitCodes.done, out: commandHelp(shape), err: '' } }
  }
  const all = [...problems, ...wordProblems(shape.words, words)]
  if (all.length > 0) return { outcome: 'ended', end: usageRefusal(shape, all) }
  return { outcome: 'read', said: saidOf(shape, given, words) }
}

/** How a command ends that was told what it cannot do: every problem on a line of its own. */
export function usageRefusal({ name }: CommandShape, problems: readonly string[]): CommandEnd {
  const lines = problems.map((problem) => `  - ${problem}\n`).join('')
  const err = `uptick ${name}: this cannot be done:\n${lines}\nuptick ${name} --help shows every option\n`
  return { exitCode: exitCodes.usage, out: '', err }
}

function saidOf(shape: CommandShape, given: readonly Given[], words: readonly string[]): Said {
  const names = new Set(optionsOf(shape).map(({ name }) => name))
  const all = (name: string) => {
    if (!names.has(name)) throw new TypeError(`uptick ${shape.name} has no option --${name}`)
    return given.filter(({ option }) => option.name === name).map(({ value }) => value)
  }
  return { words, all, text: (name) => all(name)[0] ?? null, has: (name) => all(name).length > 0 }
}

function wordProblems(wanted: CommandWords | null, words: readonly string[]): readonly string[] {
  const { name, min, max, choices } = wanted ?? { name: '', min: 0, max: 0 }
  if (words.length < min) return [`${name}: is missing`]
  if (max === 0 && words.length > 0) return [`${JSON.stringify(words[0])}: what is this?`]
  if (words.length > max) return [`${name}: at most ${max}, not ${words.length}`]
  const strangers = words.filter((word) => choices !== undefined && !choices.includes(word))
  return strangers.map(
    (word) => `${name}: ${JSON.stringify(word)} must be one of ${choices?.join(', ')}`,
  )
}
