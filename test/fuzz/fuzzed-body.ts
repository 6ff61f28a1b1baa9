import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'
import type { Random } from './random.ts'

export type FuzzedBody = {
  /** Lines of the head that tell its form. */
  readonly fields: string
  readonly bytes: Buffer
  /** Whether it is `{"status":"OK"}`, in the form that it says. */
  readonly isGood: boolean
}

type Coding = readonly [name: string, encode: (bytes: Buffer) => Buffer]

const CODINGS: readonly [Coding, ...Coding[]] = [
  ['gzip', gzipSync],
  ['br', quickBrotli],
  ['zstd', zstdCompressSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
]
const GOOD = Buffer.from('{"status":"OK","items":[1,2,3]}')
const BLANKS = Buffer.alloc(8 * 1024 * 1024, ' ')
/** Made once: they are all alike, and costly. */
const BOMBS: readonly [Coding, Buffer][] = CODINGS.map((coding) => [coding, coding[1](BLANKS)])

export function fuzzedBody(random: Random): FuzzedBody {
  const bytes = random.weigh<(random: Random) => Buffer>([
    [60, () => GOOD],
    [10, brokenDocument],
    [10, strangeText],
    [8, (random) => random.bytes(random.below(300))],
    [5, () => Buffer.alloc(0)],
    [5, (random) => Buffer.alloc(random.below(100_000), '<p>some words</p>\r\n')],
    [1, (random) => Buffer.alloc(random.below(2_000_000), 'much ')],
  ])(random)
  return random.percent(80) ? plain(random, bytes) : coded(random, bytes)
}

function plain(random: Random, bytes: Buffer): FuzzedBody {
  const type = random.weigh([
    [6, 'application/json'],
    [2, 'application/json; charset=utf-8'],
    [1, 'text/html'],
    [1, ''],
  ])
  return { fields: `content-type: ${type}\r\n`, bytes, isGood: bytes === GOOD }
}

function coded(random: Random, bytes: Buffer): FuzzedBody {
  const [name, encode] = random.pick(CODINGS)
  const encoded = encode(bytes.length > 0 ? bytes : GOOD)
  const form = random.weigh<'honest' | 'lie' | 'cut' | 'spoilt' | 'bomb'>([
    [50, 'honest'],
    [20, 'lie'],
    [15, 'cut'],
    [10, 'spoilt'],
    [5, 'bomb'],
  ])
  switch (form) {
    case 'honest':
      return { ...said(name, encoded), isGood: bytes === GOOD }
    case 'lie':
      return said(random.pick(['gzip, gzip', 'smoke', 'constructor', 'br', 'zstd', '']), encoded)
    case 'cut':
      return said(name, encoded.subarray(0, random.below(encoded.length)))
    case 'spoilt':
      return said(name, spoilt(random, encoded))
    default: {
      const [[coding], bomb] = BOMBS[random.below(BOMBS.length)] ?? [[name], encoded]
      return said(coding, bomb)
    }
  }
}

function said(coding: string, bytes: Buffer): FuzzedBody {
  return { fields: `content-encoding: ${coding}\r\n`, bytes, isGood: false }
}

function spoilt(random: Random, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  copy[random.below(copy.length)] = random.below(256)
  return copy
}

function brokenDocument(random: Random): Buffer {
  const text = random.pick([
    '{"status":"KO"}',
    '{"status":null}',
    '{"status":{"deep":[1,2,{"a":"b"}]}}',
    '{"status":1e400}',
    '{"status":"\\ud800"}',
    '{"status":"a\\u0000b\\u202e"}',
    `{"status":"${'x'.repeat(5_000)}"}`,
    '{"__proto__":{"status":"OK"}}',
    '{"status":"KO","status":"OK"',
    '["status"]',
    'null',
    'NaN',
    '\ufeff{"status":"OK"}',
    '['.repeat(random.below(5_000)),
    `{"status":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
  ])
  return Buffer.from(text)
}

function strangeText(random: Random): Buffer {
  const text = random.pick([
    '<html><meta charset="utf-16"><p>status: OK</p>',
    '<meta '.repeat(1_000),
    `e${'\u0301'.repeat(random.below(5_000))}`,
    'status "status":"',
    '\u202e\u0000\u001b[31m',
  ])
  return Buffer.from(text, random.pick(['utf8', 'utf16le', 'latin1']))
}

/** The best that Brotli can do takes it seconds. */
function quickBrotli(bytes: Buffer): Buffer {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })
}
