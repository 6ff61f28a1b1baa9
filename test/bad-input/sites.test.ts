import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Doors, type SaidOfSite } from './doors.ts'

/**
 * Rows 1 to 3 and 8 to 21: what somebody says of a site, through each door that there is. Files, the
 * API and the dashboard refuse it by field, value and reason; SQL refuses it by a constraint whose
 * name says why, or the scheduler marks the row. The good site beside it is taken and checked.
 */

let doors: Doors
beforeAll(async () => {
  doors = await Doors.open()
})
beforeEach(() => doors.clear())
afterAll(() => doors.close())

const url = 'http://127.0.0.1:9/'
const neighbour = { url, name: 'neighbour' }

type Row = readonly [
  sentence: string,
  said: SaidOfSite,
  /** What files, the API and the form say, behind the place or the field. */
  reason: RegExp,
  /** The constraint, the SQLSTATE, or what the scheduler says; null: SQL has no such word. */
  sql: string | RegExp | null,
]

/** Text is all that a form can say, and only of the columns that it has. */
const notOfForms = [
  '48: ',
  '11: an interval by',
  '14: a list of',
  '21: tags in',
  '21: headers in',
  '21: a column',
]

const unknownScheme = /^url: ".*" must begin with http/
const rows: readonly Row[] = [
  ['1: no URL', { url: null, name: 'x' }, /^url: is missing/, '23502'],
  ['1: an empty URL', { url: '' }, /^url: /, 'url_is_http_or_https'],
  ['1: a URL of spaces', { url: '   ' }, /^url: /, 'url_is_http_or_https'],
  ['1: a URL without a scheme', { url: 'example.com' }, unknownScheme, 'url_is_http_or_https'],
  ...[
    'file:///etc/passwd',
    'ftp://127.0.0.1/',
    'gopher://127.0.0.1/',
    'data:text/plain,x',
    'javascript:alert(1)',
    'unix:/var/run/docker.sock',
  ].map((odd): Row => [`2: ${odd}`, { url: odd }, unknownScheme, 'url_is_http_or_https']),
  [
    '3: a user and a password in the URL, told without them and with where they belong',
    { url: 'http://user:hunter2@127.0.0.1/' },
    /^url: must not hold credentials; use basic_auth_user and basic_auth_password_secret/,
    'url_without_credentials',
  ],
  [
    '8: a URL of 10,000 characters',
    { url: url.padEnd(10_000, 'x') },
    /^url: .*at most 2048/,
    'url_at_most_2048_characters',
  ],
  ['8: NUL in a URL', { url: `${url}\u0000` }, /^url: /, '22021'],
  ['8: CR LF in a URL', { url: `${url}\r\nX-A: b` }, /^url: .*hold no spaces/, 'url_is_one_line'],
  ['8: a tab in a URL', { url: `${url}\tx` }, /^url: .*hold no spaces/, 'url_is_one_line'],
  [
    '8: a space in a host',
    { url: 'http://127.0.0.1 .example/' },
    /^url: .*hold no spaces/,
    'url_is_one_line',
  ],
  [
    '8: %00 in a host',
    { url: 'http://127.0.0.1%00.example/' },
    /^url: .*cannot be parsed/,
    /^url: .*cannot be parsed/,
  ],
  ['10: port 0', { url: 'http://127.0.0.1:0/' }, /^url: port 0/, /^url: port 0/],
  [
    '10: port 65536',
    { url: 'http://127.0.0.1:65536/' },
    /^url: .*cannot be parsed/,
    /^url: .*cannot be parsed/,
  ],
  ...[0, -5, 0.5, 1e9, '60s', 'NaN'].map(
    (odd): Row => [
      `11: ${odd} as an interval, which is a cadence by its name here`,
      { url, cadence: odd },
      /^cadence: .* must be one of 1m, 5m, 10m, 1h/,
      'site_config_cadence_fkey',
    ],
  ),
  [
    '11: an interval by that name',
    { url, interval: '60s' },
    /unknown field "interval": did you mean cadence\?/,
    '42703',
  ],
  [
    '12: a timeout of 0',
    { url, timeout_ms: 0 },
    /^timeout_ms: "?0"? must be .* from 100 to 60000/,
    'timeout_between_100_ms_and_60_s',
  ],
  [
    '12: a timeout beyond a minute',
    { url, timeout_ms: 60_001 },
    /^timeout_ms: "?60001"? must be/,
    'timeout_between_100_ms_and_60_s',
  ],
  [
    '13: a threshold of 0',
    { url, failure_threshold: 0 },
    /^failure_threshold: "?0"? must be .* from 1 to 10/,
    'failure_threshold_between_1_and_10',
  ],
  [
    '13: a threshold of one and a half',
    { url, failure_threshold: 1.5 },
    /^failure_threshold: "?1\.5"? must be a whole/,
    '22P02',
  ],
  [
    '13: a threshold of a million',
    { url, recovery_threshold: 1e6 },
    /^recovery_threshold: "?1000000"? must be/,
    'recovery_threshold_between_1_and_10',
  ],
  [
    '14: an open range of status codes',
    { url, expected_status: '200-' },
    /^expected_status: .*"200-"/,
    'expected_status_is_codes_and_ranges',
  ],
  [
    '14: a class of status codes and a word',
    { url, expected_status: '2xx,abc' },
    /^expected_status: .*2xx/,
    'expected_status_is_codes_and_ranges',
  ],
  [
    '14: a range of status codes backwards',
    { url, expected_status: '999-100' },
    /^expected_status: .*999-100/,
    'expected_status_is_codes_and_ranges',
  ],
  [
    '14: a list of no status codes',
    { url, expected_status: [] },
    /^expected_status: /,
    'expected_status_is_codes_and_ranges',
  ],
  [
    '15: a method with a line of its own',
    { url, method: 'GET /x HTTP/1.1\r\nA: b' },
    /^method: .* must be one of GET/,
    'method_is_known',
  ],
  [
    '15: CONNECT',
    { url, method: 'CONNECT' },
    /^method: "CONNECT" must be one of GET/,
    'method_is_known',
  ],
  ['15: TRACE', { url, method: 'TRACE' }, /^method: "TRACE" must be one of GET/, 'method_is_known'],
  ...['a b', 'a:b', ''].map(
    (name): Row => [
      `16: a header called ${JSON.stringify(name)}`,
      { url, headers: { [name]: 'hunter2' } },
      /^headers: ".*" is not a header name/,
      /^headers: ".*" is not a header name/,
    ],
  ),
  ...['Host', 'content-length', 'Transfer-Encoding', 'Connection', 'TE'].map(
    (name): Row => [
      `16: the header ${name}, which frames the message`,
      { url, headers: { [name]: 'hunter2' } },
      /^headers: ".*" cannot be set: it belongs to the transport/,
      /^headers: ".*" cannot be set: it belongs to the transport/,
    ],
  ),
  [
    '16: CR LF in a header',
    { url, headers: { A: 'hunter2\r\nB: c' } },
    /^headers: "A" has a value with control/,
    /^headers: "A" has a value with control/,
  ],
  [
    '16: 200 headers',
    { url, headers: Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`A${at}`, 'b'])) },
    /^headers: 200 are more than 32/,
    /^headers: 200 are more than 32/,
  ],
  [
    '16: a header of 10 KiB',
    { url, headers: { A: 'x'.repeat(10_240) } },
    /^headers: "A" is longer than 8192 bytes/,
    /^headers: "A" is longer than 8192 bytes/,
  ],
  [
    '17: a body on GET',
    { url, body: 'hunter2' },
    /body needs a method/,
    'body_needs_a_method_that_carries_one',
  ],
  [
    '17: a body above 64 KiB',
    { url, method: 'POST', body: 'x'.repeat(65_537) },
    /^body: .*at most 65536/,
    'body_at_most_64_kib',
  ],
  [
    '18: a name of 10 kB',
    { url, name: 'x'.repeat(10_000) },
    /^name: .*at most 200 characters/,
    'name_at_most_200_characters',
  ],
  [
    '18: a name that steers a terminal',
    { url, name: 'a\u001b[2Jb' },
    /^name: .*control characters/,
    null,
  ],
  ['21: tags in a map', { url, tags: { a: 1 } }, /^tags: .*must be a list of texts/, '22P02'],
  ['21: headers in a list', { url, headers: ['hunter2'] }, /^headers: must be a map/, '22P02'],
  [
    '21: headers that are a text',
    { url, headers: '"hunter2"' },
    /^headers: must be (a map|JSON)/,
    'headers_is_an_object',
  ],
  [
    '21: a column called __proto__',
    JSON.parse(`{"url":"${url}","__proto__":{"enabled":true}}`),
    /unknown field "__proto__"/,
    '42703',
  ],
  [
    '21: a header called __proto__ with a map',
    JSON.parse(`{"url":"${url}","headers":{"__proto__":{"a":1}}}`),
    /^headers: "__proto__" must be a text/,
    /^headers: "__proto__" must be a text/,
  ],
  [
    '48: a recipient that smuggles a header',
    { url, alert_emails: ['b@x.example\r\nBcc: evil@y.example'] },
    /^alert_emails: .* must be one plain email address/,
    'alert_emails_are_plain_addresses',
  ],
  ...[
    ['two recipients in one', 'a@x.example, b@y.example'],
    ['a recipient with a name that has a comma', '"Doe, Jo" <a@x.example>'],
    ['a recipient that is not ASCII', 'ä@x.example'],
    ['a group of recipients', 'all:a@x.example;'],
    ['65 characters before the @', `${'a'.repeat(65)}@x.example`],
  ].map(
    ([what, email]): Row => [
      `49: ${what}`,
      { url, alert_emails: [email] },
      /^alert_emails: .* must be one plain email address/,
      'alert_emails_are_plain_addresses',
    ],
  ),
]

/** `hunter2` stands for what may be a secret: no reason repeats it. */
const told = (reason: RegExp, start: string) => [
  expect.stringMatching(new RegExp(reason.source.replace(/^\^?/, `^${start}`))),
]

describe('is refused as a request, and the next request is served', () => {
  test.each(rows)('%s', async (_, said, reason) => {
    const reasons = await doors.request(said)
    // The API names the field apart: what the reason begins with is either.
    expect(reasons).toHaveLength(1)
    expect(reasons[0]?.replace(/^422 /, '')).toMatch(reason)
    expect(reasons.join()).not.toContain('hunter2')
    expect([await doors.request(neighbour), await doors.stored()]).toEqual([[], ['neighbour']])
  })
})

describe('is refused in a file by its line, with all of the file; without it the file is taken', () => {
  test.each(rows)('%s', async (_, said, reason) => {
    const reasons = await doors.file(neighbour, said)
    expect(reasons).toEqual(told(reason, 'line 2, site 2: '))
    expect(reasons.join()).not.toContain('hunter2')
    expect(await doors.stored()).toEqual([])
    expect([await doors.file(neighbour), await doors.stored()]).toEqual([[], ['neighbour']])
  })
})

const ofForms = rows.filter(([sentence]) => !notOfForms.some((start) => sentence.startsWith(start)))
describe('is refused at its field of the form, and the next form is served', () => {
  test.each(ofForms)('%s', async (_, said, reason) => {
    expect(await doors.form(said)).toEqual([expect.stringMatching(reason)])
    expect([await doors.form(neighbour), await doors.stored()]).toEqual([[], ['neighbour']])
  })
})

const ofSql = rows.flatMap(([sentence, said, , sql]) =>
  sql === null ? [] : [[sentence, said, sql] as const],
)
describe('is refused by SQL, or marked by the scheduler, and the site beside it is checked', () => {
  test.each(ofSql)('%s', async (_, said, reason) => {
    const reasons = await doors.insert(said)
    expect(reasons).toEqual([typeof reason === 'string' ? reason : expect.stringMatching(reason)])
    expect(reasons.join()).not.toContain('hunter2')
    expect(await doors.insert(neighbour)).toEqual([])
    expect(await doors.checked()).toEqual(['neighbour'])
  })
})

describe('21: a value 10,000 brackets deep', () => {
  const deep = '['.repeat(10_000) + ']'.repeat(10_000)
  const column = (value: string) => `{"url":"${url}","tags":${value}}`

  test('is refused in a request, and the next one is served', async () => {
    expect(await doors.requestText(column(deep))).toEqual([expect.stringMatching(/^4\d\d /)])
    expect(await doors.request(neighbour)).toEqual([])
  })

  test.each(['json', 'yaml'])('is refused in a file (%s)', async (ending) => {
    expect(await doors.fileText(`sites.${ending}`, `[${column(deep)}]`)).toEqual([
      expect.stringMatching(/^line 1/),
    ])
    expect(await doors.file(neighbour)).toEqual([])
  })

  test('is refused in SQL, or marked by the scheduler', async () => {
    const headers = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`
    expect(await doors.insert({ url, name: 'deep', headers })).toHaveLength(1)
    expect(await doors.insert(neighbour)).toEqual([])
    expect(await doors.checked()).toEqual(['neighbour'])
  })
})
