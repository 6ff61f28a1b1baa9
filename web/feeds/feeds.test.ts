import { describe, expect, test } from 'vitest'
import type { IncidentFacts, OutageFacts, StatusFacts } from '../status-page/status-facts.ts'
import { atom } from './atom.ts'
import { type Feed, feedOf } from './feed-entries.ts'
import { jsonFeed } from './json-feed.ts'
import { rss } from './rss.ts'

const at = (time: string) => Date.parse(`2026-11-25T${time}Z`)
const shop = { slug: 'shop', name: 'Shop & <b>Co</b>' }
const ended: OutageFacts = {
  key: 'k1',
  site: shop,
  startedAtMs: at('10:00:00'),
  endedAtMs: at('10:12:30'),
}
const open: OutageFacts = { key: 'k2', site: shop, startedAtMs: at('12:00:00'), endedAtMs: null }
const incident: IncidentFacts = {
  slug: 'slow',
  title: 'Slow ]]>',
  status: 'resolved',
  createdAtMs: at('09:00:00'),
  resolvedAtMs: at('11:00:00'),
  sites: null,
  updates: [
    { id: 2, postedAtMs: at('11:00:00'), status: 'resolved', body: '**Mended**' },
    { id: 1, postedAtMs: at('09:00:00'), status: 'investigating', body: '<b>We look</b>' },
  ],
}
const facts: StatusFacts = {
  title: 'Status of "A"',
  asOfMs: at('13:00:00'),
  overall: 'down',
  groups: [],
  left: 0,
  outages: [open, ended],
  incidents: [incident],
  maintenance: [],
}
const feed = (publicUrl: string | null, own: Partial<StatusFacts> = {}): Feed =>
  feedOf({ ...facts, ...own }, publicUrl)
const idsOf = ({ entries }: Feed) => entries.map(({ id }) => id)

describe('entries', () => {
  test('are outages and updates, the newest word first', () => {
    expect(feed(null).entries.map(({ title }) => title)).toEqual([
      'Shop & <b>Co</b> is down',
      'Resolved: Slow ]]>',
      'Shop & <b>Co</b> was down for 12m',
      'Investigating: Slow ]]>',
    ])
  })

  test('keep their ids when an outage ends, and have no two the same', () => {
    const before = feed(null, { outages: [open] })
    const after = feed(null, { outages: [{ ...open, endedAtMs: at('12:30:00') }] })
    expect(new Set(idsOf(before))).toEqual(new Set(idsOf(after)))
    expect(new Set(idsOf(feed(null))).size).toBe(4)
    for (const id of idsOf(before)) {
      expect(id).toMatch(
        /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      )
    }
  })

  test('are none where nothing has happened: the feed is as new as what was looked at', () => {
    expect(feed(null, { outages: [], incidents: [] })).toMatchObject({
      entries: [],
      updatedAtMs: facts.asOfMs,
    })
  })
})

describe('with a public address', () => {
  const of = feed('https://status.test/base')
  test.each([
    ['Atom', atom(of)],
    ['RSS', rss(of)],
    ['JSON Feed', jsonFeed(of)],
  ])('links of %s are absolute', (_, text) => {
    expect(text).toContain('https://status.test/base/sites/shop')
    expect(text).toContain('https://status.test/base/#incident-slow')
    expect(text).not.toMatch(/(href="|<link>|"url":")\//)
  })
})

describe('without one', () => {
  const of = feed(null)
  test('links of Atom are relative, as it allows', () => {
    expect(atom(of)).toContain('href="/sites/shop"')
    expect(atom(of)).toContain('<id>urn:uptick:status</id>')
  })

  test('items of RSS have none', () => {
    expect(rss(of)).not.toMatch(/<item>[\s\S]*<link>/)
  })

  test('items of JSON Feed have none, and what it requires is there', () => {
    const said: Record<string, unknown> = JSON.parse(jsonFeed(of))
    expect(said).toMatchObject({
      version: 'https://jsonfeed.org/version/1.1',
      title: 'Status of "A"',
      items: [
        { title: 'Shop & <b>Co</b> is down', date_published: '2026-11-25T12:00:00.000Z' },
        { content_html: '<p><strong>Mended</strong></p>' },
        { date_modified: '2026-11-25T10:12:30.000Z' },
        { content_html: '<p>&lt;b&gt;We look&lt;/b&gt;</p>' },
      ],
    })
    expect(jsonFeed(of)).not.toContain('"url"')
  })
})

test.each([
  ['Atom', atom],
  ['RSS', rss],
])('%s escapes what it is told, once for itself and once for HTML', (_, write) => {
  const text = write(feed(null))
  expect(text).toContain('<title>Shop &amp; &lt;b&gt;Co&lt;/b&gt; is down</title>')
  expect(text).toContain(
    '&lt;p&gt;Shop &amp;amp; &amp;lt;b&amp;gt;Co&amp;lt;/b&amp;gt; has been down',
  )
  expect(text).toContain('Slow ]]&gt;')
  expect(text).toContain('Status of &quot;A&quot;')
})
