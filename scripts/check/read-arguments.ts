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

const shortNames: Readonly<Record<string, string>> = { h: 'help' }

/** Which options these words are, before their values are looked at. Tells every problem at once. Pure. */
export function readArguments(args: readonly string[]): Arguments {
  const { tokens, positionals } = parseArgs({
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
  const readings = tokens.filter((token) => token.kind === 'option').map(readOption)
  const given = readings.flatMap((reading) => (reading.ok ? [reading.given] : []))
  const problems = readings.flatMap((reading) => (reading.ok ? [] : [reading.problem]))
  return { given, urls: positionals, problems: [...problems, ...repeated(given)] }
}

function readOption({ name: word, rawName, value, inlineValue }: Token): Reading {
  const name = shortNames[word] ?? word
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
