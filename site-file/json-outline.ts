/** What is known of a JSON text beside its value. Lines count from 1. */
export type JsonOutline = {
  /** The line that each object and array near the top begins on, by its path: keys joined by line breaks. */
  readonly lines: ReadonlyMap<string, number>
  readonly duplicates: readonly { readonly line: number; readonly key: string }[]
  /** Where the text stops being JSON, and what should be there; null: it is JSON to its end. */
  readonly fault: { readonly line: number; readonly expected: string } | null
}

/** Sites lie at most this deep (`sites`, then its place): deeper lines are not asked for. */
const DEPTH_MAX = 2
/** Brackets within one another. What is deeper is no site, and would cost whoever walks it. */
export const NESTING_MAX = 100
const TOKEN =
  /[ \t\r]*(?:(\n)|("(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|([{}[\],:]))/uy

type Expected =
  | 'value'
  | 'valueOrEnd'
  | 'key'
  | 'keyOrEnd'
  | 'colon'
  | 'commaOrEnd'
  | 'end'
  | 'shallower'

const expectations: Readonly<Record<Expected, string>> = {
  value: 'a value',
  valueOrEnd: 'a value or ]',
  key: 'a key in quotes',
  keyOrEnd: 'a key in quotes or }',
  colon: 'a colon',
  commaOrEnd: 'a comma or the closing bracket',
  end: 'the end of the file',
  shallower: `no more than ${NESTING_MAX} brackets within one another`,
}

type Container = {
  readonly path: readonly (string | number)[]
  readonly keys: Set<string> | null
  next: string | number
}

/**
 * Reads a JSON text token by token for what `JSON.parse` does not tell: the lines of its parts, keys
 * that are there twice, and the line of the first fault.
 */
export function outlineJson(text: string): JsonOutline {
  const walk = new Walk()
  const end = text.trimEnd().length
  const pattern = new RegExp(TOKEN)
  while (pattern.lastIndex < end) {
    const [, lineBreak, string, scalar, bracket] = pattern.exec(text) ?? []
    if (lineBreak !== undefined) walk.line++
    else if (!walk.take(string ?? scalar ?? bracket ?? '', string !== undefined))
      return walk.stopped()
  }
  return walk.expected === 'end' ? { ...walk, fault: null } : walk.stopped()
}

class Walk {
  line = 1
  expected: Expected = 'value'
  readonly lines = new Map<string, number>()
  readonly duplicates: { line: number; key: string }[] = []
  readonly #open: Container[] = []

  stopped(): JsonOutline {
    const { line, lines, duplicates } = this
    return { lines, duplicates, fault: { line, expected: expectations[this.expected] } }
  }

  /** Whether the token may stand here. An empty token is one that JSON does not know. */
  take(token: string, isString: boolean): boolean {
    const { expected } = this
    if (token === '') return false
    if (expected === 'key' || expected === 'keyOrEnd') {
      if (isString) return this.#takeKey(String(JSON.parse(token)))
      return expected === 'keyOrEnd' && token === '}' && this.#close()
    }
    if (expected === 'colon') return token === ':' && this.#expect('value')
    if (expected === 'commaOrEnd') return this.#takeCommaOrEnd(token)
    if (expected === 'end') return false
    if (expected === 'valueOrEnd' && token === ']') return this.#close()
    if (token === '{' || token === '[') return this.#openContainer(token)
    const isValue = isString || !'}],:'.includes(token)
    return isValue && this.#expectAfterValue()
  }

  #takeKey(key: string): boolean {
    const inside = this.#open.at(-1)
    if (inside?.keys?.has(key)) this.duplicates.push({ line: this.line, key })
    inside?.keys?.add(key)
    if (inside !== undefined) inside.next = key
    return this.#expect('colon')
  }

  #takeCommaOrEnd(token: string): boolean {
    const inside = this.#open.at(-1)
    if (token === (inside?.keys ? '}' : ']')) return this.#close()
    if (token !== ',' || inside === undefined) return false
    if (typeof inside.next === 'number') inside.next++
    return this.#expect(inside.keys ? 'key' : 'value')
  }

  #openContainer(bracket: '{' | '['): boolean {
    if (this.#open.length === NESTING_MAX) {
      this.expected = 'shallower'
      return false
    }
    const inside = this.#open.at(-1)
    const path = inside === undefined ? [] : [...inside.path, inside.next]
    if (path.length <= DEPTH_MAX) this.lines.set(path.join('\n'), this.line)
    this.#open.push({ path, keys: bracket === '{' ? new Set() : null, next: 0 })
    return this.#expect(bracket === '{' ? 'keyOrEnd' : 'valueOrEnd')
  }

  #close(): boolean {
    this.#open.pop()
    return this.#expectAfterValue()
  }

  #expectAfterValue(): boolean {
    return this.#expect(this.#open.length === 0 ? 'end' : 'commaOrEnd')
  }

  #expect(expected: Expected): true {
    this.expected = expected
    return true
  }
}
