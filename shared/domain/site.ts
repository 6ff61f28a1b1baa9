import {
  type Check,
  defaultExpectation,
  defaultTarget,
  type Expectation,
  type Heartbeat,
  type Occasion,
  type Target,
} from './check.ts'
import { expectationProblem } from './expectation-problem.ts'
import { type HeaderValues, headersProblem } from './header-fields.ts'
import { kindProblem } from './kind-problem.ts'
import { secretReferenceProblem } from './secret-reference.ts'
import { normalTargetUrl, targetUrlProblem } from './target-url.ts'

/** A row of `site_config`, as far as a check needs it: what SQL could not decide is not certain yet. */
export type Site = {
  readonly id: number
  readonly cadenceSeconds: number
  readonly headers: HeaderValues
  readonly expectedHeaders: HeaderValues
  /** Of sites of this kind alone. */
  readonly heartbeat: Omit<Heartbeat, 'slotMs'> | null
} & Omit<Target, 'headers' | 'heartbeat'> &
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
    bodyProblem(site) ??
    httpVersionProblem(site) ??
    kindProblem(site) ??
    expectationProblem(site)
  )
}

function bodyProblem({ body }: Site): string | null {
  const problem = body === null ? null : secretReferenceProblem(body)
  return problem === null ? null : `body: ${problem}`
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
  const heartbeat = site.heartbeat && { ...site.heartbeat, slotMs: wanted.slotMs }
  return {
    siteId: site.id,
    cadenceSeconds: site.cadenceSeconds,
    ...wanted,
    target: { ...fieldsLike(defaultTarget, { ...site, heartbeat }), url, headers },
    expectation: { ...fieldsLike(defaultExpectation, site), expectedHeaders },
  }
}

function textsOf(values: HeaderValues): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
}

/** Of the whole the fields that its part has. */
function fieldsLike<Part extends object>(
  part: Part,
  whole: { readonly [Name in keyof Part]: unknown },
): Part {
  // A loop, for each check that is due comes by here twice: pairs and a map would cost three times as much.
  const fields: { [Name in keyof Part]?: unknown } = {}
  for (const name in part) fields[name] = whole[name]
  return fields as Part
}
