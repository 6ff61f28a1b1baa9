/** A stored value is not what it should be: the row was written by another version, or by hand. */
export class UnreadableField extends Error {}

export type Fields = Readonly<Record<string, unknown>>
export type Read<T> = (fields: Fields, name: string) => T

/** The end of year 9999: beyond it a date has no four-digit year, and no row of ours. */
const LAST_INSTANT_MS = 253_402_300_799_999

/** What `read` makes of stored fields, or why they cannot be read. An email is not made of guesses. */
export function readStored<T>(
  stored: Fields,
  read: (fields: Fields) => T,
): T | { readonly unreadable: string } {
  try {
    return read(stored)
  } catch (error) {
    if (error instanceof UnreadableField) return { unreadable: error.message }
    throw error
  }
}

export function field<T>(accepts: (value: unknown) => value is T, what: string): Read<T> {
  return (fields, name) => {
    const value = fields[name]
    if (accepts(value)) return value
    throw new UnreadableField(`${name} is not ${what}`)
  }
}

export function optional<T>(read: Read<T>): Read<T | null> {
  return (fields, name) => (fields[name] === null ? null : read(fields, name))
}

/** A field that older rows lack. */
export function added<T>(read: Read<T>): Read<T | null> {
  return (fields, name) => (fields[name] === undefined ? null : optional(read)(fields, name))
}

export const text = field((value) => typeof value === 'string', 'a text')
export const number = field(isFiniteNumber, 'a number')
export const instant = field(
  (value): value is number => isFiniteNumber(value) && value >= 0 && value <= LAST_INSTANT_MS,
  'an instant',
)

function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value)
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

export function listOf(what: string): Read<readonly Fields[]> {
  return field(
    (value): value is Fields[] => Array.isArray(value) && value.every(isFields),
    `a list of ${what}`,
  )
}
