import { describe, expect, test } from 'vitest'
import { defaultExpectation, defaultTarget } from './check.ts'
import { checkOf, type Site, siteProblem } from './site.ts'

const plain: Site = {
  ...defaultTarget,
  ...defaultExpectation,
  id: 1,
  cadenceSeconds: 60,
  url: 'https://example.org/',
}
const tcp = { kind: 'tcp', url: 'tcp://example.org:443' } as const
const icmp = { kind: 'icmp', url: 'icmp://example.org' } as const
const tls = { kind: 'tls', url: 'tls://example.org' } as const
const dns = { kind: 'dns', url: 'dns:example.org?type=A' } as const
const heartbeat = { kind: 'heartbeat', url: 'heartbeat:nightly-backup' } as const
const plainHttp = { url: 'http://example.org/' } as const

describe('a site has no problem', () => {
  test.each<[string, Partial<Site>]>([
    ['with a URL alone', {}],
    ['with headers to be there or to match', { expectedHeaders: { 'x-a': null, 'X-B': '^b' } }],
    ['with a header that is a number', { expectedHeaders: { 'content-length': 5 } }],
    ['with an order of numbers', { jsonPath: 'a', valueOperator: '<', expectedValue: '1.5e3' }],
    ['with an operator that needs no value', { jsonPath: 'a', valueOperator: 'exists' }],
    ['with a certificate of https', { certDaysMin: 14 }],
    ['with a certificate of tls', { ...tls, certDaysMin: 14 }],
    ['with the status among the conditions', { conditions: '[STATUS] == 404' }],
    ['with a status beside other conditions', { expectedStatus: '404', conditions: '[IP] == ::1' }],
    ['with records of DNS', { ...dns, expectedValue: '192.0.2.1', valueOperator: '!=' }],
    ['with a code of DNS', { ...dns, conditions: '[DNS_RCODE] == NXDOMAIN' }],
    ['with what tcp received', { ...tcp, body: 'PING', bodyContains: 'PONG' }],
    ['with the message of a heartbeat', { ...heartbeat, bodyContains: 'done' }],
    ['with a ping in time', { ...icmp, conditions: '[CONNECTED] == true\n[RESPONSE_TIME] < 50' }],
    ['with a secret in a header', { headers: { authorization: 'Bearer {{secret:api.token-1}}' } }],
    ['with secrets in a body', { method: 'POST', body: '{{secret:a}}{{secret:b}} {{name}}' }],
  ])('%s', (_, more) => {
    expect(siteProblem({ ...plain, ...more })).toBeNull()
  })
})

describe('a problem names the column and the value', () => {
  test.each<[string, Partial<Site>, string]>([
    ['a status that is none', { expectedStatus: '2xx' }, 'expected_status: "2xx" has "2xx"'],
    ['a path that is none', { jsonPath: 'a[*]' }, 'json_path: "a[*]" cannot be read'],
    ['a regex that is none', { bodyRegex: '(?=a)' }, 'body_regex: "(?=a)" cannot be compiled'],
    [
      'a header with a space',
      { expectedHeaders: { 'x a': null } },
      'expected_headers: "x a" is not',
    ],
    [
      'a header with a bad regex',
      { expectedHeaders: { 'x-a': '(' } },
      'expected_headers: "x-a" "(" cannot',
    ],
    [
      'a header that is a list',
      { expectedHeaders: { 'x-a': ['b'] } },
      'expected_headers: "x-a" must be a text',
    ],
    [
      'headers without end',
      {
        expectedHeaders: Object.fromEntries(
          Array.from({ length: 33 }, (_, at) => [`x-${at}`, null]),
        ),
      },
      'expected_headers: 33 are more than 32',
    ],
    [
      'an order of words',
      { jsonPath: 'a', valueOperator: '<', expectedValue: '007' },
      'expected_value: "007" is not a number, which value_operator < needs',
    ],
    [
      'an operator without a value',
      { jsonPath: 'a', valueOperator: '!=' },
      'value_operator: != needs',
    ],
    [
      'a condition that cannot be read',
      { conditions: '[STATUS] == 200\n[BODY].a is 1' },
      'conditions: line 2, column 10: expected an operator, found "is 1"',
    ],
    [
      'two rules on the status',
      { expectedStatus: '404', conditions: '[STATUS] == 200' },
      'expected_status: "404" and the condition "[STATUS] == 200" both judge the status; keep one',
    ],
    [
      'a certificate of http',
      { ...plainHttp, certDaysMin: 14 },
      'cert_days_min: 14 needs a certificate',
    ],
    [
      'a condition on the certificate of http',
      { ...plainHttp, conditions: '[CERTIFICATE_EXPIRATION] > 48h' },
      'conditions: [CERTIFICATE_EXPIRATION] needs a certificate',
    ],
    [
      'a certificate of tcp',
      { ...tcp, certDaysMin: 1 },
      'cert_days_min: has no meaning for the kind tcp',
    ],
    [
      'a status of tcp',
      { ...tcp, expectedStatus: '204' },
      'expected_status: has no meaning for the kind tcp',
    ],
    ['a path of icmp', { ...icmp, jsonPath: 'a' }, 'json_path: has no meaning for the kind icmp'],
    [
      'a size of tls',
      { ...tls, bodyBytesMax: 1 },
      'body_bytes_max: has no meaning for the kind tls',
    ],
    [
      'headers of dns',
      { ...dns, expectedHeaders: { a: null } },
      'expected_headers: has no meaning',
    ],
    ['headers to tcp', { ...tcp, headers: { a: 'b' } }, 'headers: has no meaning for the kind tcp'],
    ['a token to icmp', { ...icmp, bearerTokenSecret: 'a' }, 'bearer_token_secret: has no meaning'],
    ['trust of tcp', { ...tcp, verifyTls: false }, 'verify_tls: has no meaning for the kind tcp'],
    [
      'a condition on the status of tcp',
      { ...tcp, conditions: '[STATUS] == 1' },
      'conditions: [STATUS] has no meaning',
    ],
    [
      'a condition on the other side',
      { ...tcp, conditions: '[BODY] == [HEADERS].a' },
      'conditions: [HEADERS].a has no meaning for the kind tcp',
    ],
    [
      'a code of DNS from a page',
      { conditions: '[DNS_RCODE] == NOERROR' },
      'conditions: [DNS_RCODE] has no meaning',
    ],
    [
      'a placeholder without a name',
      { headers: { 'x-a': 'a {{secret:}}' } },
      'headers: "x-a" has a placeholder at character 3 that is not {{secret:NAME}}',
    ],
    [
      'a placeholder that leaves its directory',
      { headers: { a: '{{secret:../a}}' } },
      'headers: "a" has a placeholder',
    ],
    [
      'a placeholder with spaces',
      { headers: { a: '{{ secret: a }}' } },
      'headers: "a" has a placeholder',
    ],
    [
      'a placeholder that is not closed',
      { method: 'POST', body: '{{secret:a}} {{secret:b' },
      'body: has a placeholder at character 14',
    ],
  ])('%s', (_, more, part) => {
    expect(siteProblem({ ...plain, ...more })).toContain(part)
  })

  test('but never the value of a header that is sent', () => {
    const headers = { authorization: 'hunter2 {{secret:}}' }
    expect(siteProblem({ ...plain, headers })).not.toContain('hunter2')
  })
})

test('the check of a site has headers as texts, and null where being there is enough', () => {
  const site = { ...plain, headers: { a: 1 }, expectedHeaders: { b: null, c: 5 } }
  const wanted = { slotMs: 0, occasion: 'slot', avoidWorker: null } as const
  expect(checkOf(site, wanted)).toMatchObject({
    target: { headers: { a: '1' } },
    expectation: { expectedHeaders: { b: null, c: '5' } },
  })
})
