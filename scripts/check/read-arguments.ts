import { parseArgs } from 'node:util'
import { suggestion } from '#shared/domain/nearest-name.ts'
import { type CheckOption, checkOptions } from './check-options.ts'

/** An option as it was given; `value` is empty where it has none. */
export type Given = { readonly option: CheckOption; readonly value: string }

export type Arguments = {
  readonly given: readonly Given[]
  readonly urls: readonly string[]
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
type Reading =
  | { readonly ok: true; readonly given: Given }
  | { readonly ok: false; readonly problem: string }

const byName: ReadonlyMap<string, CheckOption> = new Map(
  checkOptions.flatMap(({ options }) => options.map((option) => [option.name, option])),
)

/** Which options these words are, before their values are looked at. Tells every problem at once. Pure. */
export function readArguments(args: readonly string[]): Arguments {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      [...byName].map(([name, { value }]) => [
        name,
        { type: value === null ? 'boolean' : 'string', multiple: true },
      ]),
    ),
    // Not strict: that would end at the first problem, and could suggest nothing.
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const options = tokens.filter((token) => token.kind === 'option')
  const readings = options.map(readOption)
  const given = readings.flatMap((reading) => (reading.ok ? [reading.given] : []))
  const problems = readings.flatMap((reading) => (reading.ok ? [] : [reading.problem]))
  const strangers = options.filter(
    (token) => !byName.has(nameOf(token)) && token.value === undefined,
  )
  const behindStrangers = new Set(strangers.map(({ index }) => index + 1))
  const words = tokens.filter((token) => token.kind === 'positional')
  // What stands behind an option that nobody knows was meant to be its value, if there is a URL besides.
  const others = words.filter(({ index }) => !behindStrangers.has(index))
  const urls = (others.length > 0 ? others : words).map(({ value }) => value)
  return { given, urls, problems: [...problems, ...repeated(given)] }
}

function nameOf({ name }: Pick<Token, 'name'>): string {
  return name === 'h' ? 'help' : name
}

function readOption(token: Token): Reading {
  const { rawName, value, inlineValue } = token
  const name = nameOf(token)
  const option = byName.get(name)
  if (option === undefined) return refused(`unknown option ${rawName}${suggested(name)}`)
  if (option.value === null) {
    return value === undefined
      ? { ok: true, given: { option, value: '' } }
      : refused(`--${name}: takes no value`)
  }
  if (value === undefined) return refused(`--${name}: needs a value, ${option.value}`)
  // An unset variable of a shell would make the check weaker without a word.
  if (value === '') return refused(`--${name}: must not be empty`)
  if (inlineValue !== true && isOption(value)) {
    return refused(`--${name}: needs a value; if ${value} is meant, write --${name}=${value}`)
  }
  return { ok: true, given: { option, value } }
}

function isOption(text: string): boolean {
  return text.startsWith('--') && byName.has(text.slice(2))
}

function suggested(name: string): string {
  const names = [...byName.keys()]
  return suggestion(name, names).replace('did you mean ', 'did you mean --')
}

function repeated(given: readonly Given[]): readonly string[] {
  const single = given.filter(({ option: { says } }) => !/line|header|flag/.test(says.as))
  const counts = Map.groupBy(single, ({ option }) => option.name)
  return [...counts].flatMap(([name, all]) =>
    all.length > 1 ? [`--${name}: is given ${all.length} times`] : [],
  )
}

function refused(problem: string): Reading {
  return { ok: false, problem }
}
