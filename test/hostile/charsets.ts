import { answer } from './behaviour.ts'
import { statusOk, type Theme } from './theme.ts'

const text = (bytes: Buffer | string, type: string) => answer(200, bytes, { 'content-type': type })
const good = '{"status":"OK"}'
const STATUS_IN_1251 = Buffer.from([0xf1, 0xf2, 0xe0, 0xf2, 0xf3, 0xf1])

export const charsets: Theme = {
  title: 'character sets',
  behaviours: {
    '/windows-1251': text(STATUS_IN_1251, 'text/plain; charset=windows-1251'),
    '/windows-1251-in-quotes': text(STATUS_IN_1251, 'text/plain; charset="Windows-1251"'),
    '/windows-1251-unsaid': text(STATUS_IN_1251, 'text/plain'),
    '/utf-16-le': text(Buffer.from(`\ufeff${good}`, 'utf16le'), 'application/json'),
    '/utf-16-be': text(Buffer.from(`\ufeff${good}`, 'utf16le').swap16(), 'application/json'),
    '/utf-16-as-said': text(Buffer.from(good, 'utf16le'), 'application/json; charset=utf-16le'),
    '/utf-16-odd': text(Buffer.from([0xff, 0xfe, 0x7b]), 'application/json'),
    '/utf-8-mark': text(`\ufeff${good}`, 'application/json'),
    '/utf-8-broken': text(Buffer.from([0x61, 0xc3, 0x28, 0x62]), 'text/plain; charset=utf-8'),
    '/charset-klingon': text(good, 'application/json; charset=klingon'),
    '/charset-of-bytes': text(good, 'application/json; charset=\x80'),
    '/charset-in-meta': text(
      Buffer.from('<meta charset="iso-8859-1"><p>gr\u00fcn', 'latin1'),
      'text/html',
    ),
    '/charset-in-meta-of-html-4': text(
      Buffer.from(
        '<meta http-equiv=content-type content="text/html; charset=iso-8859-1"><p>gr\u00fcn',
        'latin1',
      ),
      'text/html',
    ),
    '/charset-in-many-metas': text(`${'<meta '.repeat(10_000)}gr\u00fcn`, 'text/html'),
    '/decomposed': answer(200, 'cafe\u0301'),
    '/composed': answer(200, 'caf\u00e9'),
    '/combining-without-end': answer(200, `e${'\u0301'.repeat(100_000)}`),
  },
  cases: [
    ['the charset of the header', '/windows-1251', 'up', '', { bodyRegex: '^статус$' }],
    ['the same in quotes', '/windows-1251-in-quotes', 'up', '', { bodyRegex: '^статус$' }],
    ['one that is not told', '/windows-1251-unsaid', 'down body', 'no match', { bodyRegex: 'с' }],
    ['UTF-16 by its mark', '/utf-16-le', 'up', '', statusOk],
    ['the other way round', '/utf-16-be', 'up', '', statusOk],
    ['UTF-16 by the header', '/utf-16-as-said', 'up', '', statusOk],
    ['half a character of UTF-16', '/utf-16-odd', 'down body', 'not JSON', statusOk],
    ['the mark of UTF-8 is no part of the text', '/utf-8-mark', 'up', '', statusOk],
    [
      'broken UTF-8 is read as far as it can be',
      '/utf-8-broken',
      'up',
      '',
      { bodyRegex: 'a.\\(b' },
    ],
    ['a charset that nobody knows is UTF-8', '/charset-klingon', 'up', '', statusOk],
    ['a charset of strange bytes too', '/charset-of-bytes', 'up', '', statusOk],
    ['the charset of a meta tag', '/charset-in-meta', 'up', '', { bodyRegex: 'grün' }],
    ['as HTML 4 has it', '/charset-in-meta-of-html-4', 'up', '', { bodyRegex: 'grün' }],
    ['ten thousand meta tags', '/charset-in-many-metas', 'up', '', { bodyRegex: 'grün' }],
    [
      'letters in two parts meet letters in one',
      '/decomposed',
      'up',
      '',
      { bodyRegex: 'caf\u00e9' },
    ],
    ['and the other way round', '/composed', 'up', '', { bodyRegex: 'cafe\u0301' }],
    ['accents without end', '/combining-without-end', 'up', '', { bodyRegex: '\u0301' }],
  ],
}
