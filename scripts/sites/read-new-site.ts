import type { SiteValues } from '#db/loaded-columns.ts'
import { type FieldProblem, judgeSite } from '../../site-file/judge-site.ts'
import { optionsOf } from '../command-shape.ts'
import { fieldsOf } from '../fields-of.ts'
import { inOptionWords } from '../option-words.ts'
import { readArguments } from '../read-arguments.ts'
import type { SiteOption } from '../site-options.ts'
import { sitesAddShape } from './site-shapes.ts'

export type NewSiteReading =
  | { readonly outcome: 'read'; readonly values: SiteValues }
  /** Every problem, in the words of the options. */
  | { readonly outcome: 'refused'; readonly problems: readonly string[] }

type Options = {
  /** Those that there are, by name. */
  readonly cadences: ReadonlySet<string>
  /** What `heartbeat:new` is to be called. */
  readonly newToken: string
}

const siteOptions: readonly SiteOption[] = sitesAddShape.groups.flatMap(({ options }) =>
  options.filter(isSiteOption),
)

/** The arguments of `uptick sites add` as a site that may be stored and can be checked. Pure. */
export function readNewSite(
  args: readonly string[],
  { cadences, newToken }: Options,
): NewSiteReading {
  const { given, words } = readArguments(args, optionsOf(sitesAddShape))
  const { values, problems } = fieldsOf(
    given.flatMap(({ option, value }) => (isSiteOption(option) ? [{ option, value }] : [])),
  )
  const said = new Map([...values].filter(([, value]) => value !== null))
  const url = (words[0] ?? '').replace(/^heartbeat:new$/i, `heartbeat:${newToken}`)
  const verdict = judgeSite(
    { form: 'cells', fields: new Map([...said, ['url', url]]), stored: null },
    cadences,
  )
  const refused = verdict.outcome === 'refused' ? verdict.problems.map(problemText) : []
  const all = [...problems, ...refused]
  if (all.length > 0 || verdict.outcome === 'refused') return { outcome: 'refused', problems: all }
  return { outcome: 'read', values: verdict.values }
}

/** Whether some option says this of a site. */
export const columnsOfOptions: ReadonlySet<string> = new Set(
  siteOptions.map(({ says }) => says.column),
)

function isSiteOption(option: object): option is SiteOption {
  return 'says' in option
}

function problemText({ field, reason }: FieldProblem): string {
  return inOptionWords(field === null ? reason : `${field}: ${reason}`)
}
