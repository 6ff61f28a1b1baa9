import { readFileSync } from 'node:fs'

export type Environment = Readonly<Record<string, string | undefined>>

/** Everything that is wrong with a process's settings, in one error: one line each. */
export class SettingsError extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`the settings have ${problems.length} problem(s):\n  - ${problems.join('\n  - ')}`)
    this.name = 'SettingsError'
    this.problems = problems
  }
}

type Fallback<T> = { readonly default?: T }
type ListOptions = Fallback<readonly string[]> & {
  /** How many there may be. */
  readonly max?: number
  /** Why an entry cannot be taken, or null. */
  readonly problemOf?: (item: string) => string | null
}
type IntegerRange = { readonly min: number; readonly max: number; readonly default?: number }

/**
 * Reads environment variables once, at start. Every problem is collected, so that an operator
 * mends them all in one go; values of secrets are never shown. An empty variable counts as absent.
 * Each text can also come from the file that `NAME_FILE` names: one line of UTF-8, whose trailing
 * line breaks are removed.
 */
export class SettingsReader {
  readonly problems: string[] = []
  readonly #env: Environment
  constructor(env: Environment) {
    this.#env = env
  }

  text(name: string, { default: fallback }: Fallback<string> = {}): string {
    return this.#raw(name) ?? this.#absent(name, fallback, '')
  }

  optionalText(name: string): string | null {
    return this.#raw(name) ?? null
  }

  integer(name: string, { min, max, default: fallback }: IntegerRange): number {
    const raw = this.#raw(name)
    if (raw === undefined) return this.#absent(name, fallback, min)
    const value = Number(raw)
    if (/^-?\d+$/.test(raw) && value >= min && value <= max) return value
    return this.#problem(name, raw, `must be a whole number from ${min} to ${max}`, min)
  }

  optionalInteger(name: string, range: { min: number; max: number }): number | null {
    return this.#raw(name) === undefined ? null : this.integer(name, range)
  }

  flag(name: string, { default: fallback }: { default: boolean }): boolean {
    const raw = this.#raw(name)?.toLowerCase()
    if (raw === undefined) return fallback
    if (['true', '1', 'yes', 'on'].includes(raw)) return true
    if (['false', '0', 'no', 'off'].includes(raw)) return false
    return this.#problem(name, raw, 'must be true or false', fallback)
  }

  oneOf<const T extends string>(
    name: string,
    options: readonly T[],
    { default: fallback }: { default: T },
  ): T {
    const raw = this.#raw(name)
    if (raw === undefined) return fallback
    const option = options.find((candidate) => candidate === raw)
    return option ?? this.#problem(name, raw, `must be one of ${options.join(', ')}`, fallback)
  }

  list(
    name: string,
    { default: fallback, max = Number.POSITIVE_INFINITY, problemOf = () => null }: ListOptions = {},
  ): readonly string[] {
    const raw = this.#raw(name)
    if (raw === undefined) return this.#absent(name, fallback, [])
    const items = raw.split(',').map((item) => item.trim())
    if (items.some((item) => item === '')) {
      return this.#problem(
        name,
        raw,
        'must be a list without empty entries, separated by commas',
        [],
      )
    }
    if (items.length > max) return this.#problem(name, raw, `has more than ${max} entries`, [])
    for (const item of items) {
      const reason = problemOf(item)
      if (reason !== null) this.#problem(name, withoutUserInfo(item), reason, null)
    }
    return items
  }

  /** A URL that may hold a password: its value is never shown. */
  secretUrl(name: string, protocols: readonly string[]): string {
    const raw = this.#raw(name)
    if (raw === undefined) return this.#absent(name, undefined, '')
    const url = URL.parse(raw)
    const hint = 'special characters in its password must be percent-encoded'
    if (url === null || !protocols.includes(url.protocol))
      return this.#problem(name, '***', `must be a ${protocols.join(' or ')} URL (${hint})`, '')
    if (isCutShort(url))
      return this.#problem(name, '***', `has a bare #, ? or / before its host (${hint})`, '')
    return raw
  }

  optionalSecretUrl(name: string, protocols: readonly string[]): string | null {
    return this.#raw(name) === undefined ? null : this.secretUrl(name, protocols)
  }

  /** Where something is reached, without a slash at its end; null: not given. */
  optionalUrl(name: string, protocols: readonly string[]): string | null {
    const raw = this.#raw(name)
    if (raw === undefined) return null
    const url = URL.parse(raw)
    const isPlain =
      url !== null &&
      protocols.includes(url.protocol) &&
      [url.username, url.password, url.search, url.hash].every((part) => part === '')
    if (isPlain) return url.href.replace(/\/+$/, '')
    const reason = `must be a ${protocols.join(' or ')} URL without a user, a query or a fragment`
    return this.#problem(name, withoutUserInfo(raw), reason, null)
  }

  /** A file that must be readable now: a missing certificate is told at start, not at first use. */
  optionalFile(name: string): string | null {
    const path = this.#env[name]?.trim()
    if (path === undefined || path === '') return null
    try {
      const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
      return text.includes('\uFFFD') ? this.#problem(name, path, 'is not UTF-8', null) : text
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
      return this.#problem(name, path, `cannot be read (${reason})`, null)
    }
  }

  #raw(name: string): string | undefined {
    const direct = this.#env[name]?.trim() || undefined
    const path = this.#env[`${name}_FILE`]?.trim() || undefined
    if (path === undefined) return direct
    if (direct !== undefined) {
      this.problems.push(`${name} and ${name}_FILE are both set: leave one`)
      return direct
    }
    const value = this.optionalFile(`${name}_FILE`)?.replace(/[\r\n]+$/, '') || undefined
    if (value === undefined || !/[\r\n]/.test(value)) return value
    return this.#problem(`${name}_FILE`, path, 'must hold one line', undefined)
  }

  #absent<T>(name: string, fallback: T | undefined, standIn: T): T {
    if (fallback === undefined) this.problems.push(`${name} is required`)
    return fallback ?? standIn
  }

  #problem<T>(name: string, value: string, reason: string, standIn: T): T {
    this.problems.push(`${name}: ${JSON.stringify(value)} ${reason}`)
    return standIn
  }
}

/**
 * A `#` in a password that is not encoded ends the authority: what was the user is the host then,
 * and the real host stands behind an `@` further on. A fragment means nothing to any server.
 */
function isCutShort({ username, port, pathname, search, hash }: URL): boolean {
  const hasLogin = username !== '' || port !== ''
  return hash !== '' || (hasLogin && (pathname + search).includes('@'))
}

/** An entry may be a URL with a password. */
function withoutUserInfo(item: string): string {
  return item.replace(/\/\/.*@/, '//***@')
}

/**
 * Reads a process's settings. `known` is every name any process of the product reads: a variable
 * that is not in it but nearly so is a typing error, and told as one.
 * @throws SettingsError with all problems.
 */
export function readSettings<T extends object>(
  env: Environment,
  known: readonly string[],
  read: (reader: SettingsReader) => T,
): Readonly<T> {
  const reader = new SettingsReader(env)
  const settings = read(reader)
  const problems = [
    ...reader.problems,
    ...unsafeSwitches(env),
    ...misspellings(Object.keys(env), known),
  ]
  if (problems.length > 0) throw new SettingsError(problems)
  return Object.freeze(settings)
}

/** What would make every connection of the process trust anybody. */
function unsafeSwitches({ NODE_TLS_REJECT_UNAUTHORIZED: value }: Environment): string[] {
  if (value !== '0') return []
  return [
    'NODE_TLS_REJECT_UNAUTHORIZED: "0" would have no certificate checked at all: remove it (verify_tls = false is for one site)',
  ]
}

function misspellings(names: readonly string[], known: readonly string[]): string[] {
  const accepted = new Set(known.flatMap((name) => [name, `${name}_FILE`]))
  return names
    .filter((name) => !accepted.has(name))
    .flatMap((name) => {
      const meant = known.find((candidate) => candidate.length > 6 && isNearly(name, candidate))
      return meant === undefined ? [] : [`${name} is unknown: did you mean ${meant}?`]
    })
}

/** One letter added, dropped, replaced, or two neighbours swapped. */
function isNearly(name: string, meant: string): boolean {
  if (Math.abs(name.length - meant.length) > 1) return false
  let start = 0
  while (start < name.length && name[start] === meant[start]) start++
  let end = 0
  const shortest = Math.min(name.length, meant.length) - start
  while (end < shortest && name.at(-1 - end) === meant.at(-1 - end)) end++
  const rest = name.slice(start, name.length - end)
  const meantRest = meant.slice(start, meant.length - end)
  const isSwap = rest.length === 2 && rest === [...meantRest].reverse().join('')
  return Math.max(rest.length, meantRest.length) <= 1 || isSwap
}
