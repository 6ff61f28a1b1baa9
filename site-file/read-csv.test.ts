import { describe, expect, test } from 'vitest'
import { readCsv } from './read-csv.ts'
import type { SourceItem } from './source-row.ts'

const columns = ['name', 'url', 'body', 'site', 'endpoint']

async function read(...parts: readonly string[]): Promise<SourceItem[]> {
  async function* text() {
    yield* parts
  }
  return collect(readCsv(text(), columns))
}

async function collect(items: AsyncIterable<SourceItem>): Promise<SourceItem[]> {
  const all: SourceItem[] = []
  for await (const item of items) all.push(item)
  return all
}

/** `line 2 {"url":"x"}`, or `line 2: reason`. */
function brief(item: SourceItem): string {
  if (item.kind === 'problem') return `${item.place}: ${item.reason}`
  return `${item.place} ${JSON.stringify(Object.fromEntries(item.fields))}`
}

describe('rows', () => {
  test.each<[string, string, readonly string[]]>([
    ['LF', 'url\nx\ny\n', ['line 2 {"url":"x"}', 'line 3 {"url":"y"}']],
    ['CR LF', 'url\r\nx\r\ny\r\n', ['line 2 {"url":"x"}', 'line 3 {"url":"y"}']],
    ['both in one file', 'url\r\nx\ny\r\n', ['line 2 {"url":"x"}', 'line 3 {"url":"y"}']],
    ['no line break at the end', 'url\nx', ['line 2 {"url":"x"}']],
    ['blank lines are skipped and counted', '\nurl\n\n\nx\n', ['line 5 {"url":"x"}']],
    ['spaces around cells go', ' url , name \n x , "a b" \n', ['line 2 {"url":"x","name":"a b"}']],
    ['spaces in quotes stay', 'url\n" x "\n', ['line 2 {"url":" x "}']],
    ['quotes in quotes', 'url\n"a ""b"""\n', ['line 2 {"url":"a \\"b\\""}']],
    [
      'a quoted line break, and the right line after it',
      'url,body\r\nx,"a\r\nb"\r\ny,c\r\n',
      ['line 2 {"url":"x","body":"a\\r\\nb"}', 'line 4 {"url":"y","body":"c"}'],
    ],
    ['a formula is a text like any other', 'url\n"=cmd()"\n', ['line 2 {"url":"=cmd()"}']],
    ['a header without rows', 'url\n', []],
  ])('%s', async (_, text, rows) => {
    expect((await read(text)).map(brief)).toEqual(rows)
  })

  test('arrive the same however the text is cut', async () => {
    const text = 'url,body\r\nx,"a\r\n""b"""\r\ny,é\r\n'
    expect((await read(...text)).map(brief)).toEqual((await read(text)).map(brief))
  })
})

describe('problems', () => {
  test.each<[string, string, readonly (string | RegExp)[]]>([
    ['an empty file', '', [/^line 1: the file is empty/]],
    [
      'a column of another name',
      'ulr,name\nx,y',
      [/unknown column "ulr": did you mean url\?/, /column url is missing/],
    ],
    ['a column twice', 'url,name,name\nx,y,z', [/"name" is there twice/]],
    ['semicolons', 'url;name\nx;y', [/unknown column "url;name"/, /column url is missing/]],
    ['no url', 'name\nx', [/column url is missing/]],
    ['too few cells', 'url,name\nx\n', ['line 2: has 1 columns, the header has 2']],
    ['too many cells', 'url\nx,y\n', ['line 2: has 2 columns, the header has 1']],
    [
      'a quote that is never closed: the rows before it are read',
      'url\nx\n"y\nz\n',
      ['line 2 {"url":"x"}', 'line 3: a quote is opened and never closed'],
    ],
    ['text after a closing quote', 'url\n"x"y\n', [/^line 2: Invalid Closing Quote/]],
    [
      'a quote that swallows a long file',
      `url\n"${'x\n'.repeat(300_000)}`,
      [/^line 2: is longer than/],
    ],
  ])('%s', async (_, text, expected) => {
    const items = (await read(text)).map(brief)
    expect(items).toEqual(
      expected.map((each) => (typeof each === 'string' ? each : expect.stringMatching(each))),
    )
  })

  test('an error of the source is not taken for a problem of the file', async () => {
    async function* broken() {
      yield 'url\nx\n'
      throw new Error('the disk is gone')
    }
    await expect(collect(readCsv(broken(), columns))).rejects.toThrow('the disk is gone')
  })
})
