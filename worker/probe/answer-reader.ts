import type { Stage } from './deadline.ts'
import { failureOfError } from './failure-of-error.ts'
import type { BodyWanted, ResponseHeaders, Stop } from './prober.ts'
import type { Trace } from './trace.ts'

/** An answer as it came over the wire. */
export type RawAnswer = {
  readonly statusCode: number
  readonly headers: ResponseHeaders
  /** Empty when no body was wanted. */
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
const NO_BYTES = Buffer.alloc(0)

/**
 * Takes in one answer, in the shape of undici's dispatch handler, as cheaply as can be: no streams,
 * and chunks are kept only when they are wanted. When it has enough it says so, and whoever owns
 * the socket closes it; what still comes is ignored.
 */
export class AnswerReader {
  readonly done: Promise<RawAnswer | Stop>
  readonly #trace: Trace
  readonly #wantedBytes: number
  readonly #keepsBytes: boolean
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
    this.#keepsBytes = want === 'text'
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

  onResponseStart(_controller: unknown, statusCode: number, headers: ResponseHeaders): void {
    if (statusCode < 200) {
      this.#passOver(statusCode)
      return
    }
    this.#statusCode = statusCode
    this.#headers = headers
    this.#trace.statusCode = statusCode
    if (this.#isHeadEnough(statusCode)) this.#finish('whole')
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    if (this.#state === 'done') return
    this.#bytes += chunk.length
    if (this.#keepsBytes) this.#chunks.push(chunk)
    if (this.#bytes > this.#wantedBytes) this.#finish('beginning')
  }

  onResponseEnd(): void {
    this.#finish('whole')
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#settle(failureOfError(error, this.stage))
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
    const length = Math.min(this.#bytes, this.#wantedBytes)
    this.#settle({
      statusCode: this.#statusCode,
      headers: this.#headers,
      bytes: this.#keepsBytes ? Buffer.concat(this.#chunks, length) : NO_BYTES,
      extent,
      responseBytes: this.#bytes,
    })
  }
}
