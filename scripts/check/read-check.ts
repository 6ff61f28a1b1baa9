import { secretNamesIn } from '#shared/domain/secret-reference.ts'
import { type Site, siteProblem } from '#shared/domain/site.ts'
import { type Environment, SettingsReader } from '#shared/runtime/settings.ts'
import { contradictionsIn } from '../../site-file/contradictions.ts'
import { FieldReader } from '../../site-file/field-reader.ts'
import { readSiteValues } from '../../site-file/read-site-values.ts'
import { siteOf } from '../../site-file/site-of.ts'
import { nameServerProblem } from '../../worker/probe/name-server-problem.ts'
import { fieldsOf } from '../fields-of.ts'
import { inOptionWords } from '../option-words.ts'
import { type Given, readArguments } from '../read-arguments.ts'
import { type CheckOption, checkOptions, type Manner, type Telling } from './check-options.ts'
import { urlProblem } from './url-problem.ts'

/** What a person at a terminal asks for. */
export type Wish =
  | { readonly outcome: 'help' }
  | { readonly outcome: 'refused'; readonly problems: readonly string[] }
  | ({ readonly outcome: 'check' } & CheckWanted)

export type CheckWanted = {
  /** Valid. */
  readonly site: Site
  readonly manner: CheckManner
  readonly tells: ReadonlySet<Telling>
}

export type CheckManner = {
  readonly secretsDir: string | null
  readonly dnsServers: readonly string[]
  readonly allowPrivateTargets: boolean
}

/** Which setting of a worker stands for an option that was not given. */
const settings: Readonly<Record<Manner, string>> = {
  secrets_dir: 'SECRETS_DIR',
  dns_servers: 'DNS_SERVERS',
  allow_private_targets: 'ALLOW_PRIVATE_TARGETS',
}

/** A check by hand has none, but its reader wants one. */
const cadences = new Set(['5m'])

const allOptions = checkOptions.flatMap(({ options }) => options)

type Read<T> = { readonly value: T; readonly problems: readonly string[] }

/** The arguments of `uptick check` as a valid site, or every problem that they have. */
export function readCheck(args: readonly string[], env: Environment): Wish {
  const { given, words: urls, problems } = readArguments(args, allOptions)
  const tells = new Set(
    given.flatMap(({ option: { says } }) => ('telling' in says ? says.telling : [])),
  )
  if (tells.has('help')) return { outcome: 'help' }
  const site = readSite(given, urls)
  const manner = readManner(given, env)
  const folder = manner.value.secretsDir === null ? folderWanted(given) : []
  const all = [...problems, ...site.problems, ...manner.problems, ...folder]
  if (all.length > 0 || site.value === null) return { outcome: 'refused', problems: all }
  return { outcome: 'check', site: site.value, manner: manner.value, tells }
}

function readSite(
  given: readonly Given<CheckOption>[],
  urls: readonly string[],
): Read<Site | null> {
  const { values: fields, problems: unread } = fieldsOf(given)
  const fault = faultOf(urls, fields.get('kind'))
  const read = new FieldReader('cells', new Map([...fields, ['url', urls[0]]]))
  const values = readSiteValues(read, cadences)
  if (fault !== null) {
    const others = read.problems.filter((problem) => !/^(url|kind):/.test(problem))
    return { value: null, problems: [fault, ...unread, ...others.map(inOptionWords)] }
  }
  const problems = [...read.problems, ...contradictionsIn(values)]
  const site = siteOf(values)
  // What a site is worth as a whole can be told when its parts are well.
  const whole = problems.length + unread.length > 0 ? null : siteProblem(site)
  const told = [...problems, ...(whole === null ? [] : [whole])]
  return { value: site, problems: [...unread, ...told.map(inOptionWords)] }
}

/** What is wrong with the URL alone, or null. */
function faultOf([url = '', ...others]: readonly string[], kind: unknown): string | null {
  if (others.length > 0) return `URL: one at a time, not ${others.length + 1}`
  return url === '' ? 'URL: is missing' : urlProblem(url, kind)
}

/** Each option that names a file, while nobody said in which folder it is. */
function folderWanted(given: readonly Given<CheckOption>[]): readonly string[] {
  const naming = given.filter(({ option: { says }, value }) => {
    if (!('column' in says)) return false
    return /_(secret|file)$/.test(says.column) || secretNamesIn(value).length > 0
  })
  return naming.map(({ option }) => `--${option.name}: names a file, and needs --secrets-dir`)
}

/** As the options say, and where they do not, as the environment of a worker would. */
function readManner(given: readonly Given<CheckOption>[], env: Environment): Read<CheckManner> {
  const options = given.flatMap(({ option: { name, says }, value }) =>
    'manner' in says ? [{ option: `--${name}`, setting: settings[says.manner], value }] : [],
  )
  const said = Object.fromEntries(
    options.flatMap(({ setting, value }) => [
      [setting, value],
      [`${setting}_FILE`, undefined],
    ]),
  )
  const read = new SettingsReader({ ...env, ...said })
  const value = {
    secretsDir: read.optionalText('SECRETS_DIR'),
    dnsServers: read.list('DNS_SERVERS', { default: [], problemOf: nameServerProblem }),
    allowPrivateTargets: read.flag('ALLOW_PRIVATE_TARGETS', { default: true }),
  }
  const problems = read.problems.map((problem) =>
    options.reduce(
      (text, { option, setting }) =>
        text.startsWith(`${setting}:`) ? option + text.slice(setting.length) : text,
      problem,
    ),
  )
  return { value, problems }
}
