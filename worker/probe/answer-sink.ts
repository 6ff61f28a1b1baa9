import type { ResponseHeaders } from './prober.ts'

/** Who is told what an answer is made of, in its order. An interim answer has a head and no end. */
export type AnswerSink = {
  /** Set before each head: `1.0` or `1.1`. */
  httpVersion: string
  onResponseStarted(): void
  onResponseStart(statusCode: number, headers: ResponseHeaders): void
  /** A part of the body, whose bytes are only good until this returns. */
  onResponseData(bytes: Buffer): void
  onResponseEnd(): void
}
