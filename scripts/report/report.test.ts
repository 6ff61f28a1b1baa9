import { describe, expect, test } from 'vitest'
import { jsonLine } from '../json-line.ts'
import { markdownText } from '../markdown-table.ts'
import { unpainted } from '../paint.ts'
import { cell } from '../painted-table.ts'
import { spreadsheetText } from '../spreadsheet-text.ts'
import { type Report, reportText } from './report.ts'

const report: Report = {
  title: 'Fruit',
  remarks: ['What hangs there.'],
  sections: [
    {
      title: 'Ripe',
      ifEmpty: 'None.',
      table: {
        columns: [
          { title: 'kind', align: 'left' },
          { title: 'count', align: 'right' },
        ],
        rows: [[cell('a|b'), cell('2')]],
      },
    },
    { title: null, ifEmpty: 'None.', table: { columns: [], rows: [] } },
  ],
  notes: ['that is all'],
  json: { fruit: [{ kind: 'a|b', count: 2 }] },
  csv: { columns: ['kind', 'count'], rows: [['a|b', 2]] },
}
const printed = (format: Parameters<typeof reportText>[1]) =>
  reportText(report, format, { columns: 80, paint: unpainted })

describe('a report', () => {
  test('for a terminal', () => {
    expect(printed('table')).toBe(
      'Fruit\nWhat hangs there.\n\nRipe\nkind  count\na|b       2\n\nNone.\n\nthat is all\n',
    )
  })
  test('in Markdown', () => {
    expect(printed('md')).toBe(
      '## Fruit\n\nWhat hangs there.\n\n### Ripe\n\n| kind | count |\n| --- | ---: |\n| a\\|b | 2 |\n\nNone.\n\nthat is all\n',
    )
  })
  test('in CSV', () => {
    expect(printed('csv')).toBe('kind,count\r\na|b,2\r\n')
  })
  test('in JSON', () => {
    expect(printed('json')).toBe('{"fruit":[{"kind":"a|b","count":2}]}\n')
  })
})

describe('a cell of a spreadsheet', () => {
  test.each<[string, string | number | null, string]>([
    ['is what it says', 'shop', 'shop'],
    ['is no formula', '=1+1', "'=1+1"],
    ['is no formula by a plus', '+1', "'+1"],
    ['is no formula by a minus', '-1', "'-1"],
    ['is no formula by an at', '@SUM(A1)', "'@SUM(A1)"],
    ['is no formula behind blanks', ' \t=1', "'=1"],
    ['is no formula behind what cannot be seen', '\u200b=1', "'=1"],
    ['may be a number below zero', -1.5, '-1.5'],
    ['may be nothing', null, ''],
    ['is one line', 'a\nb', 'a b'],
    ['is quoted where it has to be', 'a,"b"', '"a,""b"""'],
  ])('%s', (_, value, text) => {
    expect(spreadsheetText(['x'], [[value]])).toBe(`x\r\n${text}\r\n`)
  })
})

describe('a text in Markdown', () => {
  test.each([
    ['is no mark', '*a* _b_ `c` #d ~e~', '\\*a\\* \\_b\\_ \\`c\\` \\#d \\~e\\~'],
    ['is no link', '[x](y) http://z www.z', '\\[x\\]\\(y\\) http\\://z www\\.z'],
    ['is no HTML', '<b>&amp;', '&lt;b&gt;&amp;amp;'],
    ['ends no cell', 'a|b\nc\\', 'a\\|b c\\\\'],
  ])('%s', (_, text, escaped) => {
    expect(markdownText(text)).toBe(escaped)
  })
})

test('JSON steers no terminal, and says the same', () => {
  const value = { name: 'a\u001b[2J\u009b1m\u202eb\u007f' }
  const line = jsonLine(value)
  expect(line).toBe('{"name":"a\\u001b[2J\\u009b1m\\u202eb\\u007f"}\n')
  expect(JSON.parse(line)).toEqual(value)
})
