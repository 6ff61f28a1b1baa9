import { describe, expect, test } from 'vitest'
import { csvText, textTable } from './text-table.ts'

describe('a table', () => {
  test.each([
    ['without rows is its headings', ['a', 'bcd'], [], 'a  bcd\n-  ---'],
    [
      'has numbers at the right, text at the left',
      ['name', 'n'],
      [
        ['x', 1],
        ['yy', 10],
      ],
      'name   n\n----  --\nx      1\nyy    10',
    ],
    ['takes numbers in text for numbers', ['n'], [['1'], ['10']], ' n\n--\n 1\n10'],
    ['shows null as nothing', ['a', 'b'], [[null, 'x']], 'a  b\n-  -\n   x'],
    ['is not broken by a line break or an escape', ['a'], [['x\ny\u001b[31mz']], 'a\n----\nx yz'],
  ])('%s', (_sentence, columns, rows, expected) => {
    expect(textTable(columns, rows)).toBe(expected)
  })

  test('cuts a cell that no terminal would show', () => {
    expect(textTable(['a'], [['x'.repeat(200)]]).split('\n')[2]).toBe(`${'x'.repeat(119)}…`)
  })
})

test.each([
  ['plain values', [['x', 1]], 'a,b\nx,1'],
  ['null as an empty field', [[null, '']], 'a,b\n,'],
  [
    'commas, quotes and line breaks in quotes',
    [['x,y', 'say "hi"\nnow']],
    'a,b\n"x,y","say ""hi""\nnow"',
  ],
])('CSV has %s', (_sentence, rows, expected) => {
  expect(csvText(['a', 'b'], rows)).toBe(expected)
})
