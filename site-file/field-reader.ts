import { suggestion } from '#shared/domain/nearest-name.ts'
import type { SourceRow } from './source-row.ts'

const SHOWN_MAX = 80
const LIST_ITEMS_MAX = 100
const NUL = '\u0000'

type TextOptions = {
  readonly maxLength: number
  /** What else must hold; the reason completes the sentence "x must ...". */
  readonly must?: { readonly match: Pick<RegExp, 'test'>; readonly reason: string }
}

/**
 * Reads the fields of one site strictly, and collects every problem of it. A field that is absent,
 * null or an empty cell reads as its default; `given` tells which fields the file has said something of.
 */
export class FieldReader {
  readonly problems: string[] = []
  readonly #form: SourceRow['form']
  readonly #fields: ReadonlyMap<string, unknown>

  constructor(form: SourceRow['form'], fields: ReadonlyMap<string, unknown>) {
    this.#form = form
    this.#fields = fields
  }

  optionalText(name: string, options: TextOptions): string | null {
    return this.#textOf(name, this.#value(name), options)
  }

  /** A text that is written as a number, or as true or false, as often as not. */
  scalar(name: string, options: TextOptions): string | null {
    const value = this.#value(name)
    if (typeof value === 'boolean') return String(value)
    if (typeof value !== 'number') return this.optionalText(name, options)
    // A number of more digits than a number keeps would not be what the file says.
    const isKept = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)
    return isKept ? String(value) : this.#problem(name, value, 'must be written in quotes', null)
  }

  /** One line of text, or several, or a list of lines. */
  lines(name: string, options: TextOptions): string | null {
    const value = this.#value(name)
    if (!Array.isArray(value)) return this.optionalText(name, options)
    const items: readonly unknown[] = value
    if (items.some((item) => typeof item !== 'string')) {
      return this.#problem(name, value, 'must be texts: write each in quotes', null)
    }
    return this.#textOf(name, items.join('\n'), options)
  }

  oneOf<const Option extends string>(
    name: string,
    options: readonly Option[],
    fallback: Option,
  ): Option {
    const value = this.#value(name)
    if (value === null || value === '') return fallback
    const text = typeof value === 'number' ? String(value) : value
    const known = options.find((option) => option === text)
    if (known !== undefined) return known
    const hint = typeof text === 'string' ? suggestion(text, options) : ''
    return this.#problem(name, value, `must be one of ${options.join(', ')}${hint}`, fallback)
  }

  whole(
    name: string,
    { min, max, default: fallback }: { min: number; max: number; default: number },
  ): number {
    return this.optionalWhole(name, { min, max }) ?? fallback
  }

  optionalWhole(name: string, { min, max }: { min: number; max: number }): number | null {
    const value = this.#value(name)
    if (value === null || value === '') return null
    const isDigits = this.#form === 'cells' && typeof value === 'string' && /^-?\d+$/.test(value)
    const number = isDigits ? Number(value) : value
    if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max)
      return number
    return this.#problem(name, value, `must be a whole number from ${min} to ${max}`, null)
  }

  /** Per cent, between 0 and 100 and neither of them. */
  optionalShare(name: string): number | null {
    const value = this.#value(name)
    if (value === null || value === '') return null
    const isDecimal =
      this.#form === 'cells' &&
      typeof value === 'string' &&
      /^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value)
    const number = isDecimal ? Number(value) : value
    if (typeof number === 'number' && number > 0 && number < 100) return number
    return this.#problem(name, value, 'must be a number between 0 and 100, such as 99.9', null)
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.#value(name)
    if (value === null || value === '') return fallback
    if (typeof value === 'boolean') return value
    const word = this.#form === 'cells' && typeof value === 'string' ? value.toLowerCase() : null
    if (word === 'true') return true
    if (word === 'false') return false
    return this.#problem(name, value, 'must be true or false', fallback)
  }

  /** A list, or a text of items separated by `;` or spaces; a cell may also hold a list's JSON. */
  list(name: string, options: TextOptions): readonly string[] {
    const value = this.#value(name)
    if (value === null) return []
    const inJson = this.#form === 'cells' && typeof value === 'string' && value.startsWith('[')
    const items = listedItems(inJson ? (parsedOrNull(value) ?? value) : value)
    if (items === null) return this.#problem(name, value, 'must be a list of texts', [])
    if (items.length > LIST_ITEMS_MAX)
      return this.#problem(name, items.length, `are more than ${LIST_ITEMS_MAX}`, [])
    return items.map((item) => this.#textOf(name, item, options)).filter((text) => text !== null)
  }

  /** An object, or in a cell its JSON. Its values may be secrets: they are never shown. */
  object(name: string): Readonly<Record<string, unknown>> {
    const value = this.#value(name)
    if (value === null || value === '') return {}
    const object = this.#form === 'cells' && typeof value === 'string' ? parsedOrNull(value) : value
    if (isObject(object)) return object
    const what =
      this.#form === 'cells' ? 'JSON, such as {"X-Token": "..."}' : 'a map of names to texts'
    this.problems.push(`${name}: must be ${what}`)
    return {}
  }

  #textOf(name: string, value: unknown, { maxLength, must }: TextOptions): string | null {
    if (value === null || value === '') return null
    if (typeof value !== 'string') {
      return this.#problem(name, value, 'must be a text: write it in quotes', null)
    }
    if (value.includes(NUL) || !value.isWellFormed()) {
      return this.#problem(name, value, 'must be plain Unicode without NUL', null)
    }
    if (value.length > maxLength) {
      return this.#problem(name, value, `must be at most ${maxLength} characters`, null)
    }
    if (must !== undefined && !must.match.test(value)) {
      return this.#problem(name, value, `must ${must.reason}`, null)
    }
    return value
  }

  #value(name: string): unknown {
    return this.#fields.get(name) ?? null
  }

  #problem<T>(name: string, value: unknown, reason: string, standIn: T): T {
    this.problems.push(`${name}: ${shown(value)} ${reason}`)
    return standIn
  }
}

/** A value for a message: short, on one line, and without what might be a password in a URL. */
function shown(value: unknown): string {
  const text = (JSON.stringify(value) ?? String(value)).replace(/\/\/[^/?#]*@/, '//***@')
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}...` : text
}

function listedItems(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value
  return typeof value === 'string' ? value.split(/[;\s]+/).filter((item) => item !== '') : null
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
