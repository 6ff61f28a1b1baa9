import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Fields, source, sourceRow } from '../test/support/load-source.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { type LoadOutcome, loadSites } from './load-sites.ts'
import { readSiteRow } from './read-site-row.ts'
import { problem, type SourceItem } from './source-row.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterEach(() => sql`truncate site_config cascade`.execute(database.db).then(() => undefined))
afterAll(() => database.close())

const url = 'https://example.com/'

function load(sites: readonly Fields[], mode: 'load' | 'rehearse' = 'load'): Promise<LoadOutcome> {
  const items = sites.map((fields, index) => sourceRow(fields, index + 1))
  return loadSites(database.db, source(items), { mode, onProgress: () => undefined })
}

const storedSites = () =>
  database.db.selectFrom('site_config').selectAll().orderBy('url').orderBy('name').execute()

describe('nothing is loaded', () => {
  test.each<[string, readonly SourceItem[], readonly string[]]>([
    ['when one row is bad', [sourceRow({ url }, 1), sourceRow({ url: 'x' }, 2)], ['line 2: url']],
    [
      'when the file is',
      [sourceRow({ url }, 1), problem('line 9', 'a quote is opened')],
      ['line 9: a quote'],
    ],
    [
      'when a site is there twice',
      [sourceRow({ url }, 1), sourceRow({ url, name: 'a' }, 2), sourceRow({ url }, 3)],
      ['line 3: has the url and name of line 1'],
    ],
    [
      'when a token is there twice',
      [
        sourceRow({ url: 'heartbeat:nightly-backup', name: 'a' }, 1),
        sourceRow({ url: 'heartbeat:nightly-backup', name: 'b' }, 2),
      ],
      ['line 2: has the token of line 1'],
    ],
    [
      'when two columns exclude each other',
      [sourceRow({ url, json_path: 'a', body_regex: 'b' }, 1)],
      ['line 1: json_path and body_regex'],
    ],
    [
      'when a value has nothing to be compared with',
      [sourceRow({ url, expected_value: 'a' }, 1)],
      ['line 1: expected_value needs'],
    ],
    ['when a GET has a body', [sourceRow({ url, body: 'a' }, 1)], ['line 1: body needs a method']],
    [
      'when a cadence is unknown',
      [sourceRow({ url, cadence: '2m' }, 1)],
      ['line 1: cadence: "2m" must be one of'],
    ],
  ])('%s', async (_, items, reasons) => {
    const outcome = await loadSites(database.db, source(items), {
      mode: 'load',
      onProgress: () => undefined,
    })
    expect(outcome).toMatchObject({ outcome: 'refused', count: reasons.length })
    const problems = outcome.outcome === 'refused' ? outcome.problems : []
    expect(problems.map(({ place, reason }) => `${place}: ${reason}`)).toEqual(
      reasons.map((start) => expect.stringContaining(start)),
    )
    expect(await storedSites()).toEqual([])
  })

  test('when a file contradicts a cadence of the database', async () => {
    const outcome = await loadSites(database.db, source([], new Map([['1m', 61]])), {
      mode: 'load',
      onProgress: () => undefined,
    })
    expect(outcome).toMatchObject({
      outcome: 'refused',
      problems: [{ reason: '1m is 60 seconds in the database, not 61' }],
    })
  })

  test('when it does not go together with what a site has', async () => {
    await load([{ url, json_path: 'a' }])
    const outcome = await load([{ url, body_regex: 'b' }])
    expect(outcome).toMatchObject({
      outcome: 'refused',
      problems: [{ reason: expect.stringContaining('in the database') }],
    })
    expect(await load([{ url, body_regex: 'b', json_path: null }])).toMatchObject({
      outcome: 'loaded',
      updated: 1,
    })
  })

  test('when only code can tell that the site would be invalid, but not when it was before', async () => {
    const bad = () =>
      sql`insert into site_config (url, body_regex) values (${url}, '(')`.execute(database.db)
    await bad()
    expect(await load([{ url, sla_ms: 5 }])).toMatchObject({
      outcome: 'refused',
      problems: [
        { place: 'line 1', reason: expect.stringMatching(/^body_regex: .* in the database\)$/) },
      ],
    })
    await sql`update site_config set validity = 'invalid', invalid_reason = 'x'`.execute(
      database.db,
    )
    expect(await load([{ url, sla_ms: 5 }])).toMatchObject({ outcome: 'loaded', updated: 1 })
  })

  test('when a new site could not be checked, and everything is told at once', async () => {
    const outcome = await load([{ url, body_regex: '(' }, { url: 'x' }])
    expect(outcome).toMatchObject({
      outcome: 'refused',
      count: 2,
      problems: [
        { place: 'line 2', reason: expect.stringMatching(/^url/) },
        { place: 'line 1', reason: expect.stringMatching(/^body_regex/) },
      ],
    })
  })

  test('and all problems are counted, but not all are told', async () => {
    const outcome = await load(Array.from({ length: 120 }, () => ({ url: 'x' })))
    expect(outcome).toMatchObject({ outcome: 'refused', count: 120 })
    expect(outcome.outcome === 'refused' && outcome.problems).toHaveLength(50)
  })

  test('and repetitions likewise', async () => {
    const sites = Array.from({ length: 120 }, (_, index) => ({ url: `${url}${index % 60}` }))
    expect(await load(sites)).toMatchObject({
      outcome: 'refused',
      count: 60,
      problems: { length: 50 },
    })
  })
})

/** For each named constraint of the table, a row that breaks it: a file must not get as far as that. */
const breaking: Readonly<Record<string, readonly [fields: Fields, reason: RegExp]>> = {
  name_at_most_200_characters: [{ url, name: 'x'.repeat(201) }, /^name: .* at most 200/],
  url_is_http_or_https: [{ url: 'ftp://example.com' }, /^url: .* must begin with http/],
  url_is_one_line: [{ url: 'dns:example.com\n' }, /^url: .* hold no spaces/],
  url_fits_its_kind: [{ url: 'tcp://example.com' }, /^url: .* must be tcp:\/\/host:port/],
  kind_of_check_is_known: [{ url, kind: 'smtp' }, /^kind: "smtp" must be one of http, tcp/],
  url_at_most_2048_characters: [{ url: `${url}${'x'.repeat(2_048)}` }, /^url: .* at most 2048/],
  url_without_credentials: [{ url: 'https://a:b@example.com' }, /^url: must not hold credentials/],
  method_is_known: [{ url, method: 'TRACE' }, /^method: "TRACE" must be one of/],
  headers_is_an_object: [{ url, headers: [] }, /^headers: must be a map/],
  body_at_most_64_kib: [{ url, method: 'POST', body: 'é'.repeat(32_769) }, /^body: .* 65536 bytes/],
  body_needs_a_method_that_carries_one: [{ url, body: 'x' }, /^body needs a method/],
  timeout_between_100_ms_and_60_s: [{ url, timeout_ms: 60_001 }, /^timeout_ms: 60001 must/],
  max_redirects_between_0_and_20: [{ url, max_redirects: -1 }, /^max_redirects: -1 must/],
  expected_status_is_codes_and_ranges: [{ url, expected_status: '600' }, /^expected_status: "600"/],
  json_path_or_body_regex_not_both: [
    { url, json_path: 'a', body_regex: 'b' },
    /exclude each other/,
  ],
  json_path_at_most_1000_characters: [{ url, json_path: 'x'.repeat(1_001) }, /^json_path: .* 1000/],
  body_regex_at_most_1000_characters: [
    { url, body_regex: 'x'.repeat(1_001) },
    /^body_regex: .* 1000/,
  ],
  expected_value_needs_a_path_or_regex: [{ url, expected_value: 'x' }, /^expected_value needs/],
  expected_value_at_most_1000_characters: [
    { url, json_path: 'a', expected_value: 'x'.repeat(1_001) },
    /^expected_value: .* 1000/,
  ],
  value_operator_is_known: [
    { url, json_path: 'a', expected_value: 'b', value_operator: '=' },
    /^value_operator: "=" must be one of ==/,
  ],
  value_operator_needs_a_value: [
    { url, json_path: 'a', value_operator: '<' },
    /^value_operator.* needs an expected_value/,
  ],
  exists_takes_no_value: [
    { url, json_path: 'a', value_operator: 'exists', expected_value: 'b' },
    /^value_operator exists takes no/,
  ],
  exists_needs_a_path_or_regex: [
    { url, value_operator: 'exists' },
    /^value_operator exists needs a json_path/,
  ],
  sla_is_positive: [{ url, sla_ms: 0 }, /^sla_ms: 0 must/],
  published_needs_a_name: [{ url, published: true }, /^published needs a name or a public_name/],
  slo_target_between_0_and_100: [
    { url, slo_target: 100 },
    /^slo_target: 100 must be a number between 0 and 100/,
  ],
  public_name_at_most_200_characters: [
    { url, public_name: 'x'.repeat(201) },
    /^public_name: .*at most 200/,
  ],
  page_group_at_most_100_characters: [
    { url, page_group: 'x'.repeat(101) },
    /^page_group: .*at most 100/,
  ],
  sla_is_failure_needs_a_sla: [{ url, sla_is_failure: true }, /^sla_is_failure needs an sla_ms/],
  failure_threshold_between_1_and_10: [{ url, failure_threshold: 0 }, /^failure_threshold: 0/],
  recovery_threshold_between_1_and_10: [{ url, recovery_threshold: 11 }, /^recovery_threshold: 11/],
  alert_emails_without_null: [{ url, alert_emails: ['a@b.test', 5] }, /^alert_emails: 5 must/],
  alert_emails_are_plain_addresses: [
    { url, alert_emails: ['Ops <a@b.test>'] },
    /^alert_emails: .* one plain email address/,
  ],
  tags_without_null: [{ url, tags: ['a', {}] }, /^tags: {} must be a text/],
  basic_auth_is_whole: [{ url, basic_auth_user: 'a' }, /^basic_auth_user and .* need each other/],
  basic_or_bearer_auth_not_both: [
    {
      url,
      basic_auth_user: 'a',
      basic_auth_password_secret: 'b',
      bearer_token_secret: 'c',
    },
    /^basic_auth_user and bearer_token_secret exclude/,
  ],
  basic_auth_user_without_colon_or_controls: [
    { url, basic_auth_user: 'a:b', basic_auth_password_secret: 'b' },
    /^basic_auth_user: "a:b" must hold neither/,
  ],
  basic_auth_password_secret_is_a_name: [
    { url, basic_auth_user: 'a', basic_auth_password_secret: '../b' },
    /^basic_auth_password_secret: .* name of a file/,
  ],
  bearer_token_secret_is_a_name: [
    { url, bearer_token_secret: 'a b' },
    /^bearer_token_secret: .* name of a file/,
  ],
  host_header_is_a_host: [{ url, host_header: 'a/b' }, /^host_header: "a\/b" must be a host/],
  tls_server_name_is_a_name: [{ url, tls_server_name: 'a:443' }, /^tls_server_name: "a:443" must/],
  tls_ca_file_is_a_name: [{ url, tls_ca_file: '/etc/ca.pem' }, /^tls_ca_file: .* without a path/],
  tls_client_cert_file_is_a_name: [
    { url, tls_client_cert_file: 'a/b', tls_client_key_file: 'c' },
    /^tls_client_cert_file: .* without a path/,
  ],
  tls_client_key_file_is_a_name: [
    { url, tls_client_cert_file: 'a', tls_client_key_file: '.c' },
    /^tls_client_key_file: .* without a path/,
  ],
  tls_client_certificate_is_whole: [
    { url, tls_client_cert_file: 'a' },
    /^tls_client_cert_file and .* need each other/,
  ],
  ip_family_is_known: [{ url, ip_family: 'ipv5' }, /^ip_family: .* did you mean ipv4\?/],
  http_version_is_known: [{ url, http_version: 3 }, /^http_version: 3 must be one of 1.1, 2, auto/],
  expected_headers_is_an_object: [
    { url, expected_headers: 'a' },
    /^expected_headers: must be a map/,
  ],
  body_contains_at_most_1000_characters: [
    { url, body_contains: 'x'.repeat(1_001) },
    /^body_contains: .* 1000/,
  ],
  body_not_contains_at_most_1000_characters: [
    { url, body_not_contains: 'x'.repeat(1_001) },
    /^body_not_contains: .* 1000/,
  ],
  body_bytes_min_between_0_and_1_mib: [{ url, body_bytes_min: -1 }, /^body_bytes_min: -1 must/],
  body_bytes_max_between_0_and_1_mib: [
    { url, body_bytes_max: 1_048_577 },
    /^body_bytes_max: 1048577 must/,
  ],
  body_bytes_min_not_above_max: [
    { url, body_bytes_min: 2, body_bytes_max: 1 },
    /^body_bytes_min must not be above/,
  ],
  cert_days_min_between_0_and_3650: [{ url, cert_days_min: 3_651 }, /^cert_days_min: 3651 must/],
  conditions_at_most_4000_characters: [
    { url, conditions: 'x'.repeat(4_001) },
    /^conditions: .* 4000/,
  ],
  recheck_after_between_0_s_and_1_h: [{ url, recheck_after_s: 3_601 }, /^recheck_after_s: 3601/],
  heartbeat_max_age_between_1_s_and_1_year: [
    { url: 'heartbeat:backup-db', heartbeat_max_age_s: 0 },
    /^heartbeat_max_age_s: 0 must/,
  ],
  heartbeat_token_is_8_to_128_letters_digits_or_dashes: [
    { url: 'heartbeat:new' },
    /^url: must be heartbeat: and a token of 8 to 128/,
  ],
  heartbeat_max_age_is_of_heartbeats: [
    { url, heartbeat_max_age_s: 60 },
    /^heartbeat_max_age_s is for heartbeats/,
  ],
}

/**
 * For each constraint over several columns, what a site has, and a row that breaks it only together
 * with that. A row always has the URL, and its kind with it: no row can contradict those.
 */
const breakingTogether: Readonly<Record<string, readonly [before: Fields, row: Fields]>> = {
  body_needs_a_method_that_carries_one: [{ method: 'PUT', body: 'x' }, { method: 'GET' }],
  json_path_or_body_regex_not_both: [{ json_path: 'a' }, { body_regex: 'b' }],
  expected_value_needs_a_path_or_regex: [
    { json_path: 'a', expected_value: 'b' },
    { json_path: null },
  ],
  value_operator_needs_a_value: [
    { json_path: 'a', value_operator: '!=', expected_value: 'b' },
    { expected_value: null },
  ],
  exists_takes_no_value: [{ json_path: 'a', expected_value: 'b' }, { value_operator: 'exists' }],
  exists_needs_a_path_or_regex: [{ json_path: 'a', value_operator: 'exists' }, { json_path: null }],
  published_needs_a_name: [{ public_name: 'x', published: true }, { public_name: null }],
  sla_is_failure_needs_a_sla: [{ sla_ms: 5, sla_is_failure: true }, { sla_ms: null }],
  basic_auth_is_whole: [
    { basic_auth_user: 'a', basic_auth_password_secret: 'b' },
    { basic_auth_user: null },
  ],
  basic_or_bearer_auth_not_both: [
    { basic_auth_user: 'a', basic_auth_password_secret: 'b' },
    { bearer_token_secret: 'c' },
  ],
  tls_client_certificate_is_whole: [
    { tls_client_cert_file: 'a', tls_client_key_file: 'b' },
    { tls_client_key_file: null },
  ],
  body_bytes_min_not_above_max: [{ body_bytes_min: 5, body_bytes_max: 9 }, { body_bytes_max: 4 }],
}
const ofTheUrl = [
  'url_is_http_or_https',
  'url_fits_its_kind',
  'heartbeat_token_is_8_to_128_letters_digits_or_dashes',
  'heartbeat_max_age_is_of_heartbeats',
]

/** What a file cannot say. */
const notOfFiles = [
  'validity_is_known',
  'invalid_has_a_reason',
  'slug_is_1_to_64_letters_digits_or_dashes',
]

describe('what the table refuses, the file reader refuses first, with its line', () => {
  test('there is a row for each constraint of the table', async () => {
    const { rows } = await sql<{ name: string }>`
      select conname as name from pg_constraint where conrelid = 'site_config'::regclass and contype = 'c'`.execute(
      database.db,
    )
    const tried = [...Object.keys(breaking), ...notOfFiles]
    expect(rows.map(({ name }) => name).filter((name) => !tried.includes(name))).toEqual([])
  })

  test.each(Object.entries(breaking))('%s', async (_, [fields, reason]) => {
    expect(await load([fields])).toMatchObject({
      outcome: 'refused',
      problems: [{ place: 'line 1', reason: expect.stringMatching(reason) }],
    })
  })

  test('there is a row that breaks it with what the site has, for each constraint over several columns', async () => {
    const { rows } = await sql<{ name: string }>`
      select conname as name from pg_constraint
      where conrelid = 'site_config'::regclass and contype = 'c' and cardinality(conkey) > 1`.execute(
      database.db,
    )
    const tried = [...Object.keys(breakingTogether), ...ofTheUrl, ...notOfFiles]
    expect(rows.map(({ name }) => name).filter((name) => !tried.includes(name))).toEqual([])
  })

  test.each(Object.entries(breakingTogether))(
    '%s, with what the site has',
    async (_, [before, row]) => {
      expect(await load([{ url, ...before }])).toMatchObject({ outcome: 'loaded' })
      expect(await load([{ url, ...row }])).toMatchObject({
        outcome: 'refused',
        problems: [{ place: 'line 1', reason: expect.stringContaining('in the database') }],
      })
      expect(await storedSites()).toMatchObject([before])
    },
  )

  test('and a row that breaks nothing is taken by both', async () => {
    expect('kind' in readSiteRow(sourceRow({ url }, 1), new Set(['5m']))).toBe(true)
    expect(await load([{ url }])).toMatchObject({ outcome: 'loaded' })
  })
})
