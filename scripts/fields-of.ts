import type { CommandOption } from './command-shape.ts'
import type { Given } from './read-arguments.ts'
import type { Saying } from './site-options.ts'

export type Fields = {
  /** By column, in the form of a file's cells. */
  readonly values: ReadonlyMap<string, unknown>
  readonly problems: readonly string[]
}

type Named = { readonly name: string; readonly text: string | null }
type Form = { readonly match: RegExp; readonly must: string }

const HEADER: Form = { match: /^([^:]+):(.*)$/s, must: "'NAME: VALUE'" }
const EXPECTED_HEADER: Form = { match: /^([^=]+)(?:=(.*))?$/s, must: 'NAME or NAME=REGEX' }

/** An option of a command that is about a site; what it says may also be about the command. */
type OptionOfSite = CommandOption & {
  readonly says: Saying | { readonly as: 'text' | 'flag' }
}

/** What the options say of the site. Pure. */
export function fieldsOf(given: readonly Given<OptionOfSite>[]): Fields {
  const valuesOf = (as: Saying['as']) =>
    given.filter(({ option }) => option.says.as === as).map(({ value }) => value)
  const headers = namedTexts('--header', valuesOf('header'), HEADER)
  const expected = namedTexts('--expected-header', valuesOf('expected_header'), EXPECTED_HEADER)
  const conditions = valuesOf('line')
  const items = Map.groupBy(
    given.flatMap(({ option: { says }, value }) =>
      'column' in says && says.as === 'item' ? [{ column: says.column, value }] : [],
    ),
    ({ column }) => column,
  )
  const single = given.flatMap(({ option: { says }, value }) => {
    if (!('column' in says)) return []
    if (says.as === 'text') return [[says.column, value] as const]
    return says.as === 'true' || says.as === 'false' ? [[says.column, says.as] as const] : []
  })
  return {
    values: new Map<string, unknown>([
      ...single,
      ...[...items].map(([column, all]) => [column, all.map(({ value }) => value)] as const),
      ['headers', headers.texts],
      ['expected_headers', expected.texts],
      ['conditions', conditions.length === 0 ? null : conditions],
    ]),
    problems: [...headers.problems, ...expected.problems],
  }
}

/** Texts by their names. What has another form is not shown: it may be a secret alone. */
function namedTexts(option: string, values: readonly string[], { match, must }: Form) {
  const named = values.flatMap((value): Named[] => {
    const [whole, name = '', text] = match.exec(value) ?? []
    return whole === undefined ? [] : [{ name: name.trim(), text: text?.trim() ?? null }]
  })
  const counts = Map.groupBy(named, ({ name }) => name.toLowerCase())
  const repeated = [...counts.values()].filter((all) => all.length > 1)
  return {
    texts: Object.fromEntries(named.map(({ name, text }) => [name, text])),
    problems: [
      ...(named.length < values.length ? [`${option}: must be ${must}`] : []),
      ...repeated.map(([one]) => `${option}: ${JSON.stringify(one?.name)} is given twice`),
    ],
  }
}
