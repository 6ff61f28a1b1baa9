import { parseCalendarTime } from '#shared/domain/calendar-day.ts'

/** A record that cannot be read: its message is the reason, and names the field and the value. */
export class Unreadable extends Error {}

const TEXT_MAX = 500
const MS_MAX = 86_400_000
const QUOTED_MAX = 80
/** The length of a full RFC 3339 instant, `2026-01-01T00:00:00.000Z`. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The fields of a JSON object in UTF-8. Throws `Unreadable`. */
export function parseFields(value: Buffer): FieldReader {
  let parsed: unknown
  try {
    parsed = JSON.parse(utf8.decode(value))
  } catch (error) {
    const what = error instanceof SyntaxError ? 'JSON' : 'UTF-8'
    throw new Unreadable(`the value is not ${what}`)
  }
  if (!isObject(parsed)) throw new Unreadable('the value is not a JSON object')
  return new FieldReader(parsed)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads fields strictly, one by one; each method throws `Unreadable` with the field's name. */
export class FieldReader {
  readonly #fields: Readonly<Record<string, unknown>>
  readonly #path: string

  constructor(fields: Readonly<Record<string, unknown>>, path = '') {
    this.#fields = fields
    this.#path = path
  }

  refuse(name: string, reason: string): never {
    throw new Unreadable(`${this.#path}${name} ${reason}, not ${quote(this.#fields[name])}`)
  }

  /** Absent and null are the same. */
  optional<T>(name: string, read: (name: string) => T): T | null {
    const value = this.#fields[name]
    return value === undefined || value === null ? null : read(name)
  }

  integer(name: string, min: number, max: number): number {
    const value = this.#fields[name]
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max)
      return value
    return this.refuse(name, `must be a whole number from ${min} to ${max}`)
  }

  duration(name: string): number {
    const value = this.#fields[name]
    if (typeof value === 'number' && value >= 0 && value <= MS_MAX) return value
    return this.refuse(name, `must be milliseconds from 0 to ${MS_MAX}`)
  }

  optionalDuration(name: string): number | null {
    return this.optional(name, () => this.duration(name))
  }

  boolean(name: string): boolean {
    const value = this.#fields[name]
    return typeof value === 'boolean' ? value : this.refuse(name, 'must be true or false')
  }

  instant(name: string): number {
    const value = this.#fields[name]
    const ms = typeof value === 'string' && INSTANT.test(value) ? parseCalendarTime(value) : null
    return ms ?? this.refuse(name, 'must be a UTC instant like 2026-01-01T00:00:00.000Z')
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value {
    const value = this.#fields[name]
    return (
      values.find((one) => one === value) ??
      this.refuse(name, `must be one of ${values.join(', ')}`)
    )
  }

  /** Cut at `max` characters. */
  optionalText(name: string, max = TEXT_MAX): string | null {
    return this.optional(name, () => this.text(name, max))
  }

  text(name: string, max = TEXT_MAX): string {
    const value = this.#fields[name]
    if (typeof value !== 'string') return this.refuse(name, 'must be a text')
    // Postgres cannot store U+0000, nor half a surrogate pair that a cut may leave.
    return value.replaceAll('\u0000', '').slice(0, max).toWellFormed()
  }

  object<T>(name: string, read: (fields: FieldReader) => T): T {
    const value = this.#fields[name]
    if (!isObject(value)) return this.refuse(name, 'must be an object')
    return read(new FieldReader(value, `${this.#path}${name}.`))
  }

  list<T>(name: string, max: number, read: (fields: FieldReader) => T): readonly T[] {
    const value = this.#fields[name]
    if (!Array.isArray(value) || value.length > max || !value.every(isObject))
      return this.refuse(name, `must be a list of at most ${max} objects`)
    return value.map((item, index) =>
      read(new FieldReader(item, `${this.#path}${name}[${index}].`)),
    )
  }
}

export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}...` : text
}
