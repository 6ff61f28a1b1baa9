import { parseArgs } from 'node:util'
import { suggestion } from '#shared/domain/nearest-name.ts'
import type { CommandOption } from './command-shape.ts'

/** An option as it was given; `value` is empty where it has none. */
export type Given<Option extends CommandOption = CommandOption> = {
  readonly option: Option
  readonly value: string
}

export type Arguments<Option extends CommandOption = CommandOption> = {
  readonly given: readonly Given<Option>[]
  /** What stands beside the options. */
  readonly words: readonly string[]
  /** Each names its option and says what is wrong; values are not shown, they may be secrets. */
  readonly problems: readonly string[]
}

type Token = {
  readonly name: string
  /** As it was written. */
  readonly rawName: string
  readonly value?: string | undefined
  /** Whether the value came behind `=`. */
  readonly inlineValue?: boolean | undefined
}
type Reading<Option extends CommandOption> =
  | { readonly ok: true; readonly given: Given<Option> }
  | { readonly ok: false; readonly problem: string }
type Known<Option extends CommandOption> = ReadonlyMap<string, Option>

/** Which options these words are, before most values are looked at. Tells every problem at once. Pure. */
export function readArguments<Option extends CommandOption>(
  args: readonly string[],
  options: readonly Option[],
): Arguments<Option> {
  const known: Known<Option> = new Map(options.map((option) => [option.name, option]))
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      options.map(({ name, value }) => [
        name,
        { type: value === null ? 'boolean' : 'string', multiple: true },
      ]),
    ),
    // Not strict: that would end at the first problem, and could suggest nothing.
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const said = tokens.filter((token) => token.kind === 'option')
  const readings = said.map((token) => readOption(token, known))
  const given = readings.flatMap((reading) => (reading.ok ? [reading.given] : []))
  const problems = readings.flatMap((reading) => (reading.ok ? [] : [reading.problem]))
  const strangers = said.filter((token) => !known.has(nameOf(token)) && token.value === undefined)
  const behindStrangers = new Set(strangers.map(({ index }) => index + 1))
  const positionals = tokens.filter((token) => token.kind === 'positional')
  // What stands behind an option that nobody knows was meant to be its value, if there is a word besides.
  const others = positionals.filter(({ index }) => !behindStrangers.has(index))
  const words = (others.length > 0 ? others : positionals).map(({ value }) => value)
  return { given, words, problems: [...problems, ...repeated(given)] }
}

function nameOf({ name }: Pick<Token, 'name'>): string {
  return name === 'h' ? 'help' : name
}

function readOption<Option extends CommandOption>(
  token: Token,
  known: Known<Option>,
): Reading<Option> {
  const { rawName, value, inlineValue } = token
  const name = nameOf(token)
  const option = known.get(name)
  if (option === undefined) return refused(`unknown option ${rawName}${suggested(name, known)}`)
  if (option.value === null) {
    return value === undefined
      ? { ok: true, given: { option, value: '' } }
      : refused(`--${name}: takes no value`)
  }
  if (value === undefined) return refused(`--${name}: needs a value, ${option.value}`)
  // An unset variable of a shell would make the check weaker without a word.
  if (value === '') return refused(`--${name}: must not be empty`)
  if (inlineValue !== true && value.startsWith('--') && known.has(value.slice(2))) {
    return refused(`--${name}: needs a value; if ${value} is meant, write --${name}=${value}`)
  }
  const problem = choiceProblem(option, value)
  return problem === null ? { ok: true, given: { option, value } } : refused(problem)
}

function choiceProblem({ name, choices }: CommandOption, value: string): string | null {
  if (choices === undefined || choices.includes(value)) return null
  const all = new Intl.ListFormat('en', { type: 'disjunction' }).format(choices)
  return `--${name}: ${JSON.stringify(value)} must be ${all}${suggestion(value, choices)}`
}

function suggested(name: string, known: Known<CommandOption>): string {
  return suggestion(name, known.keys()).replace('did you mean ', 'did you mean --')
}

function repeated(given: readonly Given[]): readonly string[] {
  const single = given.filter(({ option }) => option.value !== null && option.repeats !== true)
  const counts = Map.groupBy(single, ({ option }) => option.name)
  return [...counts].flatMap(([name, all]) =>
    all.length > 1 ? [`--${name}: is given ${all.length} times`] : [],
  )
}

function refused(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem }
}
