import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type LoadedColumn, loadedColumns } from '#db/loaded-columns.ts'
import { type Fields, source, sourceRow } from '../test/support/load-source.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { type LoadOutcome, loadSites } from './load-sites.ts'

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
const requests = () => database.db.selectFrom('check_request').selectAll().execute()
const forgetRequests = () => database.db.deleteFrom('check_request').execute()

describe('a load', () => {
  test('inserts what is new, with the defaults of the table', async () => {
    await sql`insert into site_config (url) values ('https://by-sql.example.com/')`.execute(
      database.db,
    )
    expect(await load([{ url }])).toEqual({
      outcome: 'loaded',
      inserted: 1,
      updated: 0,
      unchanged: 0,
    })
    const [bySql, byFile] = await storedSites()
    for (const column of loadedColumns.filter((name) => name !== 'url')) {
      expect([column, byFile?.[column]]).toEqual([column, bySql?.[column]])
    }
    expect(await requests()).toHaveLength(2)
  })

  test('stores every column', async () => {
    const site = {
      name: 'shop',
      url,
      cadence: '1h',
      enabled: false,
      method: 'POST',
      headers: { 'X-A': 'b' },
      body: 'a\r\n"b"',
      timeout_ms: 5_000,
      max_redirects: 0,
      verify_tls: false,
      expected_status: '200-204',
      json_path: 'a.b[0]',
      body_regex: null,
      expected_value: 'ok',
      sla_ms: 300,
      failure_threshold: 3,
      recovery_threshold: 4,
      alert_emails: ['a@b.test', 'c@d.test'],
      tags: ['a b', 'c'],
      slo_target: 99.95,
      published: true,
      public_name: 'Shop API',
      page_group: 'Shop',
      kind: 'http',
      basic_auth_user: 'ops',
      basic_auth_password_secret: 'shop.password',
      bearer_token_secret: null,
      host_header: 'shop.example.com:8443',
      tls_server_name: 'shop.example.com',
      tls_ca_file: 'ca.pem',
      tls_client_cert_file: 'client.pem',
      tls_client_key_file: 'client.key',
      ip_family: 'ipv6',
      http_version: 'auto',
      expected_headers: { 'content-type': '^application/json', 'x-cache': null },
      body_contains: 'welcome',
      body_not_contains: 'error',
      value_operator: 'contains',
      body_bytes_min: 1,
      body_bytes_max: 4_096,
      cert_days_min: 14,
      sla_is_failure: true,
      conditions: '[CONNECTED] == true\n# a note\n[BODY].a != 5',
      recheck_after_s: 0,
      heartbeat_max_age_s: null,
    } satisfies Record<LoadedColumn, unknown>
    await load([site])
    expect(await storedSites()).toEqual([expect.objectContaining(site)])
  })

  test('stores each kind of check, told by its URL', async () => {
    await load([
      { url: 'dns:a.test?type=MX', value_operator: 'exists' },
      { url: 'heartbeat:backup-db', heartbeat_max_age_s: 90 },
      { url },
      { url: 'icmp://[::1]', kind: null },
      { url: 'tcp://a.test:25', body: 'QUIT' },
      { url: 'TLS://a.test', kind: 'tls' },
    ])
    expect((await storedSites()).map(({ kind, url }) => [kind, url])).toEqual(
      expect.arrayContaining([
        ['dns', 'dns:a.test?type=MX'],
        ['heartbeat', 'heartbeat:backup-db'],
        ['http', url],
        ['icmp', 'icmp://[::1]'],
        ['tcp', 'tcp://a.test:25'],
        ['tls', 'TLS://a.test'],
      ]),
    )
  })

  test('a second time changes nothing and asks for no check', async () => {
    const sites = [
      { url, sla_ms: 300, headers: { A: '1', B: '2' } },
      { url, name: 'named', tags: ['x'] },
    ]
    await load(sites)
    await forgetRequests()
    expect(await load(sites)).toMatchObject({ inserted: 0, updated: 0, unchanged: 2 })
    expect(await requests()).toEqual([])
  })

  test('changes the rows that differ, and those alone are checked again', async () => {
    await load([
      { url, name: 'a' },
      { url, name: 'b' },
    ])
    await forgetRequests()
    expect(
      await load([
        { url, name: 'a', sla_ms: 5 },
        { url, name: 'b' },
      ]),
    ).toMatchObject({ updated: 1, unchanged: 1 })
    expect(await requests()).toHaveLength(1)
  })

  test('leaves columns alone that the file does not mention, and resets those that it says null of', async () => {
    await load([{ url, sla_ms: 5, tags: ['x'], headers: { Authorization: 'secret' } }])
    await load([{ url, sla_ms: null, cadence: '1h' }])
    expect(await storedSites()).toEqual([
      expect.objectContaining({
        sla_ms: null,
        cadence: '1h',
        tags: ['x'],
        headers: { Authorization: 'secret' },
      }),
    ])
  })

  test('takes a row that makes sense only with what the site has', async () => {
    await load([{ url, json_path: 'a', expected_value: '5' }])
    expect(await load([{ url, value_operator: '<' }])).toMatchObject({ updated: 1 })
    expect(await storedSites()).toMatchObject([{ value_operator: '<', expected_value: '5' }])
  })

  test('leaves sites alone that are not in the file', async () => {
    await load([{ url, name: 'a' }])
    await load([{ url, name: 'b' }])
    expect((await storedSites()).map(({ name }) => name)).toEqual(['a', 'b'])
  })

  test('tells sites apart by address and name', async () => {
    await load([{ url }, { url, name: 'a' }, { url: `${url}b` }])
    expect(await load([{ url, sla_ms: 1 }])).toMatchObject({ inserted: 0, updated: 1 })
  })

  test('knows a heartbeat by its token, whatever it is called', async () => {
    await load([{ url: 'heartbeat:nightly-backup', name: 'a', heartbeat_max_age_s: 90 }])
    await load([{ url: 'heartbeat:nightly-backup', name: 'b' }])
    await load([{ url: 'heartbeat:nightly-backup', tags: ['x'] }])
    expect(await storedSites()).toEqual([
      expect.objectContaining({ name: 'b', heartbeat_max_age_s: 90, tags: ['x'] }),
    ])
  })

  test('changes each of several sites that it fits, however they came to be', async () => {
    await sql`insert into site_config (url) values (${url}), (${url})`.execute(database.db)
    expect(await load([{ url, sla_ms: 7 }])).toMatchObject({
      inserted: 0,
      updated: 2,
      unchanged: 0,
    })
  })

  test('gives a site that was invalid another chance', async () => {
    await load([{ url }])
    await sql`update site_config set validity = 'invalid', invalid_reason = 'x'`.execute(
      database.db,
    )
    await load([{ url, sla_ms: 1 }])
    expect(await storedSites()).toEqual([expect.objectContaining({ validity: 'pending' })])
  })

  test('brings cadences of its own', async () => {
    const items = [sourceRow({ url, cadence: '7s' }, 1)]
    await loadSites(database.db, source(items, new Map([['7s', 7]])), {
      mode: 'load',
      onProgress: () => undefined,
    })
    expect(await storedSites()).toEqual([expect.objectContaining({ cadence: '7s' })])
  })

  test('of no site at all is fine', async () => {
    expect(await load([])).toEqual({ outcome: 'loaded', inserted: 0, updated: 0, unchanged: 0 })
  })

  test('of more rows than one statement takes keeps count and tells how far it is', async () => {
    const sites = Array.from({ length: 12_345 }, (_, index) =>
      sourceRow({ url: `${url}${index}` }, index),
    )
    const stages = new Set<string>()
    const outcome = await loadSites(database.db, source(sites), {
      mode: 'load',
      onProgress: ({ stage, rows }) => stages.add(`${stage} ${rows}`),
    })
    expect(outcome).toMatchObject({ inserted: 12_345 })
    expect([...stages].slice(-3)).toEqual(['reading 12345', 'writing 10000', 'writing 12345'])
  })

  test('twice at once inserts each site once', async () => {
    const sites = Array.from({ length: 500 }, (_, index) => ({ url: `${url}${index}` }))
    const outcomes = await Promise.all([load(sites), load(sites)])
    expect(outcomes.map((outcome) => outcome.outcome)).toEqual(['loaded', 'loaded'])
    expect(await storedSites()).toHaveLength(500)
  })
})

describe('a rehearsal', () => {
  test('shows what would change and writes nothing', async () => {
    await load([
      { url, name: 'a', sla_ms: 5, tags: ['x'] },
      { url, name: 'b' },
    ])
    await forgetRequests()
    const sites = [
      { url, name: 'a', sla_ms: 9, tags: ['x'] },
      { url, name: 'b' },
      { url, name: 'c' },
    ]
    expect(await load(sites, 'rehearse')).toEqual({
      outcome: 'rehearsed',
      inserted: 1,
      updated: 1,
      unchanged: 1,
      differences: [
        { site: 'a', changes: [{ column: 'sla_ms', old: 5, new: 9 }] },
        { site: 'c', changes: [] },
      ],
    })
    expect((await storedSites()).map(({ name, sla_ms }) => [name, sla_ms])).toEqual([
      ['a', 5],
      ['b', null],
    ])
    expect(await requests()).toEqual([])
  })
})
