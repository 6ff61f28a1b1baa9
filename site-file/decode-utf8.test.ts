import { describe, expect, test } from 'vitest'
import { decodeUtf8, EncodingError } from './decode-utf8.ts'

async function decode(...chunks: readonly Buffer[]): Promise<string> {
  async function* stream() {
    yield* chunks
  }
  let text = ''
  for await (const part of decodeUtf8(stream())) text += part
  return text
}

const latin1 = (text: string) => Buffer.from(text, 'latin1')
const utf8 = (text: string) => Buffer.from(text, 'utf8')

describe('UTF-8', () => {
  test.each<[string, readonly Buffer[], string]>([
    ['nothing', [], ''],
    ['a byte order mark is dropped', [utf8('\ufeffurl')], 'url'],
    [
      'a character cut in two by the chunks',
      [utf8('é').subarray(0, 1), utf8('é').subarray(1)],
      'é',
    ],
    ['an emoji in four chunks', [...utf8('🐘')].map((byte) => Buffer.of(byte)), '🐘'],
  ])('%s', async (_, chunks, text) => {
    expect(await decode(...chunks)).toBe(text)
  })
})

describe('anything else is refused, with its line', () => {
  test.each<[string, readonly Buffer[], RegExp]>([
    ['Latin-1 on the first line', [latin1('caf\xe9')], /^line 1 is not UTF-8 .*Latin-1/],
    ['Latin-1 on the third', [latin1('a\nb\ncaf\xe9\nd')], /^line 3 /],
    [
      'Latin-1 in a later chunk',
      [latin1('a\nb'), latin1('b\nc\n'), latin1('caf\xe9\n')],
      /^line 4 /,
    ],
    [
      'a bad byte after good characters of two bytes',
      [utf8('é\né\n'), latin1('\xe9\n')],
      /^line 3 /,
    ],
    ['an end in the middle of a character', [utf8('ok\né').subarray(0, 4)], /^line 2 /],
    ['UTF-16', [Buffer.from('\ufeffurl', 'utf16le')], /UTF-16/],
    ['a spreadsheet', [Buffer.from('PK\u0003\u0004')], /zip archive or a spreadsheet/],
  ])('%s', async (_, chunks, reason) => {
    const error = await decode(...chunks).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(EncodingError)
    expect(String((error as EncodingError).message)).toMatch(reason)
  })
})
