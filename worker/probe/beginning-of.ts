import { brotliDecompressSync, constants, gunzipSync } from 'node:zlib'
import { EXCERPT_BYTES_MAX } from '#shared/domain/result.ts'
import { BODY_BYTES_MAX, type RawAnswer } from './answer-reader.ts'
import { decodeText, headerText } from './body-text.ts'
import type { Body } from './prober.ts'

/** Half a letter, where a text was cut in the middle of one. */
const HALF_A_LETTER = /\ufffd$/

/** The first bytes of the body for people to read: as text, and decompressed where that is simple. */
export function beginningOf(answer: RawAnswer, body: Body): string {
  if ('text' in body) return cutToBytes(body.text, EXCERPT_BYTES_MAX)
  if (answer.responseBytes === 0) return ''
  const bytes = answer.bytes.subarray(0, EXCERPT_BYTES_MAX)
  const encoding = headerText(answer, 'content-encoding').toLowerCase()
  const decoded = encoding === '' ? bytes : decompressedBeginning(bytes, encoding)
  const text = decodeText(
    decoded.subarray(0, EXCERPT_BYTES_MAX),
    headerText(answer, 'content-type'),
  )
  return decoded.length > EXCERPT_BYTES_MAX || answer.responseBytes > bytes.length
    ? text.replace(HALF_A_LETTER, '')
    : text
}

function cutToBytes(text: string, bytesMax: number): string {
  if (text.length * 3 <= bytesMax) return text
  const cut = Buffer.from(text.slice(0, bytesMax)).subarray(0, bytesMax)
  return cut.length < bytesMax ? cut.toString() : cut.toString().replace(HALF_A_LETTER, '')
}

/** As it came when that is all that can be done: the little that is kept cannot grow beyond the cap. */
function decompressedBeginning(bytes: Buffer, encoding: string): Buffer {
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = constants
  try {
    if (encoding === 'gzip' || encoding === 'x-gzip') {
      return gunzipSync(bytes, { finishFlush: Z_SYNC_FLUSH, maxOutputLength: BODY_BYTES_MAX })
    }
    if (encoding === 'br') {
      const limits = { finishFlush: BROTLI_OPERATION_FLUSH, maxOutputLength: BODY_BYTES_MAX }
      return brotliDecompressSync(bytes, limits)
    }
    return bytes
  } catch {
    return bytes
  }
}
