import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'

/** What the table does when a row is changed: its kind follows its URL, and it is checked again. */

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

const url = 'https://a.example/'
describe('a changed URL', () => {
  const change = async (columns: string, from: string) => {
    const row = await database.db
      .insertInto('site_config')
      .values({ url: from })
      .returning('id')
      .executeTakeFirstOrThrow()
    const { rows } = await sql<{ kind: string }>`
      update site_config set ${sql.raw(columns)} where id = ${row.id} returning kind`.execute(
      database.db,
    )
    return rows[0]?.kind
  }

  test('brings its kind along, back and forth', async () => {
    expect(await change("url = 'tcp://a.example:22'", url)).toBe('tcp')
    expect(await change(`url = '${url}'`, 'tcp://a.example:22')).toBe('http')
  })

  test('must agree with a kind that is said as well', async () => {
    expect(await change("url = 'tls://a.example', kind = 'tls'", url)).toBe('tls')
    await expect(change("url = 'tls://a.example', kind = 'dns'", url)).rejects.toMatchObject({
      constraint: 'url_fits_its_kind',
    })
  })
})

/** For each column, another value, and whether that changes what a check does. */
const asksForACheck: Readonly<Record<string, readonly [value: unknown, asks: boolean]>> = {
  name: ['b', false],
  url: ['https://b.example/', true],
  cadence: ['1h', true],
  enabled: [true, true],
  method: ['PUT', true],
  headers: ['{"a":"b"}', true],
  body: ['b', true],
  timeout_ms: [5_000, true],
  max_redirects: [0, true],
  verify_tls: [false, true],
  expected_status: ['204', true],
  json_path: ['b', true],
  body_regex: [null, true],
  expected_value: ['b', true],
  sla_ms: [5, true],
  failure_threshold: [3, false],
  recovery_threshold: [3, false],
  alert_emails: [['b@x.example'], false],
  tags: [['b'], false],
  created_at: ['2026-01-01', false],
  kind: ['http', true],
  basic_auth_user: ['b', true],
  basic_auth_password_secret: ['b', true],
  bearer_token_secret: [null, true],
  host_header: ['b', true],
  tls_server_name: ['b', true],
  tls_ca_file: ['b', true],
  tls_client_cert_file: ['b', true],
  tls_client_key_file: ['b', true],
  ip_family: ['ipv6', true],
  http_version: ['2', true],
  expected_headers: ['{"b":null}', true],
  body_contains: ['b', true],
  body_not_contains: ['b', true],
  value_operator: ['!=', true],
  body_bytes_min: [1, true],
  body_bytes_max: [9, true],
  cert_days_min: [9, true],
  sla_is_failure: [true, true],
  conditions: ['b', true],
  recheck_after_s: [0, false],
  heartbeat_max_age_s: [null, true],
  slo_target: [99.5, false],
  published: [true, false],
  public_name: ['b', false],
  page_group: ['b', false],
  slug: ['b', false],
}

/** Written by triggers and by the scheduler. */
const notOfOwners = ['id', 'updated_at', 'validity', 'invalid_reason', 'hash']

describe('a change asks for a check', () => {
  const site = {
    name: 'a',
    url: 'https://asks.example/',
    method: 'POST',
    json_path: 'a',
    expected_value: 'a',
    sla_ms: 9,
    basic_auth_user: 'a',
    basic_auth_password_secret: 'a',
    tls_client_cert_file: 'a',
    tls_client_key_file: 'a',
  }

  test.each(Object.entries(asksForACheck))('of %s', async (column, [value, asks]) => {
    const { id } = await database.db
      .insertInto('site_config')
      .values(site)
      .returning('id')
      .executeTakeFirstOrThrow()
    await sql`update site_config set validity = 'valid' where id = ${id}`.execute(database.db)
    await sql`delete from check_request where site_id = ${id}`.execute(database.db)
    await sql`update site_config set ${sql.ref(column)} = ${sql.val(value)} where id = ${id}`.execute(
      database.db,
    )
    const { rows } = await sql<{ asked: boolean; validity: string }>`
      select validity, exists (select from check_request where site_id = ${id}) as asked
      from site_config where id = ${id}`.execute(database.db)
    expect(rows).toEqual([{ asked: asks, validity: asks ? 'pending' : 'valid' }])
  })

  test('or not: each column was asked about', async () => {
    const { rows } = await sql<{ name: string }>`
      select attname as name from pg_attribute
      where attrelid = 'site_config'::regclass and attnum > 0 and not attisdropped`.execute(
      database.db,
    )
    expect(rows.map(({ name }) => name).sort()).toEqual(
      [...Object.keys(asksForACheck), ...notOfOwners].sort(),
    )
  })

  test('not while the site is not enabled', async () => {
    const { id } = await database.db
      .insertInto('site_config')
      .values({ ...site, enabled: false })
      .returning('id')
      .executeTakeFirstOrThrow()
    await sql`update site_config set conditions = 'b' where id = ${id}`.execute(database.db)
    const requests = await database.db
      .selectFrom('check_request')
      .selectAll()
      .where('site_id', '=', id)
      .execute()
    expect(requests).toEqual([])
  })
})
