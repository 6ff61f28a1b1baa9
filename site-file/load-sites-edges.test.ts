import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LoadedColumn } from '#db/loaded-columns.ts'
import { source, sourceRow } from '../test/support/load-source.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { loadSites } from './load-sites.ts'
import type { SourceRow } from './source-row.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

const hosts = [
  'a.test',
  '[::1]',
  '::1',
  'bücher.test',
  'a:b',
  '',
  '[zz]',
  '*',
  'a]',
  "'",
  '%',
  '\u2028',
]
const ends = [
  '',
  ':1',
  ':65536',
  ':123456',
  '/',
  '/x?y#z',
  '?type=MX',
  '?type=',
  '@b',
  ' ',
  '\u00a0',
  '\u0085',
]
const begins = [
  'https://',
  'HTTP://',
  'http:',
  'tcp://',
  'Tcp://',
  'tls://',
  'dns:',
  'dns://a/',
  'icmp://',
]
const urls = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(...begins, 'heartbeat:', 'HEARTBEAT:token-', 'ftp://'),
      fc.constantFrom(...hosts, 'nightly-backup'),
      fc.constantFrom(...ends),
    )
    .map((parts) => parts.join('')),
  fc.constantFrom('https://a.test/', 'tcp://a.test:1', 'heartbeat:nightly-backup', 'dns:a.test'),
)
const names = fc.constantFrom(
  'a',
  'a.b-c_d',
  '.a',
  'a/b',
  'a\n',
  'ä',
  'x'.repeat(100),
  'x'.repeat(101),
  '',
)
const texts = fc.constantFrom(
  'a',
  'x'.repeat(1_000),
  'x'.repeat(1_001),
  '🛒'.repeat(600),
  'a\nb',
  ' ',
  '\u007f',
  '',
)
const numbers = fc.constantFrom(
  -1,
  0,
  1,
  2,
  10,
  99,
  100,
  3_600,
  3_651,
  60_000,
  1_048_576,
  31_536_001,
  2 ** 31,
)
const maps = fc.constantFrom({}, { a: 'b' }, { a: null }, { a: 1 }, { a: [] }, [], 'a')

/** Values on both sides of each edge, in the type that the column has. */
const columns = {
  name: fc.constant('told apart below'),
  url: urls,
  kind: fc.constantFrom('http', 'tcp', 'tls', 'dns', 'icmp', 'heartbeat', 'smtp'),
  cadence: fc.constantFrom('1m', '2m'),
  enabled: fc.boolean(),
  method: fc.constantFrom('GET', 'POST', 'HEAD', 'get'),
  headers: maps,
  body: texts,
  timeout_ms: numbers,
  max_redirects: numbers,
  basic_auth_user: fc.oneof(names, fc.constantFrom('a:b', 'a\u0085b', 'a\u007f', 'ü'.repeat(200))),
  basic_auth_password_secret: names,
  bearer_token_secret: names,
  host_header: fc.oneof(names, fc.constantFrom('[::1]:80', 'a\\b', 'x'.repeat(256))),
  verify_tls: fc.boolean(),
  tls_server_name: fc.oneof(names, fc.constantFrom('a:1', 'x'.repeat(254))),
  tls_ca_file: names,
  tls_client_cert_file: names,
  tls_client_key_file: names,
  ip_family: fc.constantFrom('any', 'ipv4', 'ipv6', 'v6'),
  http_version: fc.constantFrom('1.1', 2, 'auto', 3),
  expected_status: fc.constantFrom(
    '200',
    200,
    '200-299, 301',
    '299-200',
    '٢٠٠',
    '200,',
    '\t200\u00a0',
  ),
  expected_headers: maps,
  body_contains: texts,
  body_not_contains: texts,
  json_path: texts,
  body_regex: texts,
  value_operator: fc.constantFrom('==', '!=', '<', 'contains', 'exists', '='),
  expected_value: texts,
  body_bytes_min: numbers,
  body_bytes_max: numbers,
  cert_days_min: numbers,
  sla_ms: numbers,
  sla_is_failure: fc.boolean(),
  slo_target: fc.constantFrom(99.9, 0, 100, '99'),
  published: fc.boolean(),
  public_name: fc.constantFrom('x', '', 'a\nb', null),
  page_group: fc.constantFrom('x', '', 'x'.repeat(101), null),
  conditions: fc.oneof(
    texts,
    fc.constantFrom(['[STATUS] == 200'], '[STATUS] == 200', 'x'.repeat(4_001)),
  ),
  heartbeat_max_age_s: numbers,
  failure_threshold: numbers,
  recovery_threshold: numbers,
  recheck_after_s: numbers,
  alert_emails: fc.constantFrom(
    ['a@b.test'],
    'a@b.test',
    ['a@b\u00a0c'],
    ['a@b\u2028c'],
    ['ä@b.test'],
    'a@b@c',
  ),
  tags: fc.constantFrom(['a'], ['a', ''], 'a;b', ['x'.repeat(101)]),
} satisfies Record<LoadedColumn, fc.Arbitrary<unknown>>

/** A few columns at a time, or every row would be refused. */
const rows = fc
  .tuple(
    urls,
    fc.record(columns, { requiredKeys: [] }),
    fc.subarray(Object.keys(columns), { maxLength: 5 }),
  )
  .map(([url, values, kept]) => ({
    ...Object.fromEntries(Object.entries(values).filter(([name]) => kept.includes(name))),
    url,
  }))

/** Loads rows, without those that are refused, until none is: how many are left. */
async function countTaken(items: readonly SourceRow[]): Promise<number> {
  const outcome = await loadSites(database.db, source(items), {
    mode: 'rehearse',
    onProgress: () => undefined,
  })
  if (outcome.outcome !== 'refused') return items.length
  const places = outcome.problems.flatMap(({ place }) => place.split(' and '))
  const left = items.filter(({ place }) => !places.includes(place))
  expect(left.length).toBeLessThan(items.length)
  return countTaken(left)
}

test('no row gets as far as a constraint of the table', async () => {
  let taken = 0
  await fc.assert(
    fc.asyncProperty(fc.array(rows, { minLength: 40, maxLength: 40 }), async (sites) => {
      // No two are the same site.
      const named = sites.map((fields, index) => sourceRow({ ...fields, name: `${index}` }, index))
      taken += await countTaken(named)
    }),
    { numRuns: 25, endOnFailure: true },
  )
  expect(taken).toBeGreaterThan(50)
}, 60_000)
