import { RE2JS, RE2JSException } from 're2js'

export type BodyRegex =
  | { readonly ok: true; search(text: string): RegexSearch }
  | { readonly ok: false; readonly reason: string }

export type RegexSearch =
  | { readonly found: true; readonly value: string }
  /** `part`: the expression is too costly for a text of this length; only its beginning was searched. */
  | { readonly found: false; readonly searched: 'all' | 'part' }

const TEXT_MAX = 1_000
const INSTRUCTIONS_MAX = 5_000
/**
 * The engine is linear in the text, times the size of the program: measured, at worst 16 ns for one
 * instruction at one character. So a search ends within half a second, whatever the expression, and
 * one of up to 32 instructions (most are) searches a whole body of 1 MiB.
 */
const SEARCH_STEPS_MAX = 32 * 1024 * 1024

/**
 * Compiles an RE2 expression: linear time, thus no look-around and no back-references. The value
 * that it extracts is its first group, or else the whole match; a group that took no part is ''.
 */
export function parseBodyRegex(text: string): BodyRegex {
  if (text.length > TEXT_MAX) return refuse(`is longer than ${TEXT_MAX} characters`)
  const compiled = compile(text)
  if (typeof compiled === 'string') return refuse(compiled)
  const size = compiled.programSize()
  if (size > INSTRUCTIONS_MAX) return refuse(`needs ${size} instructions, over ${INSTRUCTIONS_MAX}`)
  const searchable = Math.floor(SEARCH_STEPS_MAX / size)
  return { ok: true, search: (body) => search(compiled, body, searchable) }
}

function compile(text: string): RE2JS | string {
  try {
    return RE2JS.compile(text.normalize('NFC'))
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    return `cannot be compiled: ${error.message.replace(/^error parsing regexp: /, '')}`
  }
}

function search(expression: RE2JS, text: string, searchable: number): RegexSearch {
  const matcher = expression.matcher(text.slice(0, searchable))
  if (!matcher.find()) return { found: false, searched: text.length > searchable ? 'part' : 'all' }
  return { found: true, value: matcher.group(matcher.groupCount() > 0 ? 1 : 0) ?? '' }
}

function refuse(reason: string): BodyRegex {
  return { ok: false, reason }
}
