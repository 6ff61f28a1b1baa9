import { EXCERPT_BYTES_MAX } from '#shared/domain/result.ts'
import type { AnswerSink } from './answer-sink.ts'
import type { Stage } from './deadline.ts'
import { CLOSED_EARLY, failureOfError } from './failure-of-error.ts'
import type { BodyWanted, ResponseHeaders, Stop } from './prober.ts'
import type { Trace } from './trace.ts'

/** An answer as it came over the wire. */
export type RawAnswer = {
  readonly statusCode: number
  readonly headers: ResponseHeaders
  /** When no body was wanted, only its first bytes: as many as an excerpt shows. */
  readonly bytes: Buffer
  /** `beginning`: there was more than the cap, and reading stopped there. */
  readonly extent: 'whole' | 'beginning'
  readonly responseBytes: number
}

/** What a body rule may look at; also what `too_large` is measured by. */
export const BODY_BYTES_MAX = 1024 * 1024
/** Without a body rule this much shows that the body flows. */
const UNWANTED_BYTES_MAX = 64 * 1024
/** `103 Early Hints` and the like before the answer; more is a fault of the server. */
const INTERIM_ANSWERS_MAX = 10
/**
 * All that may come over one connection. A server may send what is no part of an answer without end,
 * and no event tells of it; the largest honest body does not need as much in the smallest of chunks.
 */
export const CONNECTION_BYTES_MAX = 16 * BODY_BYTES_MAX

const NOTHING = Buffer.alloc(0)

/**
 * Takes in one answer, as cheaply as can be: no streams, and bytes are kept only when they are wanted.
 * When it has enough it says so, and whoever owns the socket closes it; what still comes is ignored.
 */
export class AnswerReader implements AnswerSink {
  readonly done: Promise<RawAnswer | Stop>
  /** `1.0`, `1.1` or `2`, as whoever sends the request knows; told only once there is an answer. */
  httpVersion = '1.1'
  readonly #trace: Trace
  readonly #wantedBytes: number
  readonly #keptBytesMax: number
  /** Whether an answer of this status needs no body at all. */
  readonly #isHeadEnough: (statusCode: number) => boolean
  readonly #settle: (answer: RawAnswer | Stop) => void
  #state: 'waiting' | 'reading' | 'done' = 'waiting'
  #interimAnswers = 0
  #statusCode = 0
  #headers: ResponseHeaders = {}
  #chunks: Buffer[] = []
  #bytes = 0

  constructor(want: BodyWanted, trace: Trace, isHeadEnough: (statusCode: number) => boolean) {
    const { promise, resolve } = Promise.withResolvers<RawAnswer | Stop>()
    this.done = promise
    this.#settle = resolve
    this.#trace = trace
    this.#keptBytesMax = want === 'text' ? BODY_BYTES_MAX : EXCERPT_BYTES_MAX
    this.#wantedBytes = want === 'text' ? BODY_BYTES_MAX : UNWANTED_BYTES_MAX
    this.#isHeadEnough = isHeadEnough
  }

  get stage(): Stage {
    return this.#statusCode === 0 ? 'answer' : 'body'
  }

  /** Ends the reading from outside. */
  stop(stop: Stop): void {
    this.#settle(stop)
  }

  onRequestStart(): void {
    this.#trace.begin()
  }

  onResponseStarted(): void {
    if (this.#state !== 'waiting') return
    this.#state = 'reading'
    this.#trace.end('ttfbMs')
  }

  onResponseStart(statusCode: number, headers: ResponseHeaders): void {
    if (statusCode < 200) {
      this.#passOver(statusCode)
      return
    }
    this.#statusCode = statusCode
    this.#headers = headers
    this.#trace.answered(statusCode)
    this.#trace.httpVersion = this.httpVersion
    if (this.#isHeadEnough(statusCode)) this.#finish('whole')
  }

  onResponseData(bytes: Buffer): void {
    if (this.#state === 'done') return
    const missing = this.#keptBytesMax - this.#bytes
    if (missing > 0) this.#chunks.push(Buffer.from(bytes.subarray(0, missing)))
    this.#bytes += bytes.length
    if (this.#bytes > this.#wantedBytes) this.#finish('beginning')
  }

  onResponseEnd(): void {
    this.#finish('whole')
  }

  onResponseError(error: Error): void {
    this.#settle(failureOfError(error, this.stage))
  }

  /** The exchange is over, whether the answer was complete or not. */
  onClosed(): void {
    this.#settle(CLOSED_EARLY)
  }

  /** Far more came than any answer needs. */
  onFlood(): void {
    this.#refuse(`the server sends without end, and no ${this.stage}`)
  }

  #passOver(statusCode: number): void {
    if (statusCode < 100) this.#refuse(`status ${statusCode} is none of HTTP`)
    this.#interimAnswers++
    if (this.#interimAnswers > INTERIM_ANSWERS_MAX) this.#refuse('interim answers without end')
  }

  #refuse(message: string): void {
    this.#settle({ outcome: 'failed', failure: 'protocol', message })
  }

  #finish(extent: 'whole' | 'beginning'): void {
    if (this.#state === 'done') return
    this.#state = 'done'
    this.#settle({
      statusCode: this.#statusCode,
      headers: this.#headers,
      bytes: this.#kept(),
      extent,
      responseBytes: this.#bytes,
    })
  }

  #kept(): Buffer {
    const [first = NOTHING] = this.#chunks
    return this.#chunks.length <= 1 ? first : Buffer.concat(this.#chunks)
  }
}
