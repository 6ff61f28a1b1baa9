/**
 * The bytes of an HTTP/1.1 answer (RFC 9112), as strictly as llhttp reads them, the parser of Node and
 * of undici: no bare returns or feeds, no folded lines, no space before a colon. In each state, each
 * byte leads to another one or, after a `!`, to the reason for which the answer is refused.
 */
type Row = readonly [otherwise: string, ...(readonly [bytes: string, next: string])[]]

const DIGIT = '0123456789'
const HEX = `${DIGIT}abcdefABCDEF`
const TOKEN = `!#$%&'*+-.^_\`|~${DIGIT}${between(0x41, 0x5a)}${between(0x61, 0x7a)}`
const BLANK = ' \t'
const CR = '\r'
const LF = '\n'
/** What is no control, and the tab. */
const TEXT = `\t${between(0x20, 0x7e)}${between(0x80, 0xff)}`

const NOT_HTTP = '!Expected HTTP/'
const BAD_STATUS = '!Invalid status code'
const BAD_NAME = '!Invalid header token'
const BAD_FIELD = '!Invalid header field char'
const BAD_VALUE = '!Invalid header value char'
const BAD_LENGTH = '!Invalid character in Content-Length'
const BAD_SIZE = '!Invalid character in chunk size'
const BAD_EXTENSION = '!Invalid character in chunk extensions'
const NO_CR = '!Missing expected CR after'
const NO_LF = '!Expected LF after'

/** The last ones are those in which each byte tells something, and not just the first. */
const ROWS = {
  start: [NOT_HTTP, [CR + LF, 'start'], ['H', 'h']],
  h: [NOT_HTTP, ['T', 'ht']],
  ht: [NOT_HTTP, ['T', 'htt']],
  htt: [NOT_HTTP, ['P', 'http']],
  http: [NOT_HTTP, ['/', 'slash']],
  slash: ['!Invalid major version', [DIGIT, 'major']],
  major: ['!Expected dot', ['.', 'dot']],
  dot: ['!Invalid minor version', [DIGIT, 'minor']],
  minor: ['!Expected space after version', [' ', 'version']],
  version: [BAD_STATUS, [DIGIT, 'status_1']],
  status_1: [BAD_STATUS, [DIGIT, 'status_2']],
  status_2: [BAD_STATUS, [DIGIT, 'status_3']],
  status_3: ['!Invalid response status', [' ', 'words'], [CR, 'line_cr']],
  words: ['words', [CR, 'line_cr'], [LF, `${NO_CR} response line`]],
  line_cr: [`${NO_LF} CR`, [LF, 'line_end']],
  line_end: [
    BAD_NAME,
    [CR, 'head_cr'],
    [TOKEN, 'name'],
    [' ', '!Unexpected space after start line'],
    [LF, BAD_FIELD],
  ],

  name: [BAD_NAME, [':', 'colon'], [TOKEN, 'name']],
  before_value: [BAD_VALUE, [TEXT, 'value'], [BLANK, 'before_value'], [CR, 'empty_cr']],
  value: [BAD_VALUE, [TEXT, 'value'], [CR, 'value_cr'], [LF, `${NO_CR} header value`]],
  value_cr: ['!Missing expected LF after header value', [LF, 'value_end']],
  value_end: [
    BAD_NAME,
    [CR, 'head_cr'],
    [TOKEN, 'name'],
    [BLANK, '!Unexpected whitespace after header value'],
    [LF, BAD_FIELD],
  ],
  empty_cr: [`${NO_LF} CR`, [LF, 'empty_end']],
  empty_end: [BAD_NAME, [CR, 'head_cr'], [TOKEN, 'name'], [BLANK, BAD_VALUE], [LF, BAD_FIELD]],
  before_length: [
    BAD_LENGTH,
    [BLANK, 'before_length'],
    [DIGIT, 'length'],
    [CR, 'no_length_cr'],
    [LF, BAD_VALUE],
  ],
  no_length_cr: [`${NO_LF} CR`, [LF, 'no_length_end']],
  no_length_end: ['!Empty Content-Length', [BLANK, BAD_VALUE]],
  after_length: [
    BAD_LENGTH,
    [' ', 'after_length'],
    [CR, 'value_cr'],
    [LF, `${NO_CR} header value`],
  ],
  head_cr: [`${NO_LF} headers`, [LF, 'head_end']],

  size: [BAD_SIZE, [HEX, 'size_digit']],
  extension: [
    `${BAD_EXTENSION} name`,
    [TOKEN, 'extension_name'],
    ['=', 'extension_value'],
    [';', 'extension'],
    [CR + BLANK[0], BAD_EXTENSION],
    [LF, `${NO_CR} chunk extension name`],
  ],
  extension_name: [
    `${BAD_EXTENSION} name`,
    [TOKEN, 'extension_name'],
    ['=', 'extension_value'],
    [';', 'extension'],
    [CR, 'size_cr'],
    [LF, `${NO_CR} chunk extension name`],
  ],
  extension_value: [
    `${BAD_EXTENSION} value`,
    [TOKEN, 'extension_value'],
    ['"', 'quoted'],
    [';', 'extension'],
    [CR, 'size_cr'],
    [LF, `${NO_CR} chunk extension value`],
  ],
  quoted: [`${BAD_EXTENSION} quoted value`, [TEXT, 'quoted'], ['"', 'unquoted'], ['\\', 'escape']],
  escape: ['!Invalid quoted-pair in chunk extensions quoted value', [TEXT, 'quoted']],
  unquoted: [
    `${BAD_EXTENSION} quote value`,
    [';', 'extension'],
    [CR, 'size_cr'],
    [LF, `${NO_CR} chunk extension value`],
  ],
  size_cr: [`${NO_LF} chunk size`, [LF, 'size_end']],
  trailers: [BAD_NAME, [CR, 'head_cr'], [TOKEN, 'name'], [LF, BAD_FIELD]],
  chunk_end: [`${NO_LF} chunk data`, [CR, 'chunk_cr'], [LF, `${NO_CR} chunk data`]],
  chunk_cr: [`${NO_LF} chunk data`, [LF, 'size']],

  /** After an interim answer that was to be the last of its connection. */
  closed: ['!Data after `Connection: close`', [CR + LF, 'closed']],

  length: [
    BAD_LENGTH,
    [DIGIT, 'length'],
    [' ', 'after_length'],
    [CR, 'value_cr'],
    [LF, `${NO_CR} header value`],
  ],
  size_digit: [
    BAD_SIZE,
    [HEX, 'size_digit'],
    [';', 'extension'],
    [CR, 'size_cr'],
    [LF, `${NO_CR} chunk size`],
  ],
} as const satisfies Readonly<Record<string, Row>>

/** States that a byte leads to, but that do not go by single bytes. */
const ENTERED = ['colon', 'head_end', 'size_end', 'sized', 'chunk', 'until_close', 'over'] as const

export type StateName = keyof typeof ROWS | (typeof ENTERED)[number]

const inTable = Object.keys(ROWS).filter((name): name is keyof typeof ROWS => name in ROWS)
/** Each at the place of its number. */
export const stateNames: readonly StateName[] = [...ENTERED, ...inTable]
const numbers = Object.fromEntries(stateNames.map((name, number) => [name, number])) as Record<
  StateName,
  number
>
const reasons: readonly string[] = [
  ...new Set(Object.values(ROWS).flatMap((row) => row.flat(2).filter(isReason))),
]
const FIRST_REASON = 0x80

/** The number of a state, as the table has it. */
export function stateOf(name: StateName): number {
  return numbers[name]
}

/** States from here on are told of each byte; all others of their first one. */
export const FIRST_TELLING = stateOf('length')
/** States below this one have no bytes in the table. */
export const FIRST_IN_TABLE = ENTERED.length
/** What comes next, at `state * 256 + byte`: a state, or a refusal. */
export const transitions = tableOf(ROWS)

/** Why the answer is refused; null: it goes on. */
export function refusalIn(next: number): string | null {
  return next < FIRST_REASON ? null : (reasons[next - FIRST_REASON] ?? '').slice(1)
}

function tableOf(rows: Readonly<Record<string, Row>>): Uint8Array {
  const table = new Uint8Array(stateNames.length * 256)
  for (const [name, [otherwise, ...edges]] of Object.entries(rows)) {
    const start = codeOf(name) * 256
    table.fill(codeOf(otherwise), start, start + 256)
    for (const [bytes, next] of edges) {
      for (const byte of Buffer.from(bytes, 'latin1')) table[start + byte] = codeOf(next)
    }
  }
  return table
}

function codeOf(next: string): number {
  if (isReason(next)) return FIRST_REASON + reasons.indexOf(next)
  const state: number = (stateNames as readonly string[]).indexOf(next)
  if (state < 0) throw new Error(`${next} is no state of the grammar`)
  return state
}

function isReason(text: string): boolean {
  return text.startsWith('!') && text.length > 1
}

function between(first: number, last: number): string {
  return String.fromCharCode(...Array.from({ length: last - first + 1 }, (_, at) => first + at))
}
