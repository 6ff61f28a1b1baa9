import type { BodyRegex } from './body-regex.ts'
import type { JsonPath } from './json-path.ts'
import type { Comparable, ComparisonOperator } from './value-comparison.ts'

/**
 * One rule on what was seen, ready to be judged: the subject must be to the expected side as the
 * operator says. Written the other way round (`200 == [STATUS]`), its sides were swapped when read.
 */
export type Condition = {
  /** As its owner wrote it, without the spaces around it. */
  readonly text: string
  readonly subject: Subject
  readonly operator: ComparisonOperator
  readonly expected: Expected
}

/** What is looked at: a reading, or what `len()` and `has()` say of one. */
export type Subject =
  | Reading
  | { readonly kind: 'length' | 'presence'; readonly text: string; readonly of: Reading }

export type Reading =
  | { readonly kind: PlainSubject; readonly text: string }
  /** `path`: null is the whole body as a text, without the spaces around it. */
  | { readonly kind: 'body'; readonly text: string; readonly path: FoundPath | null }
  /** In lower case. */
  | { readonly kind: 'header'; readonly text: string; readonly name: string }

export type PlainSubject =
  | 'status'
  | 'response_time'
  | 'certificate_expiration'
  | 'ip'
  | 'connected'
  | 'body_size'
  | 'dns_rcode'

export type FoundPath = Extract<JsonPath, { ok: true }>

/** What it is held against. Durations are in milliseconds. */
export type Expected =
  | { readonly kind: 'value'; readonly text: string; readonly value: Comparable }
  | { readonly kind: 'subject'; readonly subject: Subject }
  | { readonly kind: 'any'; readonly values: readonly Comparable[] }
  | { readonly kind: 'statuses'; matches(statusCode: number): boolean }
  | { readonly kind: 'pattern'; matches(text: string): boolean; readonly isOpenAtTheEnd: boolean }
  | { readonly kind: 'regex'; readonly search: Extract<BodyRegex, { ok: true }>['search'] }

/** All the readings that a condition needs: its subject's, and that of a subject on the other side. */
export function readingsOf({ subject, expected }: Condition): readonly Reading[] {
  const subjects = expected.kind === 'subject' ? [subject, expected.subject] : [subject]
  return subjects.map((each) => ('of' in each ? each.of : each))
}
