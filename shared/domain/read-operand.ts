import type { PlainSubject, Reading, Subject } from './condition.ts'
import { readJsonPath } from './json-path.ts'
import { suggestion } from './nearest-name.ts'

/** A side of a condition as it is written; positions are of the line, from 0. */
export type Operand =
  | { readonly kind: 'subject'; readonly subject: Subject }
  | { readonly kind: 'text'; readonly text: string; readonly form: 'bare' | 'quoted' }
  | { readonly kind: 'any'; readonly items: readonly Item[] }
  | { readonly kind: 'pat' | 'regex'; readonly text: string }

export type Item = { readonly text: string; readonly form: 'bare' | 'quoted'; readonly at: number }

export type Refusal = { readonly at: number; readonly reason: string }

export type Read<T> = { readonly value: T; readonly end: number } | Refusal

/** Gatus' names, and ours at the end. Their case does not matter. */
const PLAIN_SUBJECTS: Readonly<Record<string, PlainSubject>> = {
  STATUS: 'status',
  RESPONSE_TIME: 'response_time',
  CERTIFICATE_EXPIRATION: 'certificate_expiration',
  IP: 'ip',
  CONNECTED: 'connected',
  DNS_RCODE: 'dns_rcode',
  BODY_SIZE: 'body_size',
}
const PLACEHOLDERS = [...Object.keys(PLAIN_SUBJECTS), 'BODY', 'HEADERS'].map((name) => `[${name}]`)
/** Gatus has these, Uptick does not: better said than guessed. */
const MISSING_PLACEHOLDERS: ReadonlySet<string> = new Set(['DOMAIN_EXPIRATION', 'CONTEXT'])

const SPACES = /\s*/y
const QUOTED = /"(?:[^"\\]|\\.)*"/y
const PLACEHOLDER = /\[([A-Za-z_]+)\]/y
const HEADER_NAME = /\.([!#$%&'*+\-.^_`|~0-9A-Za-z]+)/y
const FUNCTION = /(len|has|any|pat|regex|age)\(/y
/** A pattern may hold brackets: it ends with the one that an operator or the end of the line follows. */
const PATTERN = /(.*?)\)(?=\s*$|\s+[=!]=\s)/y
const BARE_LEFT = /.*?(?=\s(?:[=!<>]=|[<>]|contains)(?:\s|$))/y
const SECOND_OPERATOR = /\s(?:[=!<>]=|[<>])\s/
const BARE_ITEM = /[^,()"]*/y

export function readOperand(line: string, from: number, side: 'left' | 'right'): Read<Operand> {
  const at = skipSpaces(line, from)
  if (at >= line.length) {
    return { at, reason: 'expected a value or a placeholder, found the end of the line' }
  }
  if (line[at] === '"') return readQuoted(line, at)
  if (line[at] === '[') return asOperand(readPlaceholder(line, at))
  const call = match(FUNCTION, line, at)
  return call === null ? readBare(line, at, side) : readCall(call, line, at)
}

export function skipSpaces(line: string, at: number): number {
  return match(SPACES, line, at)?.end ?? at
}

type Match = { readonly text: string; readonly group: string; readonly end: number }

export function match(pattern: RegExp, line: string, at: number): Match | null {
  pattern.lastIndex = at
  const found = pattern.exec(line)
  return found === null
    ? null
    : { text: found[0], group: found[1] ?? found[0], end: pattern.lastIndex }
}

/** What stands at a position, short enough to be shown. */
export function shown(line: string, at: number): string {
  if (at >= line.length) return 'the end of the line'
  return JSON.stringify(line.slice(at, at + 20).toWellFormed())
}

function asOperand(read: Read<Subject>): Read<Operand> {
  if ('reason' in read) return read
  return { value: { kind: 'subject', subject: read.value }, end: read.end }
}

function readCall(call: Match, line: string, at: number): Read<Operand> {
  switch (call.group) {
    case 'len':
      return asOperand(readFunctionOf('length', line, call.end))
    case 'has':
      return asOperand(readFunctionOf('presence', line, call.end))
    case 'any':
      return readAny(line, call.end)
    case 'pat':
      return readPattern('pat', line, call.end)
    case 'regex':
      return readPattern('regex', line, call.end)
    default:
      return { at, reason: `${call.group}() is not known here` }
  }
}

function readPlaceholder(line: string, at: number): Read<Reading> {
  const found = match(PLACEHOLDER, line, at)
  if (found === null) {
    const reason = `${shown(line, at)} begins no placeholder; a text that begins with [ needs quotes`
    return { at, reason }
  }
  const name = found.group.toUpperCase()
  const plain = Object.hasOwn(PLAIN_SUBJECTS, name) ? PLAIN_SUBJECTS[name] : undefined
  if (plain !== undefined) {
    return { value: { kind: plain, text: `[${name}]` }, end: found.end }
  }
  if (name === 'BODY') return readBody(line, found.end)
  if (name === 'HEADER' || name === 'HEADERS') return readHeader(line, found.end)
  if (MISSING_PLACEHOLDERS.has(name)) return { at, reason: `[${name}] is not known here` }
  return {
    at,
    reason: `unknown placeholder [${found.group}]${suggestion(`[${name}]`, PLACEHOLDERS)}`,
  }
}

function readBody(line: string, at: number): Read<Reading> {
  const read = readJsonPath(line, at)
  if (read === null) return { at, reason: 'the path has more than 32 levels' }
  if (line[read.end] === '[' || line[read.end] === '.') {
    return { at: read.end, reason: `the path cannot be read from ${shown(line, read.end)}` }
  }
  const text = `[BODY]${line.slice(at, read.end)}`
  const path = read.end === at ? null : read.path
  return { value: { kind: 'body', text, path }, end: read.end }
}

function readHeader(line: string, at: number): Read<Reading> {
  const found = match(HEADER_NAME, line, at)
  if (found === null) return { at, reason: 'expected a header as in [HEADERS].content-type' }
  const name = found.group.toLowerCase()
  return { value: { kind: 'header', text: `[HEADERS].${name}`, name }, end: found.end }
}

function readFunctionOf(kind: 'length' | 'presence', line: string, from: number): Read<Subject> {
  const at = skipSpaces(line, from)
  const name = kind === 'length' ? 'len' : 'has'
  if (line[at] !== '[') {
    return { at, reason: `${name}() takes a placeholder, as in ${name}([BODY].items)` }
  }
  const read = readPlaceholder(line, at)
  if ('reason' in read) return read
  const of = read.value
  if (kind === 'length' && of.kind !== 'body' && of.kind !== 'header') {
    return { at, reason: `len() takes [BODY] or [HEADERS], not ${of.text}` }
  }
  const end = skipSpaces(line, read.end)
  if (line[end] !== ')') return { at: end, reason: `expected ), found ${shown(line, end)}` }
  return { value: { kind, text: `${name}(${of.text})`, of }, end: end + 1 }
}

function readAny(line: string, from: number): Read<Operand> {
  const items: Item[] = []
  for (let next = from; ; ) {
    const at = skipSpaces(line, next)
    const item = line[at] === '"' ? readQuoted(line, at) : readBareItem(line, at)
    if ('reason' in item) return item
    items.push({ ...item.value, at })
    const end = skipSpaces(line, item.end)
    if (line[end] === ')') return { value: { kind: 'any', items }, end: end + 1 }
    if (line[end] !== ',') return { at: end, reason: `expected , or ), found ${shown(line, end)}` }
    next = end + 1
  }
}

type TextRead = Read<Extract<Operand, { kind: 'text' }>>

function readBareItem(line: string, at: number): TextRead {
  const found = match(BARE_ITEM, line, at)
  const text = found?.text.trim() ?? ''
  if (found === null || text === '') {
    return { at, reason: `expected a value, found ${shown(line, at)}` }
  }
  return { value: { kind: 'text', text: text.normalize('NFC'), form: 'bare' }, end: found.end }
}

function readPattern(kind: 'pat' | 'regex', line: string, at: number): Read<Operand> {
  const found = match(PATTERN, line, at)
  if (found === null) return { at: line.length, reason: `${kind}( is not closed by a )` }
  if (found.group === '') return { at, reason: `${kind}() is empty` }
  return { value: { kind, text: found.group.normalize('NFC') }, end: found.end }
}

/** In quotes a text is read as JSON reads it. */
function readQuoted(line: string, at: number): TextRead {
  const found = match(QUOTED, line, at)
  if (found === null) return { at, reason: 'this quote is not closed' }
  try {
    const text: unknown = JSON.parse(found.text)
    const value = { kind: 'text', text: String(text).normalize('NFC'), form: 'quoted' } as const
    return { value, end: found.end }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { at, reason: 'this text in quotes is no JSON text: \\ needs to be written \\\\' }
  }
}

/** Without quotes a text goes on to the operator, or to the end of the line. */
function readBare(line: string, at: number, side: 'left' | 'right'): TextRead {
  const found =
    side === 'left' ? match(BARE_LEFT, line, at) : { text: line.slice(at), end: line.length }
  if (found === null || found.text === '') {
    return { at: line.length, reason: 'expected an operator, found the end of the line' }
  }
  return (
    bareProblem(found.text, at) ?? {
      value: { kind: 'text', text: found.text.trimEnd().normalize('NFC'), form: 'bare' },
      end: found.end,
    }
  )
}

function bareProblem(text: string, at: number): Refusal | null {
  if (text.startsWith("'")) return { at, reason: 'a text is quoted with ", not with \'' }
  if (text.startsWith('=')) return { at, reason: `expected a value, found ${shown(text, 0)}` }
  const second = text.search(SECOND_OPERATOR)
  if (second !== -1) {
    const reason = 'a second operator: a rule has one, and a text that holds one needs quotes'
    return { at: at + second + 1, reason }
  }
  const comment = text.search(/\s#/)
  if (comment === -1) return null
  const reason = 'a comment needs a line of its own, and a text that holds # needs quotes'
  return { at: at + comment + 1, reason }
}
