import { isLongNumber } from './exact-json.ts'

export type JsonPath =
  | { readonly ok: true; extract(value: unknown): JsonExtraction }
  | { readonly ok: false; readonly reason: string }

export type JsonExtraction =
  | { readonly found: true; readonly value: unknown }
  | { readonly found: false }

/** A path at the end of which something else goes on. */
export type JsonPathStart = {
  readonly path: Extract<JsonPath, { ok: true }>
  /** Where the path ends: the position of the first character that is none of it. */
  readonly end: number
}

type Step = string | number

const TEXT_MAX = 1_000
const LEVELS_MAX = 32

/** One step at a time, each at the end of the last: `a`, `.a`, `[0]`, `["a"]`, `['a']`. */
const NAME = /([\p{L}_][\p{L}\p{N}_-]*)/uy
const DOTTED_NAME = /\.([\p{L}_][\p{L}\p{N}_-]*)/uy
const POSITION = /\[(\d{1,9})\]/y
const QUOTED_NAME = /\[("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\]/y

/**
 * Reads a path to one value: `a.b[0]["c d"]`, optionally after `$` or `$.`; `$` alone is the whole
 * body. No wildcards, filters or functions, so a path costs what it is long. At most 32 levels.
 *
 * Extraction follows an object's own properties and an array's positions alone: what a value
 * inherits (`constructor`, `length`) is never found.
 */
export function parseJsonPath(text: string): JsonPath {
  if (text.length > TEXT_MAX) return refuse(`is longer than ${TEXT_MAX} characters`)
  const path = text.trim()
  if (path === '') return refuse('is empty')
  const { steps, end } = readSteps(path, path.startsWith('$') ? 1 : 0)
  if (steps.length > LEVELS_MAX) return refuse(`has more than ${LEVELS_MAX} levels`)
  if (end < path.length) return refuse(unreadableFrom(path, end))
  return { ok: true, extract: (value) => follow(steps, value) }
}

/** Reads the steps, `.a[0]`, that follow a position in a longer text; null: more than 32 levels. */
export function readJsonPath(text: string, at: number): JsonPathStart | null {
  const { steps, end } = readSteps(text, at)
  if (steps.length > LEVELS_MAX) return null
  return { path: { ok: true, extract: (value) => follow(steps, value) }, end }
}

function readSteps(
  path: string,
  from: number,
): { readonly steps: readonly Step[]; readonly end: number } {
  const steps: Step[] = []
  let end = from
  while (end < path.length && steps.length <= LEVELS_MAX) {
    const next = readStep(path, end)
    if (next === null) break
    steps.push(next.step)
    end = next.end
  }
  return { steps, end }
}

function readStep(path: string, at: number): { readonly step: Step; readonly end: number } | null {
  const name = matchAt(at === 0 ? NAME : DOTTED_NAME, path, at)
  if (name !== null) return { step: name.group, end: name.end }
  const position = matchAt(POSITION, path, at)
  if (position !== null) return { step: Number(position.group), end: position.end }
  const quoted = matchAt(QUOTED_NAME, path, at)
  if (quoted !== null) return { step: unquote(quoted.group), end: quoted.end }
  return null
}

function matchAt(
  pattern: RegExp,
  text: string,
  at: number,
): { readonly group: string; readonly end: number } | null {
  pattern.lastIndex = at
  const group = pattern.exec(text)?.[1]
  return group === undefined ? null : { group, end: pattern.lastIndex }
}

/** In quotes a backslash makes the next character stand for itself. */
function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/gsu, '$1')
}

function follow(steps: readonly Step[], root: unknown): JsonExtraction {
  let value = root
  for (const step of steps) {
    if (!holds(value, step)) return { found: false }
    value = value[step]
  }
  return { found: true, value }
}

function holds(value: unknown, step: Step): value is Readonly<Record<Step, unknown>> {
  if (typeof value !== 'object' || value === null || isLongNumber(value)) return false
  // An array's own `length` is no part of the document.
  if (Array.isArray(value) && typeof step === 'string') return false
  return Object.hasOwn(value, step)
}

function unreadableFrom(path: string, at: number): string {
  return `cannot be read from character ${at + 1}, ${JSON.stringify(path.slice(at, at + 20))}`
}

function refuse(reason: string): JsonPath {
  return { ok: false, reason }
}
