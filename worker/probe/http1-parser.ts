import type { AnswerSink } from './answer-sink.ts'
import { Http1Fields, LENGTH_MAX } from './http1-fields.ts'
import { type BodyEnd, bodyEnd, isKept } from './http1-framing.ts'
import {
  FIRST_IN_TABLE,
  FIRST_TELLING,
  refusalIn,
  type StateName,
  stateNames,
  stateOf,
  transitions,
} from './http1-grammar.ts'
import { Http1Span } from './http1-span.ts'

/**
 * `endless`: a status line, or what stands before a chunk, that goes on and on. `unasked`: a switch of
 * protocols, or leave to send a body that was not announced.
 */
export type Refusal =
  | { readonly kind: 'not_http'; readonly reason: string }
  | { readonly kind: 'headers_too_large' | 'endless' | 'unasked' }

/** Of all that stands around names, values and bodies; as much as the shortest fields within their bound need, twice. */
const FRAMING_BYTES_MAX = 128 * 1024

const VERSIONS: ReadonlySet<string> = new Set(['0.9', '1.0', '1.1', '2.0'])
const ZERO = 0x30
const NOTHING = Buffer.alloc(0)

const START = stateOf('start')
const SIZED = stateOf('sized')
const UNTIL_CLOSE = stateOf('until_close')
const OVER = stateOf('over')

/** What is done when a state is reached. */
type Act = (parser: Http1Parser, byte: number, at: number) => void

/**
 * Reads one answer to a request, however its bytes come in pieces. Pure: what it finds goes to the
 * sink. It keeps no more than the fields of one head, within their bound.
 */
export class Http1Parser {
  readonly #sink: AnswerSink
  readonly #method: string
  #refusal: Refusal | null = null
  #state = START
  #bytes: Buffer = NOTHING
  readonly #span = new Http1Span()
  /** Of this head or this chunk, and no more than one piece of what was before it. */
  #framingBytes = 0
  #majorVersion = 0
  #minorVersion = 0
  #statusCode = 0
  #fields = new Http1Fields()
  #isInTrailers = false
  /** Of the body or of the chunk. */
  #bytesLeft = 0

  constructor(sink: AnswerSink, method: string) {
    this.#sink = sink
    this.#method = method
  }

  /** Takes in the next bytes. An answer that is refused stays so; what follows its end is not read. */
  read(bytes: Buffer): Refusal | null {
    this.#bytes = bytes
    for (let at = 0; at < bytes.length && this.#state !== OVER; ) {
      at = this.#state < FIRST_IN_TABLE ? this.#takeBody(at) : this.#takeFraming(at)
    }
    this.#span.carry(bytes)
    this.#limit()
    return this.#refusal
  }

  /** The connection has ended, with the answer or in the middle of it. */
  end(): 'whole' | 'cut_short' {
    if (this.#state === UNTIL_CLOSE) this.#complete()
    return this.#state === OVER && this.#refusal === null ? 'whole' : 'cut_short'
  }

  #takeFraming(from: number): number {
    const end = this.#takeBytes(from)
    this.#framingBytes += end - from
    if (this.#framingBytes > FRAMING_BYTES_MAX) this.#refuse({ kind: 'endless' })
    return end
  }

  #takeBytes(from: number): number {
    const bytes = this.#bytes
    let state = this.#state
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0
      const next = transitions[state * 256 + byte] ?? 0
      if (next === state && next < FIRST_TELLING) continue
      this.#enter(next, byte, at)
      state = this.#state
      if (state < FIRST_IN_TABLE) return at + 1
    }
    return bytes.length
  }

  #enter(next: number, byte: number, at: number): void {
    const reason = refusalIn(next)
    if (reason === null) {
      this.#state = next
      Http1Parser.#acts[next]?.(this, byte, at)
      this.#limit()
      return
    }
    if (this.#state === START) this.#sink.onResponseStarted()
    this.#span.count(at)
    this.#limit()
    this.#refuseFor(reason)
  }

  static readonly #acts: readonly (Act | undefined)[] = actsOf({
    h: (parser) => parser.#sink.onResponseStarted(),
    major: (parser, byte) => {
      parser.#majorVersion = byte - ZERO
    },
    minor: (parser, byte) => parser.#takeMinorVersion(byte - ZERO),
    status_1: (parser, byte) => parser.#takeStatusDigit(byte),
    status_2: (parser, byte) => parser.#takeStatusDigit(byte),
    status_3: (parser, byte) => parser.#takeStatusDigit(byte),
    name: (parser, _byte, at) => parser.#span.begin(at),
    colon: (parser, _byte, at) => parser.#takeName(parser.#span.endAt(at, parser.#bytes)),
    value: (parser, _byte, at) => parser.#beginValue(at),
    length: (parser, byte, at) => parser.#takeLengthDigit(byte, at),
    value_cr: (parser, _byte, at) => parser.#takeValue(parser.#span.endAt(at, parser.#bytes)),
    empty_cr: (parser) => parser.#takeValue(''),
    head_end: (parser) => (parser.#isInTrailers ? parser.#complete() : parser.#takeHead()),
    size: (parser) => {
      parser.#bytesLeft = 0
    },
    size_digit: (parser, byte) => parser.#takeSizeDigit(byte),
    size_end: (parser) => parser.#takeSize(),
  })

  #takeMinorVersion(digit: number): void {
    this.#minorVersion = digit
    if (!VERSIONS.has(`${this.#majorVersion}.${digit}`)) this.#refuseFor('Invalid HTTP version')
  }

  #takeStatusDigit(byte: number): void {
    this.#statusCode = this.#statusCode * 10 + byte - ZERO
  }

  #takeName(asSent: string): void {
    const name = asSent.toLowerCase()
    this.#state = stateOf(name === 'content-length' ? 'before_length' : 'before_value')
    this.#refuseFor(this.#fields.begin(name))
  }

  #beginValue(at: number): void {
    this.#span.begin(at)
    this.#fields.beginValue()
  }

  #takeLengthDigit(byte: number, at: number): void {
    if (this.#fields.contentLength === null) this.#span.begin(at)
    this.#refuseFor(this.#fields.addLengthDigit(byte - ZERO))
  }

  #takeValue(value: string): void {
    if (!this.#isInTrailers) this.#fields.add(value)
  }

  #takeHead(): void {
    const statusCode = this.#statusCode
    if (statusCode === 100 || statusCode === 101) {
      this.#refuse({ kind: 'unasked' })
      return
    }
    const { values: headers, contentLength } = this.#fields
    this.#sink.httpVersion = this.#minorVersion === 0 ? '1.0' : '1.1'
    this.#sink.onResponseStart(statusCode, headers)
    this.#span.countAnew()
    this.#framingBytes = 0
    if (statusCode < 200) {
      const version = { major: this.#majorVersion, minor: this.#minorVersion }
      this.#beginAnew(isKept(version, headers))
    } else {
      this.#beginBody(bodyEnd(this.#method, { statusCode, contentLength, headers }))
    }
  }

  #beginAnew(isConnectionKept: boolean): void {
    this.#state = isConnectionKept ? START : stateOf('closed')
    this.#statusCode = 0
    this.#fields = new Http1Fields()
  }

  #beginBody(end: BodyEnd): void {
    this.#bytesLeft = this.#fields.contentLength ?? 0
    if (end === 'none') this.#complete()
    else this.#state = stateOf(end === 'chunked' ? 'size' : end)
  }

  #takeSizeDigit(byte: number): void {
    this.#bytesLeft = this.#bytesLeft * 16 + Number.parseInt(String.fromCharCode(byte), 16)
    if (this.#bytesLeft > LENGTH_MAX) this.#refuseFor('Chunk size overflow')
  }

  #takeSize(): void {
    this.#framingBytes = 0
    this.#isInTrailers = this.#bytesLeft === 0
    this.#state = stateOf(this.#isInTrailers ? 'trailers' : 'chunk')
  }

  #takeBody(from: number): number {
    const bytes = this.#bytes
    const isSized = this.#state !== UNTIL_CLOSE
    const end = isSized ? Math.min(bytes.length, from + this.#bytesLeft) : bytes.length
    this.#sink.onResponseData(bytes.subarray(from, end))
    if (isSized) this.#pass(end - from)
    return end
  }

  #pass(bytes: number): void {
    this.#bytesLeft -= bytes
    if (this.#bytesLeft > 0) return
    if (this.#state === SIZED) this.#complete()
    else this.#state = stateOf('chunk_end')
  }

  #complete(): void {
    this.#state = OVER
    this.#sink.onResponseEnd()
  }

  #limit(): void {
    if (this.#span.isTooLarge) this.#refuse({ kind: 'headers_too_large' })
  }

  #refuseFor(reason: string | null): void {
    if (reason !== null) this.#refuse({ kind: 'not_http', reason })
  }

  /** The first fault is the one that is told. */
  #refuse(refusal: Refusal): void {
    this.#state = OVER
    this.#refusal ??= refusal
  }
}

function actsOf(acts: Partial<Record<StateName, Act>>): readonly (Act | undefined)[] {
  return stateNames.map((name) => acts[name])
}
