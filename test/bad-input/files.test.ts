import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runUptick } from '../support/run-uptick.ts'
import { Doors } from './doors.ts'

/**
 * Rows 22 to 24: files as a user has them. All of a file is loaded or nothing; what is wrong is told
 * with its line; and the next file is loaded as if nothing had happened.
 */

let doors: Doors
let folder: string
beforeAll(async () => {
  doors = await Doors.open()
  folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-bad-files-'))
})
beforeEach(() => doors.clear())
afterAll(async () => {
  await doors.close()
  await rm(folder, { recursive: true })
})

const url = 'http://127.0.0.1:9/'
const header = 'url,name\n'
/** A good site before and after: neither is loaded. */
const between = (line: string) => `${header}${url},a\n${line}\n${url},b\n`
const laughs = [...'bcdefghi'].map(
  (name, at) => `${name}: &${name} [${`*${'abcdefgh'[at]},`.repeat(9)}]`,
)

describe('is refused with its lines, and nothing of it is loaded', () => {
  test.each<[sentence: string, name: string, content: string | Buffer, reasons: readonly RegExp[]]>(
    [
      ['22: a column that is missing', 'a.csv', 'name\na\n', [/^line 1: .*column url is missing/]],
      [
        '22: a cell that is missing',
        'a.csv',
        between(url),
        [/^line 3: has 1 columns, the header has 2/],
      ],
      [
        '22: a cell too many',
        'a.csv',
        between(`${url},c,d`),
        [/^line 3: has 3 columns, the header has 2/],
      ],
      [
        '22: a column that nobody knows',
        'a.csv',
        `url,nmae\n${url},a\n`,
        [/^line 1: unknown column "nmae": did you mean name\?/],
      ],
      [
        '22: a quote that is never closed',
        'a.csv',
        between(`"${url}`),
        [/^line 3: a quote is opened and never closed/],
      ],
      [
        '22: bytes of Latin-1',
        'a.csv',
        Buffer.from(between(`${url}caf\xe9,c`), 'latin1'),
        [/^encoding: line 3 is not UTF-8 .*Latin-1/],
      ],
      [
        '22: a formula where a URL belongs',
        'a.csv',
        between('=cmd(),c'),
        [/^line 3: url: "=cmd\(\)" must begin with/],
      ],
      [
        '22: NUL in a cell',
        'a.csv',
        between(`${url},a\u0000b`),
        [/^line 3: name: .* must be plain Unicode without NUL/],
      ],
      [
        '23: aliases that multiply',
        'a.yaml',
        ['a: &a [x]', ...laughs].join('\n'),
        [/more than 100 aliases/],
      ],
      [
        '23: a tag that would make a function',
        'a.yaml',
        `- url: ${url}\n  name: !!js/function "function () {}"\n`,
        [/^line 2: Unresolved tag/],
      ],
      [
        '23: a key twice',
        'a.yaml',
        `- url: ${url}\n  name: a\n  name: b\n`,
        [/^line 3: Map keys must be unique/],
      ],
      ['23: a tab that indents', 'a.yaml', `sites:\n\t- url: ${url}\n`, [/^line 2: .*[Tt]ab/]],
      [
        '23: a merge key',
        'a.yaml',
        `- <<: {name: a}\n  url: ${url}\n`,
        [/^line 1, site 1: unknown field "<<"/],
      ],
      [
        '23: a key twice in JSON',
        'a.json',
        `[{"url":"${url}",\n"name":"a","name":"b"}]`,
        [/^line 2: the key "name" is there twice/],
      ],
      [
        '23: a number beyond all numbers',
        'a.json',
        `[{"url":"${url}","timeout_ms":1e400}]`,
        [/^line 1, site 1: timeout_ms: .* must be a whole number/],
      ],
      [
        '23: __proto__ as a field',
        'a.json',
        `[{"url":"${url}","__proto__":{"enabled":false}}]`,
        [/^line 1, site 1: unknown field "__proto__"/],
      ],
      [
        '24: a zip in the name of a CSV',
        'a.csv',
        Buffer.from('PK\u0003\u0004\u0014\u0000'),
        [/zip archive or a spreadsheet/],
      ],
      [
        '24: a zip in the name of a YAML',
        'a.yaml',
        Buffer.from('PK\u0003\u0004\u0014\u0000'),
        [/zip archive or a spreadsheet/],
      ],
    ],
  )('%s', async (_, name, content, reasons) => {
    expect(await doors.fileText(name, content)).toEqual(
      reasons.map((reason) => expect.stringMatching(reason)),
    )
    expect(await doors.stored()).toEqual([])
    expect(await doors.fileText('good.csv', `${header}${url},good\n`)).toEqual([])
    expect(await doors.stored()).toEqual(['good'])
  })
})

describe('is loaded as it was meant', () => {
  test.each<[sentence: string, name: string, content: string, names: readonly string[]]>([
    [
      '22: a byte order mark and CR LF',
      'a.csv',
      `\ufeff${`${header}${url},a\n`.replaceAll('\n', '\r\n')}`,
      ['a'],
    ],
    [
      '22: a line break in quotes',
      'a.csv',
      `url,name,method,body\n${url},a,POST,"x\r\ny"\n`,
      ['a'],
    ],
    ['22: a name that is a formula', 'a.csv', `${header}${url},=cmd()\n`, ['=cmd()']],
    [
      '23: yes, on and no, which stay texts',
      'a.yaml',
      `- {url: ${url}, name: yes}\n- {url: ${url}, name: no}\n- {url: ${url}, name: on}\n`,
      ['no', 'on', 'yes'],
    ],
    [
      '23: a few aliases',
      'a.yaml',
      `- &a {url: ${url}, name: a}\n- {url: ${url}, name: b, tags: &t [x]}\n- {url: ${url}, name: c, tags: *t}\n`,
      ['a', 'b', 'c'],
    ],
  ])('%s', async (_, name, content, names) => {
    expect(await doors.fileText(name, content)).toEqual([])
    expect(await doors.stored()).toEqual(names)
  })
})

const run = (...args: readonly string[]) =>
  runUptick(args, { DATABASE_URL: doors.database.url, UPTICK_STATE: '/nonexistent' })

describe('by the command line', () => {
  test('22: the last of 20,000 rows is bad: its line is told, and nothing is loaded', async () => {
    const file = path.join(folder, 'many.csv')
    const rows = Array.from({ length: 20_000 }, (_, at) => `${url}${at},${at}\n`)
    await writeFile(file, `${header}${rows.join('')}ftp://x,bad\n`)
    const end = await run('sites', 'import', file)
    expect(end).toMatchObject({
      code: 1,
      err: expect.stringContaining('line 20002: url: "ftp://x"'),
    })
    expect(await doors.stored()).toEqual([])
  })

  test.each([
    ['yaml', /is larger than 10 MiB/],
    ['json', /is larger than 10 MiB/],
    // Of any size, but not with a row of any size.
    ['csv', /line 1: /],
  ])('24: a file of 2 GiB is refused before it fills the memory (%s)', async (ending, reason) => {
    const file = path.join(folder, `huge.${ending}`)
    await writeFile(file, '')
    await truncate(file, 2 ** 31)
    const end = await run('sites', 'import', file)
    expect(end).toMatchObject({ code: 1, out: '', err: expect.stringMatching(reason) })
    expect(end.err.length).toBeLessThan(1_000)
  })

  test('22: an export is to be loaded back: a formula in it is as it was (differs)', async () => {
    await doors.request({ url, name: '=cmd()' })
    const end = await run('sites', 'export', '--format', 'csv')
    expect([end.code, end.out]).toEqual([0, expect.stringMatching(/(^|[\n,])=cmd\(\)([\n,]|$)/)])
  })
})
