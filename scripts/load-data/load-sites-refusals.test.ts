import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Fields, source, sourceRow } from '../../test/support/load-source.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'
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
const breaking: Readonly<Record<string, Fields>> = {
  name_at_most_200_characters: { url, name: 'x'.repeat(201) },
  url_is_http_or_https: { url: 'ftp://example.com' },
  url_at_most_2048_characters: { url: `${url}${'x'.repeat(2_048)}` },
  url_without_credentials: { url: 'https://a:b@example.com' },
  method_is_known: { url, method: 'TRACE' },
  headers_is_an_object: { url, headers: [] },
  body_at_most_64_kib: { url, method: 'POST', body: 'é'.repeat(32_769) },
  body_needs_a_method_that_carries_one: { url, body: 'x' },
  timeout_between_100_ms_and_60_s: { url, timeout_ms: 60_001 },
  max_redirects_between_0_and_20: { url, max_redirects: -1 },
  expected_status_is_codes_and_ranges: { url, expected_status: '600' },
  json_path_or_body_regex_not_both: { url, json_path: 'a', body_regex: 'b' },
  json_path_at_most_1000_characters: { url, json_path: 'x'.repeat(1_001) },
  body_regex_at_most_1000_characters: { url, body_regex: 'x'.repeat(1_001) },
  expected_value_needs_a_path_or_regex: { url, expected_value: 'x' },
  sla_is_positive: { url, sla_ms: 0 },
  failure_threshold_between_1_and_10: { url, failure_threshold: 0 },
  recovery_threshold_between_1_and_10: { url, recovery_threshold: 11 },
  alert_emails_without_null: { url, alert_emails: ['a@b.test', 5] },
  alert_emails_are_plain_addresses: { url, alert_emails: ['Ops <a@b.test>'] },
  tags_without_null: { url, tags: ['a', {}] },
}
/** What a file cannot say. */
const notOfFiles = ['validity_is_known', 'invalid_has_a_reason']

describe('what the table refuses, the file reader refuses first, with its line', () => {
  test('there is a row for each constraint of the table', async () => {
    const { rows } = await sql<{ name: string }>`
      select conname as name from pg_constraint where conrelid = 'site_config'::regclass and contype = 'c'`.execute(
      database.db,
    )
    expect(rows.map(({ name }) => name).sort()).toEqual(
      [...Object.keys(breaking), ...notOfFiles].sort(),
    )
  })

  test.each(Object.entries(breaking))('%s', async (_, fields) => {
    expect(await load([fields])).toMatchObject({
      outcome: 'refused',
      problems: [{ place: 'line 1' }],
    })
  })

  test('and a row that breaks nothing is taken by both', async () => {
    expect('kind' in readSiteRow(sourceRow({ url }, 1), new Set(['5m']))).toBe(true)
    expect(await load([{ url }])).toMatchObject({ outcome: 'loaded' })
  })
})
