import { parseBodyRegex } from './body-regex.ts'
import {
  type Check,
  defaultExpectation,
  defaultTarget,
  type Expectation,
  type Occasion,
  type Target,
} from './check.ts'
import { parseExpectedStatus } from './expected-status.ts'
import { type HeaderValues, headersProblem } from './header-fields.ts'
import { parseJsonPath } from './json-path.ts'
import { secretReferenceProblem } from './secret-reference.ts'
import { normalTargetUrl, targetUrlProblem } from './target-url.ts'

/** A row of `site_config`, as far as a check needs it: what SQL could not decide is not certain yet. */
export type Site = {
  readonly id: number
  readonly cadenceSeconds: number
  readonly headers: HeaderValues
  readonly expectedHeaders: HeaderValues
} & Omit<Target, 'headers'> &
  Omit<Expectation, 'expectedHeaders'>

/** Which check of a site is to be made. */
export type CheckWanted = {
  readonly slotMs: number
  readonly occasion: Occasion
  readonly avoidWorker: string | null
}

/**
 * What only code can decide about a row: why it cannot be checked, naming the column and the value,
 * or null. The values of headers are not shown, they may be secrets.
 */
export function siteProblem(site: Site): string | null {
  const url = targetUrlProblem(site.kind, site.url)
  if (url !== null) return `url: ${url}`
  return (
    headersProblem(site.headers) ??
    secretsProblem(site) ??
    httpVersionProblem(site) ??
    parserProblem('expected_status', site.expectedStatus, parseExpectedStatus) ??
    parserProblem('json_path', site.jsonPath, parseJsonPath) ??
    parserProblem('body_regex', site.bodyRegex, parseBodyRegex)
  )
}

function secretsProblem({ headers, body }: Site): string | null {
  const texts = [...Object.entries(headers), ['', body] as const]
  for (const [name, text] of texts) {
    const problem = typeof text === 'string' ? secretReferenceProblem(text) : null
    const column = name === '' ? 'body:' : `headers: ${JSON.stringify(name)}`
    if (problem !== null) return `${column} ${problem}`
  }
  return null
}

function httpVersionProblem({ httpVersion, url }: Site): string | null {
  const isPlain = httpVersion === '2' && /^http:/i.test(url)
  return isPlain ? 'http_version: 2 needs an https URL; http:// is always 1.1' : null
}

/** The check of a valid site. */
export function checkOf(site: Site, wanted: CheckWanted): Check {
  const headers = textsOf(site.headers)
  const expectedHeaders = Object.fromEntries(
    Object.entries(site.expectedHeaders).map(([name, value]) => [
      name,
      value === null ? null : String(value),
    ]),
  )
  const url = normalTargetUrl(site.kind, site.url)
  return {
    siteId: site.id,
    cadenceSeconds: site.cadenceSeconds,
    ...wanted,
    target: { ...only(site, defaultTarget), url, headers },
    expectation: { ...only(site, defaultExpectation), expectedHeaders },
  }
}

function textsOf(values: HeaderValues): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
}

/** The fields of one object that another one has. */
function only<Part extends object>(
  whole: { readonly [Name in keyof Part]: unknown },
  part: Part,
): Part {
  const names = Object.keys(part) as (keyof Part)[]
  return Object.fromEntries(names.map((name) => [name, whole[name]])) as Part
}

type Parsed = { readonly ok: true } | { readonly ok: false; readonly reason: string }

function parserProblem(
  column: string,
  text: string | null,
  parse: (text: string) => Parsed,
): string | null {
  if (text === null) return null
  const parsed = parse(text)
  return parsed.ok ? null : `${column}: ${JSON.stringify(text)} ${parsed.reason}`
}
