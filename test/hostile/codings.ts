import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'
import { answer, type Behaviour, flood } from './behaviour.ts'
import { statusOk, type Theme } from './theme.ts'

const good = '{"status":"OK"}'
const zipped = gzipSync(good)

const coded = (coding: string, body: string | Buffer) =>
  answer(200, body, { 'content-encoding': coding })

/** Made when first asked for: most tests need no bomb. */
function bomb(coding: string, compress: (bytes: Buffer) => Buffer): Behaviour {
  let bytes: Buffer | null = null
  return (socket, request) => {
    bytes ??= compress(Buffer.alloc(32 * 1024 * 1024, ' '))
    coded(coding, bytes)(socket, request)
  }
}

/** The best that Brotli can do takes it a second. */
function quickBrotli(bytes: Buffer): Buffer {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
}

export const codings: Theme = {
  title: 'compression that nobody asked for',
  behaviours: {
    '/gzip': coded('gzip', zipped),
    '/x-gzip': coded('X-GZip', zipped),
    '/brotli': coded('br', brotliCompressSync(good)),
    '/zstd': coded('zstd', zstdCompressSync(good)),
    '/deflate': coded('deflate', deflateSync(good)),
    '/deflate-raw': coded('deflate', deflateRawSync(good)),
    '/identity': coded('identity', good),
    '/gzip-bomb': bomb('gzip', gzipSync),
    '/brotli-bomb': bomb('br', quickBrotli),
    '/zstd-bomb': bomb('zstd', zstdCompressSync),
    '/deflate-bomb': bomb('deflate', deflateSync),
    '/deflate-raw-bomb': bomb('deflate', deflateRawSync),
    '/gzip-of-a-bomb': bomb('gzip', (bytes) => gzipSync(gzipSync(bytes))),
    '/gzip-corrupt': coded('gzip', 'this is no gzip'),
    '/brotli-corrupt': coded('br', 'this is no brotli'),
    '/zstd-corrupt': coded('zstd', 'this is no zstd'),
    '/deflate-corrupt': coded('deflate', 'this is no deflate'),
    '/gzip-empty': coded('gzip', ''),
    '/gzip-cut': coded('gzip', zipped.subarray(0, 20)),
    '/gzip-bad-checksum': coded('gzip', spoilt(zipped, zipped.length - 8)),
    '/gzip-then-junk': coded('gzip', Buffer.concat([zipped, Buffer.from('junk')])),
    '/gzip-in-two-parts': coded('gzip', Buffer.concat([gzipSync('{"status":'), gzipSync('"OK"}')])),
    '/gzip-that-is-brotli': coded('gzip', brotliCompressSync(good)),
    '/gzip-endless': flood('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n', 'a'),
    '/gzip-twice': coded('gzip, gzip', gzipSync(zipped)),
    '/gzip-a-thousand-times': coded(Array(1_000).fill('gzip').join(', '), zipped),
    '/coding-of-an-object': coded('constructor', 'whatever'),
    '/coding-made-up': coded('smoke', 'whatever'),
    '/coding-compress': coded('compress', 'whatever'),
  },
  cases: [
    ['gzip is decoded for a rule', '/gzip', 'up', '', statusOk],
    ['by its other name', '/x-gzip', 'up', '', statusOk],
    ['Brotli too', '/brotli', 'up', '', statusOk],
    ['Zstandard too', '/zstd', 'up', '', statusOk],
    ['deflate too', '/deflate', 'up', '', statusOk],
    ['a bare deflate stream too', '/deflate-raw', 'up', '', statusOk],
    ['gzip in two parts is one text', '/gzip-in-two-parts', 'up', '', statusOk],
    ['no coding by name is none', '/identity', 'up', '', statusOk],
    ['a bomb of gzip', '/gzip-bomb', 'down too_large', 'larger than 1 MiB', statusOk],
    ['a bomb of Brotli', '/brotli-bomb', 'down too_large', 'larger than 1 MiB', statusOk],
    ['a bomb of Zstandard', '/zstd-bomb', 'down too_large', 'larger than 1 MiB', statusOk],
    ['a bomb of deflate', '/deflate-bomb', 'down too_large', 'larger than 1 MiB', statusOk],
    ['a bomb of bare deflate', '/deflate-raw-bomb', 'down too_large', '1 MiB', statusOk],
    ['a bomb within a bomb is opened once', '/gzip-of-a-bomb', 'down body', 'not JSON', statusOk],
    ['a bomb that nobody opens', '/gzip-bomb', 'up'],
    ['what is not the gzip it says', '/gzip-corrupt', 'down body', 'not the gzip', statusOk],
    ['nor the Brotli', '/brotli-corrupt', 'down body', 'not the br', statusOk],
    ['nor the Zstandard', '/zstd-corrupt', 'down body', 'not the zstd', statusOk],
    ['nor the deflate', '/deflate-corrupt', 'down body', 'not the deflate', statusOk],
    ['gzip that is Brotli', '/gzip-that-is-brotli', 'down body', 'not the gzip', statusOk],
    ['gzip of nothing at all', '/gzip-empty', 'down body', '', statusOk],
    ['gzip cut short', '/gzip-cut', 'down body', 'not the gzip', statusOk],
    ['gzip with a wrong checksum', '/gzip-bad-checksum', 'down body', 'not the gzip', statusOk],
    ['junk after the gzip', '/gzip-then-junk', 'down body', 'not the gzip', statusOk],
    ['gzip without end that is none', '/gzip-endless', 'down too_large', '', statusOk],
    ['two layers', '/gzip-twice', 'down body', 'content-encoding "gzip, gzip"', statusOk],
    ['a thousand layers', '/gzip-a-thousand-times', 'down body', 'content-encoding', statusOk],
    ['a coding that is made up', '/coding-made-up', 'down body', '"smoke"', statusOk],
    ['a coding that objects inherit', '/coding-of-an-object', 'down body', 'not known', statusOk],
    ['a coding of old', '/coding-compress', 'down body', '"compress"', statusOk],
    ['an unknown coding that nobody needs', '/coding-made-up', 'up'],
    ['a corrupt one that nobody needs', '/gzip-corrupt', 'up'],
  ],
}

/** With one byte turned over. */
function spoilt(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = ~(copy[at] ?? 0) & 0xff
  return copy
}
