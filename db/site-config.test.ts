import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isEmailAddress } from '#shared/domain/email-address.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'

/** Which rows the table takes. */

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

const url = 'https://a.example/'
type Columns = Readonly<Record<string, unknown>>

/** The constraint that refused a row, or none. */
async function refusalOf(columns: Columns): Promise<string | null> {
  const row = { url, ...columns }
  const names = sql.join(Object.keys(row).map((name) => sql.ref(name)))
  const values = sql.join(Object.values(row).map((value) => sql.val(value)))
  try {
    await sql`insert into site_config (${names}) values (${values})`.execute(database.db)
    return null
  } catch (error) {
    if (error instanceof Error && 'constraint' in error) return String(error.constraint)
    throw error
  }
}

/** For each constraint, rows that break it and no other. */
const refused: Readonly<Record<string, Readonly<Record<string, Columns>>>> = {
  name_at_most_200_characters: {
    'a name of 201 characters': { name: 'x'.repeat(201) },
    'a name that is empty': { name: '' },
  },
  url_is_http_or_https: {
    'no scheme': { url: 'example.com' },
    'a file': { url: 'file:///etc/passwd' },
    'spaces alone': { url: '   ' },
    'no host': { url: 'https:///path' },
    'a scheme that nobody knows': { url: 'gopher://a.example/' },
    'a kind against its scheme': { kind: 'http', url: 'ftp://a.example/' },
  },
  url_is_one_line: {
    'a line break': { url: 'http://a.example/\r\nx' },
    'a space': { url: 'http://a.example/ x' },
    'a space as a host': { url: 'http:// a.example/' },
    'a tab in a name': { url: 'dns:a.example\t' },
  },
  url_fits_its_kind: {
    'tcp without a port': { url: 'tcp://a.example' },
    'tcp with a path': { url: 'tcp://a.example:22/' },
    'tcp with a bare IPv6 literal': { url: 'tcp://::1:22' },
    'tcp with a port of six digits': { url: 'tcp://a.example:100000' },
    'tcp without slashes': { url: 'tcp:a.example:22' },
    'tls without a host': { url: 'tls://:443' },
    'tls with a path': { url: 'tls://a.example/x' },
    'dns without a name': { url: 'dns://192.0.2.1/' },
    'dns with another question': { url: 'dns:a.example?class=IN' },
    'dns with a type that is no word': { url: 'dns:a.example?type=' },
    'dns with a path of two names': { url: 'dns:a.example/b.example' },
    'icmp with a port': { url: 'icmp://a.example:80' },
    'icmp with a user': { kind: 'icmp', url: 'icmp:user@a.example' },
    'tcp said of a web page': { kind: 'tcp' },
    'tcp said of a TLS address': { kind: 'tcp', url: 'tls://a.example' },
  },
  kind_of_check_is_known: { 'a kind that nobody knows': { kind: 'smtp' } },
  url_at_most_2048_characters: { 'a long URL': { url: `${url}${'x'.repeat(2_048)}` } },
  url_without_credentials: {
    'a user and a password': { url: 'http://user:pass@a.example/' },
    'a user alone, in capital letters': { url: 'HTTPS://user@a.example/' },
  },
  site_config_cadence_fkey: { 'a cadence that nobody knows': { cadence: '2m' } },
  method_is_known: { 'two words': { method: 'GET /x' }, CONNECT: { method: 'CONNECT' } },
  headers_is_an_object: {
    'headers in a list': { headers: '[]' },
    'headers that are null': { headers: 'null' },
  },
  body_at_most_64_kib: { 'a long body': { method: 'POST', body: 'é'.repeat(32_769) } },
  body_needs_a_method_that_carries_one: {
    'a body on GET': { body: 'x' },
    'a body on HEAD': { method: 'HEAD', body: 'x' },
    'a body for a name server': { url: 'dns:a.example', method: 'POST', body: 'x' },
  },
  timeout_between_100_ms_and_60_s: { 'a timeout of 0': { timeout_ms: 0 } },
  max_redirects_between_0_and_20: { '21 redirects': { max_redirects: 21 } },
  expected_status_is_codes_and_ranges: {
    'a class of codes': { expected_status: '2xx' },
    'an open range': { expected_status: '200-' },
  },
  json_path_or_body_regex_not_both: { both: { json_path: 'a', body_regex: 'b' } },
  json_path_at_most_1000_characters: { 'an empty path': { json_path: '' } },
  body_regex_at_most_1000_characters: { 'a long regex': { body_regex: 'x'.repeat(1_001) } },
  expected_value_needs_a_path_or_regex: {
    'nothing to take it from': { expected_value: 'OK' },
    'nothing to take it from, with an operator': { value_operator: '<', expected_value: '5' },
  },
  expected_value_at_most_1000_characters: {
    'a long value': { json_path: 'a', expected_value: 'x'.repeat(1_001) },
  },
  value_operator_is_known: { '=': { json_path: 'a', expected_value: '1', value_operator: '=' } },
  value_operator_needs_a_value: { '< nothing': { json_path: 'a', value_operator: '<' } },
  exists_takes_no_value: {
    'exists, and what': { json_path: 'a', value_operator: 'exists', expected_value: '' },
  },
  exists_needs_a_path_or_regex: { 'exists, but where': { value_operator: 'exists' } },
  sla_is_positive: { 'an SLA of 0': { sla_ms: 0 } },
  sla_is_failure_needs_a_sla: { 'slower than what': { sla_is_failure: true } },
  failure_threshold_between_1_and_10: { 'a threshold of 0': { failure_threshold: 0 } },
  recovery_threshold_between_1_and_10: { 'a threshold of 11': { recovery_threshold: 11 } },
  alert_emails_without_null: { 'nobody among others': { alert_emails: ['a@x.example', null] } },
  alert_emails_are_plain_addresses: {
    'an address that smuggles a header': { alert_emails: ['b@x.example\r\nBcc: evil@y.example'] },
    'two addresses in one': { alert_emails: ['a@x.example, b@x.example'] },
  },
  slo_target_between_0_and_100: {
    'all of the time': { slo_target: 100 },
    never: { slo_target: 0 },
  },
  public_name_at_most_200_characters: { 'a public name that is empty': { public_name: '' } },
  page_group_at_most_100_characters: { 'a long heading': { page_group: 'x'.repeat(101) } },
  published_needs_a_name: { 'a page that would show the URL': { published: true } },
  slug_is_1_to_64_letters_digits_or_dashes: {
    'capital letters': { slug: 'Shop' },
    'a dash at its end': { slug: 'shop-' },
    'a path': { slug: '../x' },
    nothing: { slug: '' },
    'a long slug': { slug: 'x'.repeat(65) },
  },
  tags_without_null: { 'no tag among others': { tags: ['a', null] } },
  basic_auth_is_whole: {
    'a user without a password': { basic_auth_user: 'u' },
    'a password without a user': { basic_auth_password_secret: 'p' },
  },
  basic_or_bearer_auth_not_both: {
    both: { basic_auth_user: 'u', basic_auth_password_secret: 'p', bearer_token_secret: 't' },
  },
  basic_auth_user_without_colon_or_controls: {
    'a colon': { basic_auth_user: 'a:b', basic_auth_password_secret: 'p' },
    'a line break': { basic_auth_user: 'a\nb', basic_auth_password_secret: 'p' },
    nobody: { basic_auth_user: '', basic_auth_password_secret: 'p' },
    'a long user': { basic_auth_user: 'u'.repeat(201), basic_auth_password_secret: 'p' },
  },
  basic_auth_password_secret_is_a_name: {
    'a path': { basic_auth_user: 'u', basic_auth_password_secret: '../etc/passwd' },
    'a hidden file': { basic_auth_user: 'u', basic_auth_password_secret: '.netrc' },
  },
  bearer_token_secret_is_a_name: {
    'a path': { bearer_token_secret: 'a/b' },
    'a name that ends with a line break': { bearer_token_secret: 'a\n' },
    'a long name': { bearer_token_secret: 'x'.repeat(101) },
  },
  host_header_is_a_host: {
    'a line break': { host_header: 'a\r\nX: y' },
    'a path': { host_header: 'a.example/x' },
    'no host': { host_header: '' },
  },
  tls_server_name_is_a_name: { 'a port': { tls_server_name: 'a.example:443' } },
  tls_ca_file_is_a_name: { 'a path': { tls_ca_file: '/etc/ssl/ca.pem' } },
  tls_client_cert_file_is_a_name: {
    'a path': { tls_client_cert_file: 'a/b', tls_client_key_file: 'k' },
  },
  tls_client_key_file_is_a_name: {
    'a path': { tls_client_cert_file: 'c', tls_client_key_file: 'a\\b' },
  },
  tls_client_certificate_is_whole: {
    'a certificate without its key': { tls_client_cert_file: 'c' },
    'a key without its certificate': { tls_client_key_file: 'k' },
  },
  ip_family_is_known: { 'a number': { ip_family: '4' } },
  http_version_is_known: { 'HTTP/3': { http_version: '3' } },
  expected_headers_is_an_object: { 'a list': { expected_headers: '["a"]' } },
  body_contains_at_most_1000_characters: { 'an empty text': { body_contains: '' } },
  body_not_contains_at_most_1000_characters: {
    'a long text': { body_not_contains: 'x'.repeat(1_001) },
  },
  body_bytes_min_between_0_and_1_mib: { 'less than nothing': { body_bytes_min: -1 } },
  body_bytes_max_between_0_and_1_mib: { 'more than is read': { body_bytes_max: 1_048_577 } },
  body_bytes_min_not_above_max: {
    'the least above the most': { body_bytes_min: 2, body_bytes_max: 1 },
  },
  cert_days_min_between_0_and_3650: { 'days below 0': { cert_days_min: -1 } },
  conditions_at_most_4000_characters: {
    'no condition': { conditions: '' },
    'long conditions': { conditions: 'x'.repeat(4_001) },
  },
  recheck_after_between_0_s_and_1_h: { 'an hour and a second': { recheck_after_s: 3_601 } },
  heartbeat_max_age_between_1_s_and_1_year: {
    'no age at all': { url: 'heartbeat:backup-db', heartbeat_max_age_s: 0 },
  },
  heartbeat_max_age_is_of_heartbeats: { 'an age of a page': { heartbeat_max_age_s: 60 } },
  validity_is_known: {},
  invalid_has_a_reason: {},
}

/** db/heartbeats.test.ts */
const triedElsewhere = ['heartbeat_token_is_8_to_128_letters_digits_or_dashes']

/** The trigger writes these columns of every row that is written. */
const writtenByTrigger = ['validity_is_known', 'invalid_has_a_reason']

const refusedRows = Object.entries(refused).flatMap(([constraint, rows]) =>
  Object.entries(rows).map(([what, columns]) => [constraint, what, columns] as const),
)

describe('the table refuses', () => {
  test.each(refusedRows)('by %s: %s', async (constraint, _, columns) => {
    expect(await refusalOf(columns)).toBe(constraint)
  })

  test('by no constraint that has no row above', async () => {
    const { rows } = await sql<{ name: string }>`
      select conname as name from pg_constraint
      where conrelid = 'site_config'::regclass and contype in ('c', 'f')`.execute(database.db)
    const tried = [...Object.keys(refused), ...triedElsewhere]
    expect(rows.map(({ name }) => name).filter((name) => !tried.includes(name))).toEqual([])
    const without = Object.entries(refused).filter(([, rows]) => Object.keys(rows).length === 0)
    expect(without.map(([name]) => name).sort()).toEqual(writtenByTrigger.sort())
  })
})

describe('the table takes', () => {
  test.each<[string, Columns, Columns]>([
    ['a URL alone', {}, { kind: 'http' }],
    ['a web page in capital letters', { url: 'HTTPS://A.EXAMPLE/' }, { kind: 'http' }],
    ['an IPv6 literal with a port', { url: 'http://[2001:db8::1]:8080/x?y#z' }, { kind: 'http' }],
    ['a port', { url: 'tcp://db.example:5432' }, { kind: 'tcp' }],
    ['a port of an IPv6 literal', { url: 'tcp://[::1]:22' }, { kind: 'tcp' }],
    ['a scheme in capital letters', { url: 'TCP://a.example:22' }, { kind: 'tcp' }],
    ['a port, and what to say there', { url: 'tcp://a.example:25', body: 'QUIT\r\n' }, {}],
    ['a certificate at the usual port', { url: 'tls://a.example' }, { kind: 'tls' }],
    ['a certificate at another one', { url: 'tls://[::1]:8443' }, { kind: 'tls' }],
    ['a name', { url: 'dns:a.example' }, { kind: 'dns' }],
    ['a name with its dot', { url: 'dns:a.example.?type=AAAA' }, { kind: 'dns' }],
    ['a name at a server', { url: 'dns://ns.example/a.example?type=MX' }, { kind: 'dns' }],
    ['a name at a port of a server', { url: 'dns://[::1]:5353/a.example?type=txt' }, {}],
    ['a record that must be there', { url: 'dns:a.example', expected_value: '192.0.2.1' }, {}],
    ['a host to ping', { url: 'icmp://[::1]' }, { kind: 'icmp' }],
    [
      'a job that calls',
      { url: 'heartbeat:backup-db', heartbeat_max_age_s: 90 },
      { kind: 'heartbeat' },
    ],
    ['a kind that is said as well', { kind: 'tls', url: 'tls://a.example' }, { kind: 'tls' }],
    ['the least and the most alike', { body_bytes_min: 5, body_bytes_max: 5 }, {}],
    ['the least alone', { body_bytes_min: 5 }, { body_bytes_max: null }],
    ['a value that must be empty', { json_path: 'a', expected_value: '' }, {}],
    ['a value that must be there', { json_path: 'a', value_operator: 'exists' }, {}],
    ['no second look', { recheck_after_s: 0 }, { recheck_after_s: 0 }],
    ['a host with a port as a header', { host_header: '[::1]:8080' }, {}],
    [
      'every credential by the name of its file',
      {
        basic_auth_user: 'Ünï x',
        basic_auth_password_secret: 'shop.password',
        tls_ca_file: 'ca.pem',
        tls_client_cert_file: 'a-1.pem',
        tls_client_key_file: 'a_1.key',
      },
      {},
    ],
  ])('%s', async (_, columns, stored) => {
    expect(await refusalOf({ ...columns, name: 'taken' })).toBe(null)
    const row = await database.db
      .selectFrom('site_config')
      .selectAll()
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow()
    expect(row).toMatchObject({ ...stored, name: 'taken', validity: 'pending' })
  })
})

describe('a recipient is one for SQL exactly when it is one for the code that sends', () => {
  test.each([
    'ops@example.com',
    "o'neil+tag.x_2@mail.example.co",
    'root@localhost',
    `${'a'.repeat(64)}@example.com`,
    `a@${'b'.repeat(63)}.example`,
    `${'a'.repeat(60)}@${'b.'.repeat(96)}c`,
    `${'a'.repeat(60)}@${'b.'.repeat(96)}cd`,
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(64)}.example`,
    '',
    'ops',
    '@example.com',
    'ops@',
    'a@b@example.com',
    'a@x.example b@x.example',
    'a b@x.example',
    ' a@x.example',
    'a@x.example\n',
    '.a@x.example',
    'a..b@x.example',
    'a.@x.example',
    'a@-x.example',
    'a@x-.example',
    'a@x..example',
    'a@x.example.',
    'a@127.0.0.1',
    'a@1',
    'a@1.example',
    'a@[127.0.0.1]',
    'ä@x.example',
    'a@bücher.example',
    '"a"@x.example',
    'a\\b@x.example',
    'a%b@x_y.example',
  ])('%j', async (address) => {
    const expected = isEmailAddress(address) ? null : 'alert_emails_are_plain_addresses'
    expect(await refusalOf({ alert_emails: [address] })).toBe(expected)
    expect(await refusalOf({ alert_emails: ['a@x.example', address] })).toBe(expected)
    expect(await refusalOf({ alert_emails: [address, 'a@x.example'] })).toBe(expected)
  })
})
