import { parseCalendarTime } from '#shared/domain/calendar-day.ts'
import { nearestName } from '#shared/domain/nearest-name.ts'
import type { FieldError } from './answer.ts'
import { readCursor } from './cursor.ts'

/** A schema as OpenAPI 3.1 has it. */
export type JsonSchema = Readonly<Record<string, unknown>>

type Reading<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string }

/** A parameter of the query: what it means, and how its text becomes a value. */
export type Parameter<Value> = {
  readonly description: string
  readonly schema: JsonSchema
  /** Null: it is not given. */
  read(text: string | null): Reading<Value>
}

export type Parameters = Readonly<Record<string, Parameter<unknown>>>

export type ValuesOf<Given extends Parameters> = {
  readonly [Name in keyof Given]: Given[Name] extends Parameter<infer Value> ? Value : never
}

const LENGTH_MAX = 200
/** Far beyond what is kept, and within what every clock and every table can hold. */
const FIRST_MS = Date.UTC(2000, 0, 1)
const LAST_MS = Date.UTC(2100, 0, 1)
const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/

export function text(description: string): Parameter<string | null> {
  return {
    description,
    schema: { type: 'string', minLength: 1, maxLength: LENGTH_MAX },
    read(given) {
      if (given === null) return { ok: true, value: null }
      if (given === '' || given.length > LENGTH_MAX)
        return { ok: false, reason: `must be 1 to ${LENGTH_MAX} characters` }
      if (given.includes('\0') || !given.isWellFormed())
        return { ok: false, reason: 'must be plain Unicode without NUL' }
      return { ok: true, value: given }
    },
  }
}

export function word<const Word extends string>(
  description: string,
  words: readonly Word[],
): Parameter<Word | null> {
  return {
    description,
    schema: { type: 'string', enum: words },
    read(given) {
      const known = words.find((one) => one === given)
      if (given === null || known !== undefined) return { ok: true, value: known ?? null }
      return { ok: false, reason: `must be one of ${words.join(', ')}` }
    },
  }
}

export function whole(
  description: string,
  { min, max, ...rest }: { readonly min: number; readonly max: number; readonly default: number },
): Parameter<number> {
  return {
    description,
    schema: { type: 'integer', minimum: min, maximum: max, default: rest.default },
    read(given) {
      if (given === null) return { ok: true, value: rest.default }
      const value = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN
      if (value >= min && value <= max) return { ok: true, value }
      return { ok: false, reason: `must be a whole number from ${min} to ${max}` }
    },
  }
}

/** In epoch milliseconds. */
export function instant(description: string): Parameter<number | null> {
  return {
    description: `${description} RFC 3339, or a day (UTC).`,
    schema: { type: 'string', examples: ['2026-06-01T12:00:00Z', '2026-06-01'] },
    read(given) {
      if (given === null) return { ok: true, value: null }
      const ms = INSTANT.test(given) ? parseCalendarTime(given) : null
      if (ms !== null && ms >= FIRST_MS && ms <= LAST_MS) return { ok: true, value: ms }
      const hint = / \d\d:\d\d$/.test(given) ? ' (in an address a plus is written %2B)' : ''
      return { ok: false, reason: `must be an instant such as 2026-06-01T12:00:00Z${hint}` }
    },
  }
}

/** The parts of a cursor that this kind of list writes. */
export function cursor<Parts>(
  isOurs: (parts: readonly unknown[]) => parts is readonly unknown[] & Parts,
): Parameter<Parts | null> {
  return {
    description: 'Where the list goes on: as `next` of the page before has it.',
    schema: { type: 'string' },
    read(given) {
      if (given === null) return { ok: true, value: null }
      const parts = readCursor(given)
      if (parts !== null && isOurs(parts)) return { ok: true, value: parts }
      return { ok: false, reason: 'must be from the `next` of a page of this list' }
    },
  }
}

export type QueryRead<Given extends Parameters> =
  | { readonly ok: true; readonly values: ValuesOf<Given> }
  | { readonly ok: false; readonly errors: readonly FieldError[] }

/** Reads a query strictly: each parameter once, and none that is not known. All that is wrong is told. */
export function readQuery<Given extends Parameters>(
  parameters: Given,
  query: URLSearchParams,
): QueryRead<Given> {
  const known = Object.keys(parameters)
  const errors: FieldError[] = [...new Set(query.keys())].flatMap((name) => {
    if (!known.includes(name)) return [{ field: name, reason: unknownReason(name, known) }]
    return query.getAll(name).length > 1 ? [{ field: name, reason: 'is given more than once' }] : []
  })
  const values = Object.entries(parameters).map(([name, parameter]) => {
    const reading = parameter.read(query.get(name))
    if (!reading.ok) errors.push({ field: name, reason: reading.reason })
    return [name, reading.ok ? reading.value : null]
  })
  if (errors.length > 0) return { ok: false, errors }
  // Each name has the value that its own parameter has read.
  return { ok: true, values: Object.fromEntries(values) as ValuesOf<Given> }
}

function unknownReason(name: string, known: readonly string[]): string {
  const meant = nearestName(name, known)
  return `is not known here${meant === null ? '' : `: did you mean ${meant}?`}`
}
