import type { Transform } from 'node:stream'
import { TextDecoder } from 'node:util'
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'
import { BODY_BYTES_MAX, type RawAnswer } from './answer-reader.ts'
import type { Body } from './prober.ts'

type Decoded = { readonly bytes: Buffer; readonly extent: 'whole' | 'beginning' }

/** The type of a zlib stream (RFC 1950) begins with the method 8 in its lower half. */
const ZLIB_METHOD = 8
const META_BYTES = 1_024
/**
 * What a decoder hands over at a time. Each time takes a turn of the event loop: at Node's 16 KiB a
 * bomb would take 64 of them, which is seconds in a busy worker.
 */
const STEP = { chunkSize: 128 * 1024 }

const DECODERS: Readonly<Record<string, (bytes: Buffer) => Transform>> = {
  gzip: () => createGunzip(STEP),
  'x-gzip': () => createGunzip(STEP),
  br: () => createBrotliDecompress(STEP),
  zstd: () => createZstdDecompress(STEP),
  // Some servers send the bare stream (RFC 1951) under this name.
  deflate: (bytes) =>
    ((bytes[0] ?? 0) & 0x0f) === ZLIB_METHOD ? createInflate(STEP) : createInflateRaw(STEP),
}

/**
 * The text of an answer's body, in normal form C. We ask for no compression; what comes compressed
 * all the same is decoded, one layer, up to the same cap as every body.
 */
export async function textOf(answer: RawAnswer): Promise<Body> {
  const encoding = headerText(answer, 'content-encoding').toLowerCase()
  const decoded =
    encoding === '' || encoding === 'identity' ? answer : await decompress(answer, encoding)
  if ('kind' in decoded) return decoded
  const text = decodeText(decoded.bytes, headerText(answer, 'content-type'))
  return { kind: decoded.extent, text: text.normalize('NFC') }
}

export function headerText({ headers }: RawAnswer, name: string): string {
  return [headers[name] ?? ''].flat().join(', ').trim()
}

function decompress(answer: RawAnswer, encoding: string): Promise<Decoded | Body> | Body {
  const open = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined
  if (open === undefined) {
    const reason = `its content-encoding ${JSON.stringify(encoding)} is not known`
    return { kind: 'unreadable', reason }
  }
  return runDecoder(open(answer.bytes), answer, encoding)
}

/** Counts what comes out as it comes: a bomb goes off no further than the cap. */
function runDecoder(
  decoder: Transform,
  answer: RawAnswer,
  encoding: string,
): Promise<Decoded | Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const end = (extent: 'whole' | 'beginning') => {
      resolve({ bytes: Buffer.concat(chunks, Math.min(length, BODY_BYTES_MAX)), extent })
      decoder.destroy()
    }
    decoder.on('data', (chunk: Buffer) => {
      length += chunk.length
      chunks.push(chunk)
      if (length > BODY_BYTES_MAX) end('beginning')
    })
    decoder.on('end', () => end(answer.extent))
    decoder.on('error', () => {
      // Of a beginning the end is always missing.
      if (answer.extent === 'beginning') end('beginning')
      else resolve({ kind: 'unreadable', reason: `it is not the ${encoding} that it claims to be` })
    })
    decoder.end(answer.bytes)
  })
}

/** By byte order mark, header or meta tag; else UTF-8. What cannot be decoded becomes U+FFFD. */
export function decodeText(bytes: Buffer, contentType: string): string {
  const charset =
    byteOrderMark(bytes) ?? charsetIn(contentType) ?? charsetInMeta(bytes, contentType) ?? 'utf-8'
  return decoderFor(charset).decode(bytes)
}

function decoderFor(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return new TextDecoder()
  }
}

function byteOrderMark(bytes: Buffer): string | null {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : null
}

function charsetIn(text: string): string | null {
  return /charset\s*=\s*["']?([\w.:-]+)/i.exec(text)?.[1] ?? null
}

function charsetInMeta(bytes: Buffer, contentType: string): string | null {
  if (!/html/i.test(contentType)) return null
  const beginning = bytes.toString('latin1', 0, META_BYTES)
  const tag = /<meta[^>]{0,200}charset[^>]{0,200}>/i.exec(beginning)?.[0]
  return tag === undefined ? null : charsetIn(tag)
}
