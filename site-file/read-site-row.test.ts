import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SiteValues } from '#db/loaded-columns.ts'
import { readSiteRow, type SiteRow } from './read-site-row.ts'
import type { SourceRow } from './source-row.ts'

const cadences = new Set(['1m', '5m', '1h'])
type Fields = Readonly<Record<string, unknown>>

const rowOf = (form: SourceRow['form'], fields: Fields): SourceRow => ({
  kind: 'row',
  place: 'line 2',
  form,
  fields: new Map(Object.entries(fields)),
})

function readOrReasons(form: SourceRow['form'], fields: Fields): SiteRow | string[] {
  const read = readSiteRow(rowOf(form, fields), cadences)
  if (!('kind' in read)) return read.map(({ reason }) => reason)
  return read.doubt === null ? read : [read.doubt]
}

const url = 'https://example.com/'
const defaults = {
  name: null,
  url,
  cadence: '5m',
  enabled: true,
  method: 'GET',
  headers: {},
  body: null,
  timeout_ms: 10_000,
  max_redirects: 5,
  verify_tls: true,
  expected_status: '200-299',
  json_path: null,
  body_regex: null,
  expected_value: null,
  sla_ms: null,
  failure_threshold: 2,
  recovery_threshold: 2,
  alert_emails: [],
  tags: [],
  slo_target: null,
  published: false,
  public_name: null,
  page_group: null,
  kind: 'http',
  basic_auth_user: null,
  basic_auth_password_secret: null,
  bearer_token_secret: null,
  host_header: null,
  tls_server_name: null,
  tls_ca_file: null,
  tls_client_cert_file: null,
  tls_client_key_file: null,
  ip_family: 'any',
  http_version: '1.1',
  expected_headers: {},
  body_contains: null,
  body_not_contains: null,
  value_operator: '==',
  body_bytes_min: null,
  body_bytes_max: null,
  cert_days_min: null,
  sla_is_failure: false,
  conditions: null,
  recheck_after_s: 10,
  heartbeat_max_age_s: null,
} satisfies SiteValues

describe('what is read', () => {
  test.each<[string, SourceRow['form'], Fields, Fields]>([
    ['an address alone', 'data', { url }, {}],
    ['null is the default', 'data', { url, sla_ms: null, tags: null, cadence: null }, {}],
    [
      'an empty cell is the default',
      'cells',
      { url, sla_ms: '', tags: '', headers: '', enabled: '' },
      {},
    ],
    ['numbers in cells', 'cells', { url, sla_ms: '250' }, { sla_ms: 250 }],
    [
      'flags in cells, as spreadsheets write them',
      'cells',
      { url, enabled: 'FALSE' },
      { enabled: false },
    ],
    ['lists in cells', 'cells', { url, tags: 'a;b c; d' }, { tags: ['a', 'b', 'c', 'd'] }],
    ['headers in cells', 'cells', { url, headers: '{"X-A":"1"}' }, { headers: { 'X-A': '1' } }],
    [
      'a list as one text',
      'data',
      { url, alert_emails: 'a@b.test; c@d.test' },
      { alert_emails: ['a@b.test', 'c@d.test'] },
    ],
    ['a status as a number', 'data', { url, expected_status: 404 }, { expected_status: '404' }],
    ['a version of HTTP as a number', 'data', { url, http_version: 2 }, { http_version: '2' }],
    [
      'a value as a number',
      'data',
      { url, json_path: 'a', value_operator: '<', expected_value: 0.5 },
      { json_path: 'a', value_operator: '<', expected_value: '0.5' },
    ],
    [
      'a value that is true',
      'data',
      { url, json_path: 'a', expected_value: true },
      { json_path: 'a', expected_value: 'true' },
    ],
    [
      'conditions as a list, as Gatus has them',
      'data',
      { url, conditions: ['[STATUS] == 200', '[BODY].status == "OK"'] },
      { conditions: '[STATUS] == 200\n[BODY].status == "OK"' },
    ],
    [
      'conditions as a text of lines',
      'data',
      { url, conditions: '[STATUS] == 200\n' },
      { conditions: '[STATUS] == 200\n' },
    ],
    [
      'conditions in a cell',
      'cells',
      { url, conditions: '[STATUS] == 200' },
      { conditions: '[STATUS] == 200' },
    ],
    [
      'headers that must be there, or match',
      'data',
      { url, expected_headers: { etag: null, 'content-type': 'json' } },
      { expected_headers: { etag: null, 'content-type': 'json' } },
    ],
    [
      'headers of an answer in a cell',
      'cells',
      { url, expected_headers: '{"etag":null}' },
      { expected_headers: { etag: null } },
    ],
    ['a kind by its URL', 'cells', { url: 'TCP://[::1]:22', kind: '' }, { kind: 'tcp' }],
    ['a kind that is said as well', 'data', { url: 'tls://a.test', kind: 'tls' }, { kind: 'tls' }],
    ['a name to resolve', 'data', { url: 'dns://ns.test:53/a.test?type=MX' }, { kind: 'dns' }],
    ['a name with emoji', 'data', { url, name: 'shop 🛒' }, { name: 'shop 🛒' }],
  ])('%s', (_, form, fields, values) => {
    expect(readOrReasons(form, fields)).toMatchObject({
      values: { ...defaults, url: fields.url, ...values },
    })
  })

  test('what the file says of a site is told apart from what it leaves open', () => {
    expect(readOrReasons('data', { url, sla_ms: null })).toMatchObject({ given: ['url', 'sla_ms'] })
  })
})

describe('what is refused, by field, value and reason', () => {
  test.each<[string, SourceRow['form'], Fields, RegExp]>([
    ['no address', 'data', { name: 'x' }, /^url: is missing/],
    ['an empty address', 'cells', { url: '' }, /^url: is missing/],
    [
      'an address without a scheme',
      'data',
      { url: 'example.com' },
      /^url: "example.com" must begin with http/,
    ],
    ['a file', 'data', { url: 'file:///etc/passwd' }, /^url: .* must begin with http/],
    ['a space in the host', 'data', { url: 'https://exa mple.com' }, /hold no spaces/],
    ['a line break', 'data', { url: 'https://example.com/\n' }, /hold no spaces/],
    ['a port that is none', 'data', { url: 'https://example.com:65536' }, /cannot be parsed/],
    ['port 0', 'data', { url: 'https://example.com:0' }, /port 0/],
    ['a long address', 'data', { url: `${url}${'x'.repeat(2_048)}` }, /at most 2048 characters/],
    ['an unknown field', 'data', { url, thresold: 1 }, /^unknown field "thresold"/],
    [
      'an unknown field near to one',
      'data',
      { url, failure_thresold: 1 },
      /did you mean failure_threshold\?/,
    ],
    [
      'a prototype',
      'data',
      JSON.parse(`{"url":"${url}","__proto__":1}`),
      /unknown field "__proto__"/,
    ],
    [
      'an unknown cadence',
      'data',
      { url, cadence: '2m' },
      /^cadence: "2m" must be one of 1m, 5m, 1h/,
    ],
    ['a number for a cadence', 'data', { url, cadence: 60 }, /^cadence: 60 must be one of/],
    [
      'a text for a number',
      'data',
      { url, sla_ms: '250' },
      /^sla_ms: "250" must be a whole number/,
    ],
    ['half a number', 'cells', { url, sla_ms: '2.5' }, /must be a whole number from 1/],
    [
      'an endless number',
      'data',
      { url, sla_ms: Number.POSITIVE_INFINITY },
      /must be a whole number/,
    ],
    ['a timeout out of range', 'data', { url, timeout_ms: 99 }, /from 100 to 60000/],
    ['a threshold of 0', 'data', { url, failure_threshold: 0 }, /from 1 to 10/],
    ['a threshold of 11', 'data', { url, recovery_threshold: 11 }, /from 1 to 10/],
    ['too many redirects', 'data', { url, max_redirects: 21 }, /from 0 to 20/],
    ['yes for true', 'cells', { url, enabled: 'yes' }, /^enabled: "yes" must be true or false/],
    ['a text for true', 'data', { url, verify_tls: 'true' }, /must be true or false/],
    ['a number for a name', 'data', { url, name: 5 }, /must be a text: write it in quotes/],
    ['a long name', 'data', { url, name: 'x'.repeat(201) }, /at most 200 characters/],
    ['a name that steers the terminal', 'data', { url, name: 'a\u001b[2J' }, /control characters/],
    ['a kind that is not of its URL', 'data', { url, kind: 'tcp' }, /^kind: tcp does not go with/],
    ['a kind of nobody', 'data', { url, kind: 'htpp' }, /^kind: "htpp" must be .* mean http\?/],
    ['a port without a number', 'data', { url: 'tcp://a.test' }, /^url: .* be tcp:\/\/host:port/],
    ['a bare IPv6 literal', 'data', { url: 'icmp://::1' }, /^url: .* must be icmp:\/\/host/],
    ['a name of two parts', 'data', { url: 'dns:a.test/b' }, /^url: .* must be dns:name/],
    [
      'a job without a token',
      'data',
      { url: 'heartbeat:' },
      /^url: must be heartbeat: and a token/,
    ],
    [
      'conditions that YAML took for lists',
      'data',
      { url, conditions: [['STATUS']] },
      /^conditions: .* must be texts: write each in quotes/,
    ],
    [
      'a long list of conditions',
      'data',
      { url, conditions: Array.from({ length: 400 }, () => '[STATUS] == 200') },
      /^conditions: .* at most 4000 characters/,
    ],
    [
      'more digits than a number keeps',
      'data',
      { url, json_path: 'a', expected_value: 2 ** 53 },
      /^expected_value: .* must be written in quotes/,
    ],
    ['a path for a secret', 'data', { url, bearer_token_secret: '../x' }, /name of a file/],
    ["another monitor's word", 'data', { url, interval: '60s' }, /did you mean cadence\?/],
    ['NUL', 'data', { url, body_contains: 'a\u0000' }, /without NUL/],
    ['half a surrogate pair', 'data', { url, body_contains: '\ud800' }, /plain Unicode/],
    [
      'a method with a line of its own',
      'data',
      { url, method: 'GET /x HTTP/1.1\r\nA: b' },
      /must be one of GET/,
    ],
    [
      'a status that is none',
      'data',
      { url, expected_status: '200-' },
      /^expected_status: .*"200-"/,
    ],
    ['a range backwards', 'data', { url, expected_status: '299-200' }, /^expected_status/],
    ['a wildcard in a path', 'data', { url, json_path: '$..*' }, /^json_path/],
    ['a look-ahead', 'data', { url, body_regex: '(?=a)' }, /^body_regex/],
    [
      'a long body',
      'data',
      { url, method: 'POST', body: 'x'.repeat(65_537) },
      /at most 65536 characters/,
    ],
    [
      'a body of long characters',
      'data',
      { url, method: 'POST', body: 'é'.repeat(40_000) },
      /at most 65536 bytes/,
    ],
    [
      'an address for two',
      'data',
      { url, alert_emails: ['a@b.test, c@d.test'] },
      /one plain email address/,
    ],
    [
      'a smuggled header',
      'data',
      { url, alert_emails: ['a@b.test\r\nBcc: c@d.test'] },
      /one plain email address/,
    ],
    ['101 tags', 'data', { url, tags: Array.from({ length: 101 }, String) }, /are more than 100/],
    ['a number for tags', 'data', { url, tags: 5 }, /must be a list of texts/],
    ['headers that are no JSON', 'cells', { url, headers: 'X: y' }, /^headers: must be JSON/],
    ['headers in a list', 'data', { url, headers: ['X: y'] }, /^headers: must be a map/],
    ['a header of the transport', 'data', { url, headers: { Host: 'x' } }, /"Host" cannot be set/],
    ['a header with a line break', 'data', { url, headers: { A: 'x\r\nB: y' } }, /control/],
  ])('%s', (_, form, fields, reason) => {
    expect(readOrReasons(form, fields)).toEqual([expect.stringMatching(reason)])
  })

  test('all of a row at once', () => {
    expect(readOrReasons('data', { url: 'x', sla_ms: -1, enabled: 'no', foo: 1 })).toHaveLength(4)
  })

  test('secrets are not told', () => {
    const reasons = [
      readOrReasons('data', { url: 'ftp://user:hunter2@example.com' }),
      readOrReasons('data', { url: 'https://user:hunter2@example.com' }),
      readOrReasons('data', { url, headers: 'hunter2' }),
      readOrReasons('data', { url, headers: { Authorization: 'hunter2\r\n' } }),
      readOrReasons('cells', { url, headers: '{"Authorization": "hunter2"' }),
    ]
    for (const each of reasons) {
      expect(each).toHaveLength(1)
      expect(String(each)).not.toContain('hunter2')
    }
  })
})

test('no value of any field is too strange to be judged', () => {
  const field = fc.constantFrom(...Object.keys(defaults), 'site', 'endpoint', 'regex', 'other')
  const fields = fc.dictionary(field, fc.oneof(fc.anything(), fc.string({ unit: 'binary' })))
  const form = fc.constantFrom<SourceRow['form']>('data', 'cells')
  fc.assert(
    fc.property(form, fields, (kind, values) => {
      const read = readOrReasons(kind, { url, ...values })
      expect(Array.isArray(read) ? read.length : 1).toBeGreaterThan(0)
    }),
    { numRuns: 500 },
  )
})
