import { parseBodyRegex } from '#shared/domain/body-regex.ts'
import type { CheckKind, Expectation } from '#shared/domain/check.ts'
import { readingsOf } from '#shared/domain/condition.ts'
import { parseExpectedStatus } from '#shared/domain/expected-status.ts'
import { parseJsonPath } from '#shared/domain/json-path.ts'
import { parseConditions } from '#shared/domain/parse-conditions.ts'
import { conditionRule } from './condition-rule.ts'
import {
  type HeaderExpected,
  headerRule,
  rulesOfOptions,
  slaRule,
  statusRule,
} from './option-rules.ts'
import type { Rule } from './rule.ts'
import { type ValueSource, valueRule } from './value-rule.ts'

/** An expectation ready to be held against answers. */
export type CompiledExpectation = {
  readonly ok: true
  /** In the order in which they are judged: the first that is not met decides. */
  readonly rules: readonly Rule[]
  /** What is told, but decides nothing: an SLA that is no failure. */
  readonly told: readonly Rule[]
  readonly needsBody: boolean
  /** A failed look-up is an answer where a condition asks which one it was. */
  readonly readsRcode: boolean
  readonly slaMs: number | null
}

type Compiled = CompiledExpectation | Refused
type Refused = { readonly ok: false; readonly reason: string }
type Rules = { readonly ok: true; readonly rules: readonly Rule[] } | Refused

/** Distinct texts of one kind in one worker; beyond it the oldest is compiled again when it comes. */
const REMEMBERED_MAX = 1_000

const statusOf = remembered((text: string) => {
  const parsed = parseExpectedStatus(text)
  return parsed.ok ? accepted([statusRule(text, parsed.matches)]) : parsed
})
const jsonPathOf = remembered(parseJsonPath)
const bodyRegexOf = remembered(parseBodyRegex)
const conditionsOf = remembered((text: string) => {
  const parsed = parseConditions(text)
  if (!parsed.ok) return parsed
  const readings = new Set(parsed.conditions.flatMap(readingsOf).map(({ kind }) => kind))
  return { ok: true as const, rules: parsed.conditions.map(conditionRule), readings }
})
const NO_CONDITIONS = { ok: true, rules: [], readings: new Set<string>() } as const

/** Compiles each distinct text once, however many sites and checks have it. */
export function compileExpectation(expectation: Expectation, kind: CheckKind): Compiled {
  const { conditions: text, slaMs, slaIsFailure } = expectation
  const conditions = text === null ? NO_CONDITIONS : conditionsOf(text)
  if (!conditions.ok) return refused('conditions', conditions.reason)
  const hasStatus = kind === 'http' && !conditions.readings.has('status')
  const status = hasStatus ? statusOf(expectation.expectedStatus) : accepted([])
  if (!status.ok) return refused('expected_status', status.reason)
  const headers = headerRules(expectation.expectedHeaders)
  if (!headers.ok) return headers
  const value = valueRules(expectation, kind)
  if (!value.ok) return value
  const sla = slaMs === null ? [] : [slaRule(slaMs)]
  const rules = [
    ...status.rules,
    ...headers.rules,
    ...rulesOfOptions(expectation),
    ...value.rules,
    ...conditions.rules,
    ...(slaIsFailure ? sla : []),
  ]
  return {
    ok: true,
    rules,
    told: slaIsFailure ? [] : sla,
    needsBody: rules.some(({ needsBody }) => needsBody),
    readsRcode: conditions.readings.has('dns_rcode'),
    slaMs,
  }
}

function headerRules(expected: Expectation['expectedHeaders']): Rules {
  const rules: Rule[] = []
  for (const [name, text] of Object.entries(expected)) {
    const regex = text === null ? null : bodyRegexOf(text)
    if (regex?.ok === false) {
      return refused(`expected_headers ${JSON.stringify(name)}`, regex.reason)
    }
    const matching: HeaderExpected['regex'] =
      regex === null || text === null ? null : { text, search: regex.search }
    rules.push(headerRule({ name, regex: matching }))
  }
  return accepted(rules)
}

function valueRules(expectation: Expectation, kind: CheckKind): Rules {
  const source = valueSource(expectation, kind)
  if (source === null) return accepted([])
  return 'reason' in source ? source : accepted([valueRule(source, expectation)])
}

function valueSource(
  { jsonPath, bodyRegex, expectedValue }: Expectation,
  kind: CheckKind,
): ValueSource | Refused | null {
  if (jsonPath !== null) {
    const path = jsonPathOf(jsonPath)
    return path.ok ? { kind: 'json_path', text: jsonPath, path } : refused('json_path', path.reason)
  }
  if (bodyRegex !== null) {
    const regex = bodyRegexOf(bodyRegex)
    return regex.ok
      ? { kind: 'body_regex', text: bodyRegex, search: regex.search }
      : refused('body_regex', regex.reason)
  }
  return kind === 'dns' && expectedValue !== null ? { kind: 'records' } : null
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

function accepted(rules: readonly Rule[]): Rules {
  return { ok: true, rules }
}

function refused(column: string, reason: string): Refused {
  return { ok: false, reason: `${column} ${reason}` }
}
