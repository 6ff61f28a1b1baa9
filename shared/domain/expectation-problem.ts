import { parseBodyRegex } from './body-regex.ts'
import { defaultExpectation, type Expectation, type Target } from './check.ts'
import { readingsOf } from './condition.ts'
import { parseDecimal } from './decimal.ts'
import { parseExpectedStatus } from './expected-status.ts'
import { expectedHeadersProblem, type HeaderValues } from './header-fields.ts'
import { parseJsonPath } from './json-path.ts'
import { conditionKindProblem } from './kind-problem.ts'
import { parseConditions } from './parse-conditions.ts'

type Expected = Omit<Expectation, 'expectedHeaders'> & {
  readonly expectedHeaders: HeaderValues
} & Pick<Target, 'kind' | 'url'>

/** Why an answer cannot be held against this, naming the column and the value, or null. */
export function expectationProblem(site: Expected): string | null {
  return (
    parserProblem('expected_status', site.expectedStatus, parseExpectedStatus) ??
    expectedHeadersProblem(site.expectedHeaders) ??
    parserProblem('json_path', site.jsonPath, parseJsonPath) ??
    parserProblem('body_regex', site.bodyRegex, parseBodyRegex) ??
    operatorProblem(site) ??
    conditionsProblem(site)
  )
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

function operatorProblem({ valueOperator, expectedValue }: Expected): string | null {
  if (valueOperator === '==' || valueOperator === 'exists') return null
  if (expectedValue === null) return `value_operator: ${valueOperator} needs an expected_value`
  if (valueOperator === '!=' || valueOperator === 'contains') return null
  return parseDecimal(expectedValue) === null
    ? `expected_value: ${JSON.stringify(expectedValue)} is not a number, which value_operator ${valueOperator} needs`
    : null
}

function conditionsProblem(site: Expected): string | null {
  if (site.conditions === null) return null
  const parsed = parseConditions(site.conditions)
  if (!parsed.ok) return `conditions: ${parsed.reason}`
  const status = parsed.conditions.find((condition) =>
    readingsOf(condition).some(({ kind }) => kind === 'status'),
  )
  if (status !== undefined && site.expectedStatus !== defaultExpectation.expectedStatus) {
    const expected = JSON.stringify(site.expectedStatus)
    return `expected_status: ${expected} and the condition ${JSON.stringify(status.text)} both judge the status; keep one`
  }
  return conditionKindProblem(site, parsed.conditions)
}
