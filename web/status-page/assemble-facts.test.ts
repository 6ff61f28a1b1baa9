import { describe, expect, test } from 'vitest'
import type { PublishedOutage, PublishedSite } from '#db/published-sites.ts'
import type { PublishedMaintenance } from '#db/published-words.ts'
import { assembleFacts, type StatusRows } from './assemble-facts.ts'
import { sitesOf } from './status-facts.ts'

const NOW_MS = 1_000_000
const site = (siteId: number, own: Partial<PublishedSite> = {}): PublishedSite => ({
  siteId,
  slug: `slug-${siteId}`,
  name: `Site ${siteId}`,
  group: null,
  isWatched: true,
  cadenceS: 60,
  status: 'up',
  observedAtMs: NOW_MS,
  latencyMs: 20,
  certExpiresAtMs: null,
  ...own,
})
const outage = (key: string, own: Partial<PublishedOutage> = {}): PublishedOutage => ({
  key,
  siteId: 1,
  startedAtMs: 0,
  endedAtMs: 1,
  ...own,
})
const planned = (own: Partial<PublishedMaintenance>): PublishedMaintenance => ({
  title: 'work',
  startsAtMs: NOW_MS - 1,
  endsAtMs: NOW_MS + 1,
  repeats: false,
  siteIds: null,
  ...own,
})
const factsOf = (rows: Partial<StatusRows>) =>
  assembleFacts(
    {
      nowMs: NOW_MS,
      sites: [site(1), site(2)],
      left: 0,
      outages: [],
      incidents: [],
      maintenance: [],
      days: new Map(),
      latencies: new Map(),
      ...rows,
    },
    'Status',
  )
const statesOf = (rows: Partial<StatusRows>) => sitesOf(factsOf(rows)).map(({ state }) => state)

describe('planned work', () => {
  const down = [site(1, { status: 'down' }), site(2, { status: 'down' })]
  test.each<[string, Partial<PublishedMaintenance>, string[]]>([
    ['under way for all explains all that is down', {}, ['maintenance', 'maintenance']],
    ['explains only its own sites', { siteIds: [2] }, ['down', 'maintenance']],
    [
      'explains nothing before it begins',
      { startsAtMs: NOW_MS + 1, endsAtMs: NOW_MS + 2 },
      ['down', 'down'],
    ],
    ['begins with its first instant', { startsAtMs: NOW_MS }, ['maintenance', 'maintenance']],
    ['explains nothing when it is over', { endsAtMs: NOW_MS }, ['down', 'down']],
  ])('%s', (_, own, states) => {
    expect(statesOf({ sites: down, maintenance: [planned(own)] })).toEqual(states)
  })
})

test('open outages come first, and those of sites that are gone not at all', () => {
  const outages = [
    outage('new'),
    outage('open', { endedAtMs: null }),
    outage('gone', { siteId: 9 }),
  ]
  expect(factsOf({ outages }).outages.map(({ key }) => key)).toEqual(['open', 'new'])
})

test('sites stand in their groups as they come', () => {
  const sites = [site(1), site(2, { group: 'A' }), site(3, { group: 'A' }), site(4, { group: 'B' })]
  expect(
    factsOf({ sites }).groups.map(({ name, sites: members }) => [name, members.length]),
  ).toEqual([
    [null, 1],
    ['A', 2],
    ['B', 1],
  ])
})

test('names become plain lines, and a name of nothing visible its slug', () => {
  const sites = [site(1, { name: 'a\u202Eb\nc' }), site(2, { name: '\u200B' })]
  expect(sitesOf(factsOf({ sites })).map(({ name }) => name)).toEqual(['ab c', 'slug-2'])
})

test('of a site that was not seen lately there is no response time to tell', () => {
  expect(sitesOf(factsOf({ sites: [site(1, { observedAtMs: null })] }))[0]?.latencyMs).toBeNull()
})
