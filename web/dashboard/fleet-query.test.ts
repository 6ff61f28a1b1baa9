import { describe, expect, test } from 'vitest'
import { fleetUrl, readFleetQuery } from './fleet-query.ts'

const read = (query: string) => readFleetQuery(new URLSearchParams(query))
const nothing = { words: [], tag: null, kind: null, state: null }

describe('the address of the overview', () => {
  test.each<[string, string, object]>([
    ['asks for everything', '', nothing],
    ['for words, each by itself', 'q=%20Shop%20%20eu%20', { ...nothing, words: ['Shop', 'eu'] }],
    ['for a state', 'state=down', { ...nothing, state: 'down' }],
    ['for a tag and a kind', 'tag=a%20b&kind=tcp', { ...nothing, tag: 'a b', kind: 'tcp' }],
    ['for a state of nobody, which is no filter', 'state=dwon', nothing],
    ['for a kind of nobody', 'kind=__proto__', nothing],
    ['for NUL, which no text holds', 'q=a%00b', { ...nothing, words: ['ab'] }],
    ['for eight words at most', `q=${'a+'.repeat(50)}`, { ...nothing, words: Array(8).fill('a') }],
  ])('%s', (_, query, filter) => {
    expect(read(query).filter).toEqual(filter)
  })

  test.each([
    'after=x',
    'after=1_2',
    'after=1_2_3_4',
    'after=0_1_1',
    'after=1_-1_1',
    'after=1_1e3_1',
  ])('with a place that is none (%s) begins at the beginning', (query) => {
    expect(read(query).after).toBeNull()
  })

  test('is made of what it was read from', () => {
    const after = { rank: 3, sinceMs: 1_800_000_000_000.123, id: 42 }
    const filter = { words: ['a&b', '<c>'], tag: 'd e', kind: 'dns', state: 'up' } as const
    expect(read(fleetUrl(filter, after).split('?')[1] ?? '')).toEqual({ filter, after })
    expect(fleetUrl(read('').filter)).toBe('/dashboard')
  })
})
