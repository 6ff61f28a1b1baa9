import { expect, test } from 'vitest'
import type { SeenSite } from '#db/seen-sites.ts'
import { openLog } from '#shared/runtime/log.ts'
import { siteGauges } from './site-gauges.ts'
import { sitesWatch } from './sites-watch.ts'

const nothing: SeenSite = {
  siteId: 7,
  name: 'Shop',
  url: 'https://shop.example/',
  kind: 'http',
  result: 'up',
  failure: null,
  statusCode: null,
  latencyMs: null,
  dnsMs: null,
  connectMs: null,
  tlsMs: null,
  ttfbMs: null,
  hops: null,
  httpVersion: null,
  remoteAddress: null,
  certExpiresAtMs: null,
}
const shop: SeenSite = {
  ...nothing,
  statusCode: 200,
  latencyMs: 100,
  dnsMs: 10,
  connectMs: 20,
  tlsMs: 30,
  ttfbMs: 25,
  hops: 3,
  httpVersion: '2',
  remoteAddress: '192.0.2.1',
  certExpiresAtMs: 1_800_000_000_000,
}

const textOf = (...sites: readonly SeenSite[]) => [...siteGauges(sites)].join('')

/** The samples, with the labels that all of them have left out. */
const samples = (...sites: readonly SeenSite[]) =>
  textOf(...sites)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/instance="[^"]*",site="\d+",name="[^"]*",?/, ''))

test('a page over HTTPS is told as blackbox_exporter would', () => {
  expect(samples(shop)).toEqual([
    'probe_success{} 1',
    'probe_duration_seconds{} 0.1',
    'probe_http_status_code{} 200',
    'probe_http_duration_seconds{phase="resolve"} 0.01',
    'probe_http_duration_seconds{phase="connect"} 0.02',
    'probe_http_duration_seconds{phase="tls"} 0.03',
    'probe_http_duration_seconds{phase="processing"} 0.025',
    'probe_http_duration_seconds{phase="transfer"} 0.015',
    'probe_http_redirects{} 2',
    'probe_http_version{} 2',
    'probe_http_ssl{} 1',
    'probe_ssl_earliest_cert_expiry{} 1800000000',
    'probe_dns_lookup_time_seconds{} 0.01',
    'probe_ip_protocol{} 4',
  ])
})

test.each<[string, Partial<SeenSite>, readonly string[]]>([
  [
    'that refuses is told with the reason',
    { result: 'down', failure: 'refused', latencyMs: 2, dnsMs: 1 },
    [
      'probe_success{} 0',
      'probe_duration_seconds{} 0.002',
      'probe_http_duration_seconds{phase="resolve"} 0.001',
      'probe_dns_lookup_time_seconds{} 0.001',
      'probe_failure_info{reason="refused"} 1',
    ],
  ],
  ['that we could not look at is not told of as up nor down', { result: 'inconclusive' }, []],
  [
    'without redirects has none',
    { statusCode: 204 },
    [
      'probe_success{} 1',
      'probe_http_status_code{} 204',
      'probe_http_redirects{} 0',
      'probe_http_ssl{} 0',
    ],
  ],
  [
    'of another kind has no phases of HTTP',
    { kind: 'tcp', latencyMs: 5, connectMs: 5, remoteAddress: '2001:db8::1' },
    ['probe_success{} 1', 'probe_duration_seconds{} 0.005', 'probe_ip_protocol{} 6'],
  ],
])('a site %s', (_, columns, expected) => {
  expect(samples({ ...nothing, ...columns })).toEqual(expected)
})

test('phases that were rounded to more than the whole are not below 0', () => {
  const lines = samples({ ...shop, latencyMs: 84 })
  expect(lines).toContain('probe_http_duration_seconds{phase="transfer"} 0')
})

test.each([
  ['a site is named', {}, 'instance="https://shop.example/",site="7",name="Shop"'],
  [
    'a site without a name is called by its URL',
    { name: null },
    'instance="https://shop.example/",site="7",name="https://shop.example/"',
  ],
  [
    "a heartbeat's token is not told",
    { kind: 'heartbeat', url: 'heartbeat:secret-token', name: null } as const,
    'instance="heartbeat:***",site="7",name="heartbeat:***"',
  ],
  [
    'a hostile name is text',
    { name: 'a"} 1\nfake{b="\\' },
    'instance="https://shop.example/",site="7",name="a\\"} 1\\nfake{b=\\"\\\\"',
  ],
])('%s', (_, columns, labels) => {
  const text = textOf({ ...nothing, ...columns })
  expect(text).toContain(`\nprobe_success{${labels}} 1\n`)
  expect(text).not.toContain('secret-token')
})

test('of very many sites none is left out, and each metric stands together', () => {
  const many = Array.from({ length: 2_500 }, (_, index) => ({ ...nothing, siteId: index + 1 }))
  const ids = [...textOf(...many).matchAll(/^probe_success\{.*site="(\d+)"/gm)]
  expect(ids.map(([, id]) => Number(id))).toEqual(many.map(({ siteId }) => siteId))
  expect(textOf(...many).match(/^# TYPE probe_success gauge$/gm)).toHaveLength(1)
})

test('what was read is told for a minute, and nothing before and after', async () => {
  let nowMs = 0
  const log = openLog('test', 'silent')
  const watch = sitesWatch({ read: async () => [shop], nowMs: () => nowMs, log })
  expect(watch.render()).toBe('# nothing is known yet\n')
  expect(await watch.runOnce()).toBe(1)
  nowMs = 60_000
  expect(watch.render()).toBe(textOf(shop))
  nowMs = 60_001
  expect(watch.render()).toBe('# the database was not heard of for a minute\n')
})
