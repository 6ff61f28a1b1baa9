import { describe, expect, test } from 'vitest'
import { alwaysPainted } from '../test/support/run-command.ts'
import { unpainted } from './paint.ts'
import { cell, cellOfParts, type PaintedTable, paintedTable } from './painted-table.ts'

const table: PaintedTable = {
  columns: [
    { title: 'site', align: 'left', shrinks: true },
    { title: 'uptime', align: 'right' },
  ],
  rows: [
    [cell('a site with a long name'), cell('99.9 %')],
    [cell('b'), cell('100 %')],
  ],
}
const lines = (columns: number, some = table) => paintedTable(some, { columns, paint: unpainted })

describe('a table in a terminal', () => {
  test('is as wide as what is in it', () => {
    expect(lines(200)).toEqual([
      'site                     uptime',
      'a site with a long name  99.9 %',
      'b                         100 %',
    ])
  })

  test('is no wider than its terminal: what may shrink does', () => {
    expect(lines(20)).toEqual([
      'site          uptime',
      'a site with…  99.9 %',
      'b              100 %',
    ])
  })

  test('keeps a few letters, however narrow that is', () => {
    expect(lines(4)[1]).toBe('a site …  99.9 %')
  })

  test('is broken by no value', () => {
    const rows = [[cell('x\ny\u001b[31mz\u202e\u009b1m'), cell('1')]]
    expect(lines(80, { ...table, rows })[1]).toBe('x yz       1')
  })

  test('paints a cell with what aligns it, and parts of one by themselves', () => {
    const rows = [
      [cell('a', 'red'), cell('1')],
      [
        cellOfParts([
          { text: '$&', style: 'green' },
          { text: '.', style: 'dim' },
        ]),
        cell('2'),
      ],
    ]
    const painted = paintedTable({ ...table, rows }, { columns: 80, paint: alwaysPainted })
    expect(painted[1]).toBe(`${alwaysPainted('red', 'a   ')}       1`)
    expect(painted[2]).toBe(`${alwaysPainted('green', '$&')}${alwaysPainted('dim', '.')}        2`)
  })
})
