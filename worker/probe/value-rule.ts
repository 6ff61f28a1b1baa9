import type { RegexSearch } from '#shared/domain/body-regex.ts'
import type { Expectation } from '#shared/domain/check.ts'
import type { FoundPath } from '#shared/domain/condition.ts'
import { type Comparable, comparableOf, compareValues } from '#shared/domain/value-comparison.ts'
import { quote } from './clean-text.ts'
import { type BodyText, type Evidence, type Problem, problem, type Unseen } from './evidence.ts'
import { type Finding, MET, type Rule } from './rule.ts'

/** Where a site's value is. `records`: each line of a DNS answer is one, and one that fits is enough. */
export type ValueSource =
  | { readonly kind: 'json_path'; readonly text: string; readonly path: FoundPath }
  | { readonly kind: 'body_regex'; readonly text: string; search(text: string): RegexSearch }
  | { readonly kind: 'records' }

type Wanted = Pick<Expectation, 'valueOperator' | 'expectedValue'>
type Extraction =
  | { readonly outcome: 'seen'; readonly value: Comparable; readonly isNull: boolean }
  | Unseen

/**
 * The value that a path or a regex finds, and what it is held against. Without an expected value, or
 * with the operator `exists`, something must be there; null is nothing.
 */
export function valueRule(source: ValueSource, wanted: Wanted): Rule {
  return {
    // Only people ask for it, and most checks are for no one to read.
    get text() {
      return textOf(source, wanted)
    },
    needsBody: true,
    judge(evidence) {
      const found = extract(source, evidence)
      if (found.outcome === 'not_reached') return found
      if (found.outcome === 'problem') return notMet(found)
      const value = found.value.text
      const problem = valueProblem(source, found, wanted)
      return problem === null ? { ...MET, value } : { ...notMet(problem), value }
    },
    seen(evidence) {
      const found = extract(source, evidence)
      return found.outcome === 'seen' ? quote(found.value.text) : null
    },
  }
}

function notMet({ failure, message }: Problem): Extract<Finding, { outcome: 'not_met' }> {
  return { outcome: 'not_met', failure, message }
}

function textOf(source: ValueSource, { valueOperator, expectedValue }: Wanted): string {
  const isThere = valueOperator === 'exists' || expectedValue === null
  const expected = `${valueOperator} ${JSON.stringify(expectedValue)}`
  switch (source.kind) {
    case 'json_path': {
      const path = source.text.trim().replace(/^\$/, '')
      const body = `[BODY]${path === '' || /^[.[]/.test(path) ? path : `.${path}`}`
      return isThere ? `has(${body}) == true` : `${body} ${expected}`
    }
    case 'body_regex':
      return isThere
        ? `[BODY] == regex(${source.text})`
        : `the match of regex(${source.text}) ${expected}`
    case 'records':
      return `a record ${expected}`
  }
}

function valueProblem(
  source: ValueSource,
  found: Extract<Extraction, { outcome: 'seen' }>,
  { valueOperator, expectedValue }: Wanted,
): Problem | null {
  if (valueOperator === 'exists' || expectedValue === null) {
    return found.isNull ? body('the value is null, expected one') : null
  }
  const expected: Comparable = { text: expectedValue.normalize('NFC'), type: 'open' }
  if (source.kind === 'records') return recordsProblem(found.value.text, valueOperator, expected)
  const comparison = compareValues(found.value, valueOperator, expected)
  if (comparison.outcome === 'met') return null
  const value = `the value is ${quote(found.value.text)}`
  const operator = valueOperator === '==' ? '' : `${valueOperator} `
  if (comparison.outcome === 'not_met') {
    return body(`${value}, expected ${operator}${quote(expectedValue)}`)
  }
  return body(
    comparison.side === 'left'
      ? `${value}, which is not a number, expected ${operator}${quote(expectedValue)}`
      : `${value}, and the expected ${quote(expectedValue)} is not a number`,
  )
}

/** One record must be as expected; with `!=`, none may be equal. */
function recordsProblem(
  text: string,
  operator: Exclude<Wanted['valueOperator'], 'exists'>,
  expected: Comparable,
): Problem | null {
  const records = text.split('\n').filter((record) => record !== '')
  const fits = (record: string) =>
    compareValues({ text: record, type: 'text' }, operator, expected).outcome === 'met'
  if (operator === '!=' ? records.every(fits) : records.some(fits)) return null
  const seen = records.length === 0 ? 'there are none' : `they are ${quote(records.join(', '))}`
  const wanted = operator === '!=' ? 'expected none that is' : `expected one ${operator}`
  return body(`the records: ${seen}, ${wanted} ${quote(expected.text)}`)
}

function body(message: string): Problem {
  return { failure: 'body', message }
}

function extract(source: ValueSource, evidence: Evidence): Extraction {
  if (source.kind === 'json_path') return extractByPath(source, evidence)
  const text = evidence.text()
  if (text.outcome !== 'seen') return text
  return source.kind === 'body_regex'
    ? extractByRegex(source, text)
    : { outcome: 'seen', value: { text: text.text, type: 'text' }, isNull: false }
}

function extractByPath(
  { path, text }: Extract<ValueSource, { kind: 'json_path' }>,
  evidence: Evidence,
): Extraction {
  const document = evidence.document()
  if (document.outcome !== 'seen') return document
  const found = path.extract(document.json)
  if (!found.found) return problem('body', `nothing in the body at ${text}`)
  const value = comparableOf(found.value)
  return value === null
    ? problem('body', 'the value is nested too deeply to be told as text')
    : { outcome: 'seen', value, isNull: found.value === null }
}

function extractByRegex(
  { search, text: regex }: Extract<ValueSource, { kind: 'body_regex' }>,
  { text, extent }: BodyText,
): Extraction {
  const match = search(text)
  if (match.found) {
    return { outcome: 'seen', value: { text: match.value, type: 'text' }, isNull: false }
  }
  if (match.searched === 'all' && extent === 'whole') {
    return problem('body', `no match for ${regex} in the body`)
  }
  const limit =
    match.searched === 'part' ? 'part that so costly an expression may search' : 'first 1 MiB'
  return problem('too_large', `no match for ${regex} in the ${limit} of the body`)
}
