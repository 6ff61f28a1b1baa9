import { parseBodyRegex, type RegexSearch } from '#shared/domain/body-regex.ts'
import type { Expectation } from '#shared/domain/check.ts'
import { parseExpectedStatus } from '#shared/domain/expected-status.ts'
import { type JsonExtraction, parseJsonPath } from '#shared/domain/json-path.ts'

/** An expectation ready to be held against answers. */
export type CompiledExpectation = {
  readonly ok: true
  matchesStatus(statusCode: number): boolean
  readonly bodyRule: BodyRule | null
  readonly needsBody: boolean
}

export type BodyRule =
  | { readonly kind: 'json_path'; extract(value: unknown): JsonExtraction }
  | { readonly kind: 'body_regex'; search(text: string): RegexSearch }

type Compiled = CompiledExpectation | Refused
type Refused = { readonly ok: false; readonly reason: string }

/** Distinct texts of one kind in one worker; beyond it the oldest is compiled again when it comes. */
const REMEMBERED_MAX = 1_000

const expectedStatusOf = remembered(parseExpectedStatus)
const jsonPathOf = remembered(parseJsonPath)
const bodyRegexOf = remembered(parseBodyRegex)

/** Compiles each distinct text once, however many sites and checks have it. */
export function compileExpectation(expectation: Expectation): Compiled {
  const status = expectedStatusOf(expectation.expectedStatus)
  if (!status.ok) return refused('expected_status', status.reason)
  const bodyRule = compileBodyRule(expectation)
  if (bodyRule !== null && 'reason' in bodyRule) return bodyRule
  return { ok: true, matchesStatus: status.matches, bodyRule, needsBody: bodyRule !== null }
}

function compileBodyRule({ jsonPath, bodyRegex }: Expectation): BodyRule | Refused | null {
  if (jsonPath !== null) {
    const path = jsonPathOf(jsonPath)
    return path.ok
      ? { kind: 'json_path', extract: path.extract }
      : refused('json_path', path.reason)
  }
  if (bodyRegex !== null) {
    const regex = bodyRegexOf(bodyRegex)
    return regex.ok
      ? { kind: 'body_regex', search: regex.search }
      : refused('body_regex', regex.reason)
  }
  return null
}

/** Remembers what a pure function of a text returned. */
export function remembered<T>(
  parse: (text: string) => T,
  max = REMEMBERED_MAX,
): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const value = parse(text)
    known.set(text, value)
    if (known.size > max) known.delete(known.keys().next().value ?? text)
    return value
  }
}

function refused(column: string, reason: string): Refused {
  return { ok: false, reason: `${column} ${reason}` }
}
