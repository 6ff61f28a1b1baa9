import { isUtf8 } from 'node:buffer'

/** A file that cannot be a text in UTF-8; the message says where and what to do. */
export class EncodingError extends Error {}

/** A line longer than this is told without its number: nothing is kept to count by. */
const LINE_BYTES_MAX = 1024 * 1024
const NEWLINE = 0x0a

/**
 * Decodes a stream of bytes as UTF-8, without its byte order mark.
 * @throws EncodingError at the first byte that is not, naming its line.
 */
export async function* decodeUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const position = new LinePosition()
  let isFirst = true
  for await (const chunk of chunks) {
    if (isFirst) refuseOtherFormats(chunk)
    isFirst = false
    yield decodeOrThrow(decoder, chunk, position)
    position.pass(chunk)
  }
  yield decodeOrThrow(decoder, null, position)
}

type Decoder = InstanceType<typeof TextDecoder>

function decodeOrThrow(decoder: Decoder, chunk: Buffer | null, position: LinePosition): string {
  try {
    return chunk === null ? decoder.decode() : decoder.decode(chunk, { stream: true })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new EncodingError(
      `line ${position.badLine(chunk ?? Buffer.alloc(0))} is not UTF-8 (is it Latin-1?): save the file as UTF-8`,
    )
  }
}

function refuseOtherFormats(first: Buffer): void {
  const start = first.subarray(0, 2).toString('latin1')
  if (start === '\xff\xfe' || start === '\xfe\xff') {
    throw new EncodingError('the file is UTF-16: save it as UTF-8')
  }
  if (start === 'PK' && (first[2] ?? 32) < 32) {
    throw new EncodingError('the file is a zip archive or a spreadsheet: save it as CSV')
  }
}

/** Where the stream is: which line, and the bytes of that line so far. */
class LinePosition {
  #line = 1
  #started = Buffer.alloc(0)

  pass(chunk: Buffer): void {
    const lastBreak = chunk.lastIndexOf(NEWLINE)
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1))
      this.#line++
    const rest = chunk.subarray(lastBreak + 1)
    this.#started = Buffer.concat(lastBreak === -1 ? [this.#started, rest] : [rest])
    if (this.#started.length > LINE_BYTES_MAX) this.#started = this.#started.subarray(-4)
  }

  /** The line of the next chunk that is not UTF-8. No character of several bytes contains a line break's byte. */
  badLine(chunk: Buffer): number {
    const lines = Buffer.concat([this.#started, chunk]).toString('latin1').split('\n')
    const bad = lines.findIndex((line) => !isUtf8(Buffer.from(line, 'latin1')))
    return this.#line + Math.max(0, bad)
  }
}
