import { describe, expect, test } from 'vitest'
import type { ListedSite } from '#db/site-list.ts'
import { unpainted } from '../paint.ts'
import { renderSiteList, siteListJson } from './render-site-list.ts'

const nowMs = Date.parse('2026-01-02T00:00:00Z')
const shop: ListedSite = {
  id: 7,
  slug: 'abc',
  name: 'Shop',
  url: 'https://shop.test/',
  kind: 'http',
  cadence: '1m',
  state: 'down',
  invalidReason: null,
  since: new Date('2026-01-01T00:00:00Z'),
  lastCheckedAt: new Date('2026-01-01T23:59:30Z'),
  lastResult: 'down',
  lastFailure: 'status',
  lastMessage: 'status 503, expected 200-299',
  lastStatusCode: 503,
  lastLatencyMs: 12.6,
  tags: ['eu'],
  published: true,
}

function rendered(sites: readonly ListedSite[], columns: number, total = sites.length) {
  const frame = { columns, paint: unpainted }
  return renderSiteList({ sites, total }, { nowMs, frame }).split('\n')
}

describe('a list of sites', () => {
  test('has the URL beside the name where there is room', () => {
    expect(rendered([shop], 120)).toEqual([
      'id  state    for  site  url                 every  latency  last',
      ' 7  down   1d 0h  Shop  https://shop.test/     1m    13 ms  status: status 503, expected 200-299',
      '',
      '1 site',
      '',
    ])
  })

  test.each([40, 60, 80, 110, 200])('is no wider than %i columns', (columns) => {
    const long = { ...shop, name: 'a name '.repeat(20), lastMessage: 'words '.repeat(50) }
    const widths = rendered([long], columns).map((line) => line.length)
    expect(Math.max(...widths)).toBeLessThanOrEqual(Math.max(columns, 56))
  })

  test.each<[string, Partial<ListedSite>, RegExp]>([
    ['without a name is its URL', { name: null }, /https:\/\/shop\.test\/ +1m/],
    ['that was never checked', { lastResult: null, lastLatencyMs: null }, /1m +never checked$/],
    ['that is paused has no duration', { state: 'paused' }, /paused +Shop/],
    [
      'that is invalid says why',
      { state: 'invalid', invalidReason: 'no such path' },
      /no such path$/,
    ],
    [
      'that is up says with what',
      { state: 'up', lastResult: 'up', lastStatusCode: 204 },
      /up 204$/,
    ],
    ['of another kind has no status', { lastResult: 'up', lastStatusCode: null }, / up$/],
    [
      'that nobody could judge',
      { lastResult: 'inconclusive', lastFailure: null, lastMessage: null },
      /inconclusive$/,
    ],
  ])('has one %s', (_, part, line) => {
    expect(rendered([{ ...shop, ...part }], 80)[1]).toMatch(line)
  })

  test('says that there is none, and how many more there are', () => {
    expect(rendered([], 80)).toEqual(['no such site', ''])
    expect(rendered([shop], 80, 9).at(-2)).toBe('1 of 9 sites: --limit 0 shows all, --state some')
  })

  test('as JSON has every field', () => {
    expect(JSON.parse(siteListJson({ sites: [shop], total: 1 }))).toEqual({
      total: 1,
      sites: [
        {
          id: 7,
          slug: 'abc',
          name: 'Shop',
          url: 'https://shop.test/',
          kind: 'http',
          cadence: '1m',
          state: 'down',
          invalid_reason: null,
          since: '2026-01-01T00:00:00.000Z',
          last_checked_at: '2026-01-01T23:59:30.000Z',
          last_result: 'down',
          last_failure: 'status',
          last_message: 'status 503, expected 200-299',
          last_status_code: 503,
          last_latency_ms: 12.6,
          tags: ['eu'],
          published: true,
        },
      ],
    })
  })
})
