import { describe, expect, test } from 'vitest'
import type { Share } from '../status-page/day-bars.ts'
import type { SiteFacts, StatusFacts } from '../status-page/status-facts.ts'
import { type Badge, badgeSvg } from './badge.ts'
import { responseColour, uptimeColour } from './badge-colours.ts'
import { badgeDuration } from './badge-figures.ts'
import { latencyMessage, stateMessage, uptimeMessage } from './badge-message.ts'
import { badgeQuery } from './badge-query.ts'
import { findSite } from './find-site.ts'
import { textWidth } from './text-width.ts'

const badge: Badge = {
  label: 'uptime',
  message: '99.95%',
  colour: '#40cc11',
  labelColour: '#555',
  style: 'flat',
  note: '98 % observed',
}

describe('a badge', () => {
  test('is as wide as its texts, and says them to who does not see it', () => {
    const svg = badgeSvg(badge)
    const width = textWidth('uptime') + textWidth('99.95%') + 24
    expect(svg).toContain(`width="${width}" height="20" role="img" aria-label="uptime: 99.95%"`)
    expect(svg).toContain('<title>uptime: 99.95% (98 % observed)</title>')
  })

  test('without a label has one side', () => {
    expect(badgeSvg({ ...badge, label: '' })).toContain(`width="${textWidth('99.95%') + 12}"`)
  })

  test.each([
    ['flat', 20],
    ['flat-square', 20],
    ['plastic', 18],
    ['for-the-badge', 28],
  ] as const)('in the style %s is %i high', (style, height) => {
    expect(badgeSvg({ ...badge, style })).toContain(`height="${height}" role="img"`)
  })

  test('shows hostile texts as text', () => {
    const hostile = `"/><script>alert('1')</script>\u0001&`
    const svg = badgeSvg({
      ...badge,
      label: hostile,
      message: hostile,
      note: hostile,
      colour: hostile,
    })
    expect(svg).not.toContain('<script>')
    expect(svg).not.toContain('\u0001')
    expect(svg.match(/"\/><script/)).toBeNull()
  })
})

describe('what the address of a badge asks for', () => {
  test.each([
    ['#abc', '#abc'],
    ['40cc11', '#40cc11'],
    ['blue', 'blue'],
    ['brightGreen', 'brightGreen'],
    ['url(#x)', null],
    ['red" onload="x', null],
    ['#12345', null],
    ['', null],
  ])('the colour %j is %j', (asked, colour) => {
    expect(badgeQuery({ color: asked }).colour('color')).toBe(colour)
  })

  test('a text is one line of at most 60 characters, and none that was not asked for', () => {
    const { text } = badgeQuery({ label: 'a\nb', suffix: 'x'.repeat(100), prefix: '' })
    expect([text('label'), text('suffix')?.length, text('prefix'), text('upLabel')]).toEqual([
      'a b',
      60,
      '',
      null,
    ])
  })

  test('a style that there is not is the usual one', () => {
    expect([
      badgeQuery({ style: 'social' }).style(),
      badgeQuery({ style: 'plastic' }).style(),
    ]).toEqual(['flat', 'plastic'])
  })

  test.each([
    ['24h', '24h'],
    ['24', '24h'],
    ['720', '30d'],
    ['168h', '7d'],
    ['7d', '7d'],
    ['2h', null],
    ['__proto__', null],
    ['-1', null],
    ['', null],
  ])('the duration %j is %j', (asked, duration) => {
    expect(badgeDuration(asked)).toBe(duration)
  })
})

describe('a message', () => {
  test.each<[string, Share, string]>([
    ['all of it', { uptime: 1, coverage: 1 }, '100%'],
    ['nothing observed', { uptime: null, coverage: 0 }, 'N/A'],
    ['a hair less than all', { uptime: 0.9999999, coverage: 1 }, '99.999%'],
    ['most of it observed', { uptime: 0.9995, coverage: 0.9 }, '99.95%'],
    ['a part of it observed says so', { uptime: 1, coverage: 0.031 }, '100% (3.1% seen)'],
  ])('of uptime, %s', (_, share, message) => {
    expect(uptimeMessage(share).message).toBe(message)
  })

  test('of what was not observed is neither up nor down', () => {
    expect(stateMessage('unknown')).toMatchObject({ message: '?', colour: '#9f9f9f' })
    expect(latencyMessage(null)).toMatchObject({ message: 'N/A', colour: '#9f9f9f' })
  })

  test.each([
    [1, '#40cc11'],
    [0.975, '#40cc11'],
    [0.9749, '#94cc11'],
    [0.6, '#c7130a'],
  ])('of %d uptime has the colour %s', (share, colour) => {
    expect(uptimeColour(share)).toBe(colour)
  })

  test.each([
    [50, '#40cc11'],
    [51, '#94cc11'],
    [751, '#c7130a'],
  ])('of %d ms has the colour %s', (ms, colour) => {
    expect(responseColour(ms)).toBe(colour)
  })
})

describe('the site that an address means', () => {
  const site = (siteId: number, slug: string, name: string, group: string | null): SiteFacts => ({
    siteId,
    slug,
    name,
    group,
    state: 'up',
    observedAtMs: null,
    days: [],
    share: { uptime: null, coverage: 0 },
    latencyMs: null,
    latencies: [],
    certExpiresAtMs: null,
  })
  const sites = [
    site(1, 'shop', 'My Shop', 'Core Services'),
    site(2, '1', 'Search', null),
    site(3, 'b', 'Twin', 'x'),
    site(4, 'c', 'twin', 'X'),
  ]
  const facts: StatusFacts = {
    title: '',
    asOfMs: 0,
    overall: 'up',
    groups: [{ name: null, sites }],
    left: 0,
    outages: [],
    incidents: [],
    maintenance: [],
  }
  test.each([
    ['by its slug', 'shop', 1],
    ['by a slug that looks like a number', '1', 2],
    ['by its number', '4', 4],
    ['by Gatus’ key', 'core-services_my-shop', 1],
    ['by Gatus’ key in any case', 'Core-Services_My-Shop', 1],
    ['by Gatus’ key without a group', '_search', 2],
    ['is nobody by a key that two have', 'x_twin', undefined],
    ['is nobody by its name', 'My Shop', undefined],
    ['is nobody by nothing', '', undefined],
  ])('%s', (_, key, siteId) => {
    expect(findSite(facts, key)?.siteId).toBe(siteId)
  })
})
