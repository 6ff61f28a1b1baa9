import { readFileSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiClient, type ApiUnderTest, serveApi } from '../../test/support/api-client.ts'
import { schemaDifferences } from '../../test/support/schema-differences.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'
import { ref } from './answer-schemas.ts'
import { operations } from './operations.ts'

/**
 * One site, checked each minute of ten: up but for the minutes 3 to 5, and 8 not observed. A second
 * that was never checked.
 */
const begin = Date.UTC(2026, 4, 1, 12)
const minute = (count: number) => new Date(begin + count * 60_000).toISOString()
const outageId = '11111111-2222-3333-4444-555555555555'
const openId = '99999999-2222-3333-4444-555555555555'

let database: TestDatabase
let api: ApiUnderTest
let reader: ApiClient
let writer: ApiClient
let clockMs = begin + 20 * 60_000
beforeAll(async () => {
  database = await openTestDatabase()
  api = await serveApi(database, { nowMs: () => (clockMs += 1_000) })
  reader = await api.as('read')
  writer = await api.as('read', 'write')
  await fill()
})
afterAll(async () => {
  await api.close()
  await database.close()
})

async function fill(): Promise<void> {
  const { db } = database
  await sql`select make_ping_status_partitions('2026-05-01', '2026-05-01')`.execute(db)
  await sql`insert into site_config (id, name, url, cadence, slug, created_at) values
    (1, 'shop', 'http://127.0.0.1/', '1m', 'shop', ${minute(0)}),
    (2, 'other', 'http://127.0.0.2/', '1m', 'other', ${minute(0)})`.execute(db)
  await sql`insert into ping_status (site_id, slot, checked_at, result, failure, message, latency_ms, dns_ms, worker)
    select 1, slot, slot, case when bad then 'down' else 'up' end, case when bad then 'status' end,
      case when bad then '503 <b>' end, 10 + n, 1, 'w1'
    from generate_series(0, 9) n,
      lateral (select ${minute(0)}::timestamptz + n * interval '1 minute' as slot, n between 3 and 5 as bad) as one
    where n <> 8`.execute(db)
  await sql`insert into outages (id, site_id, started_at, detected_at, ended_at, failure, message, opened_slot,
      closed_slot, status_code, excerpt, up_since) values
    (${outageId}, 1, ${minute(3)}, ${minute(4)}, ${minute(6)}, 'status', '503 <b>', ${minute(4)}, ${minute(7)}, 503,
      '<h1>down</h1>', ${minute(0)}),
    (${openId}, 2, ${minute(5)}, ${minute(5)}, null, 'dns', null, ${minute(5)}, null, null, null, null)`.execute(
    db,
  )
  await sql`update sites set status = 'up', status_since = ${minute(6)}, last_slot = ${minute(9)},
      last_checked_at = ${minute(9)}, last_result = 'up', last_latency_ms = 19, last_status_code = 200, last_worker = 'w1',
      cert_fingerprint = 'AB:CD', cert_subject = 'shop', cert_expires_at = ${minute(90)}
    where site_id = 1`.execute(db)
  await sql`insert into notifications (outage_id, kind, channel, recipient, message_id, facts)
    values (${outageId}, 'outage', 'email', 'ops@example.com', '<1@uptick>', '{}')`.execute(db)
}

const window = `from=${minute(0)}&to=${minute(10)}`
const slotsOf = (results: readonly { readonly slot: string }[]) =>
  results.map(({ slot }) => (Date.parse(slot) - begin) / 60_000)

describe('results', () => {
  test('are told as they were seen, the newest first', async () => {
    const { body } = await reader.get('/sites/shop/results')
    expect(slotsOf(body.results)).toEqual([9, 7, 6, 5, 4, 3, 2, 1, 0])
    expect(body.results[3]).toEqual({
      slot: minute(5),
      checked_at: minute(5),
      occasion: 'slot',
      result: 'down',
      failure: 'status',
      message: '503 <b>',
      status_code: null,
      latency_ms: 15,
      dns_ms: 1,
      connect_ms: null,
      tls_ms: null,
      ttfb_ms: null,
      remote_address: null,
      http_version: null,
      response_bytes: null,
      extracted_value: null,
      sla_met: null,
      worker: 'w1',
      hops: [],
    })
  })

  test.each([
    ['of a window, its end not among them', `from=${minute(2)}&to=${minute(5)}`, [4, 3, 2]],
    ['of a window without any', `from=${minute(8)}&to=${minute(9)}`, []],
    ['in another zone', `from=2026-05-01T14:06:00%2B02:00`, [9, 7, 6]],
    ['since a day', 'from=2026-05-02', []],
  ])('%s', async (_, query, expected) => {
    const { body } = await reader.get(`/sites/1/results?${query}`)
    expect(slotsOf(body.results)).toEqual(expected)
  })

  test('come in pages, each once', async () => {
    const slots = []
    for (let next = `/sites/1/results?limit=4&${window}`; next !== null; ) {
      const { body } = await reader.get(next)
      slots.push(slotsOf(body.results))
      next = body.next
    }
    expect(slots).toEqual([[9, 7, 6, 5], [4, 3, 2, 1], [0]])
  })

  test('of a site that is not there are not told', async () => {
    expect((await reader.get('/sites/7/results')).status).toBe(404)
  })
})

describe('outages', () => {
  const idsOf = (body: { outages: readonly { id: string }[] }) => body.outages.map(({ id }) => id)

  test.each([
    ['of all sites, the newest first', '/outages', [openId, outageId]],
    ['that last', '/outages?state=open', [openId]],
    ['of a site', '/sites/shop/outages', [outageId]],
    ['of a site, that last', '/sites/shop/outages?state=open', []],
    ['under way in a window', `/outages?from=${minute(5)}&to=${minute(6)}`, [openId, outageId]],
    ['not of before it began', `/outages?to=${minute(3)}`, []],
    ['not of after it ended', `/sites/1/outages?from=${minute(6)}`, []],
  ])('%s', async (_, path, expected) => {
    expect(idsOf((await reader.get(path)).body)).toEqual(expected)
  })

  test('come in pages, each once', async () => {
    const first = await reader.get('/outages?limit=1')
    const second = await reader.get(first.body.next)
    expect([...idsOf(first.body), ...idsOf(second.body)]).toEqual([openId, outageId])
    expect(second.body.next).toBe(null)
  })

  test('are told with their evidence', async () => {
    const { body } = await writer.get(`/outages/${outageId}`)
    expect(body).toMatchObject({
      site_id: 1,
      site_name: 'shop',
      started_at: minute(3),
      ended_at: minute(6),
      duration_s: 180,
      failure: 'status',
      status_code: 503,
      excerpt: '<h1>down</h1>',
      up_since: minute(0),
      emails: [{ kind: 'outage', recipient: 'ops@example.com', sent_at: null }],
    })
    expect([body.before, body.during, body.after].map(slotsOf)).toEqual([
      [0, 1, 2],
      [3, 4],
      [6, 7],
    ])
  })

  test('do not say who was told of them to those who may only read', async () => {
    const { body, text } = await reader.get(`/outages/${outageId}`)
    expect(body.emails[0].recipient).toBe('***')
    expect(text).not.toContain('ops@')
  })

  test.each([outageId.replace('1', '2'), 'x', outageId.slice(0, 8), '%00'])(
    '%s is none',
    async (id) => {
      expect((await reader.get(`/outages/${id}`)).status).toBe(404)
    },
  )
})

describe('uptime', () => {
  test('of a site is by duration, and says what was not seen', async () => {
    const { body } = await reader.get(`/sites/shop/uptime?${window}`)
    expect(body).toMatchObject({
      site_id: 1,
      from: minute(0),
      to: minute(10),
      policy: 'observed',
      window_s: 600,
      up_s: 360,
      down_s: 180,
      unknown_s: 60,
      uptime: 360 / 540,
      coverage: 0.9,
    })
  })

  test('by a policy counts what it says, as docs/api.md shows', async () => {
    const document = readFileSync(path.join(import.meta.dirname, '../../docs/api.md'), 'utf8')
    const shown = /that is\n\n```json\n(.*?)^```/ms.exec(document)?.[1] ?? ''
    const { body } = await reader.get(`/sites/shop/uptime?${window}&policy=strict`)
    expect(body).toEqual(JSON.parse(shown))
  })

  test('of all sites is that of each', async () => {
    const { body } = await reader.get(`/uptime?${window}`)
    const { from, to, ...one } = (await reader.get(`/sites/1/uptime?${window}`)).body
    expect(body).toMatchObject({ from, to, policy: 'observed' })
    expect(body.sites.map((site: { site_id: number }) => site.site_id)).toEqual([1, 2])
    expect(body.sites[0]).toEqual(one)
    expect(body.sites[1]).toMatchObject({ uptime: null, coverage: 0, unknown_s: 600 })
  })

  test.each([
    ['a policy that is none', `${window}&policy=kind`, 'policy', /^must be one of .*observed/],
    ['a window that ends before it begins', `from=${minute(1)}&to=${minute(0)}`, 'from', /before/],
    ['a window of years', 'from=2021-01-01&to=2026-01-01', 'from', /400 days/],
  ])('by %s is refused', async (_, query, field, reason) => {
    for (const path of ['/uptime', '/sites/1/uptime']) {
      const { status, body } = await reader.get(`${path}?${query}`)
      expect([status, body.errors]).toEqual([
        400,
        [{ field, reason: expect.stringMatching(reason) }],
      ])
    }
  })
})

test('latency is told by phase', async () => {
  const { body } = await reader.get(`/sites/1/latency?${window}`)
  const phases = body.phases.map(({ phase, checks }: Record<string, unknown>) => [phase, checks])
  expect(phases).toEqual([
    ['dns', 9],
    ['total', 9],
  ])
  expect(body.phases[1]).toMatchObject({ max_ms: 19 })
})

test('a site is told with what was last seen of it', async () => {
  const { body } = await reader.get('/sites/shop')
  expect(body).toMatchObject({
    // Long ago: nobody knows how it is now.
    state: 'unknown',
    state_since: minute(6),
    last: {
      slot: minute(9),
      checked_at: minute(9),
      result: 'up',
      failure: null,
      status_code: 200,
      latency_ms: 19,
      worker: 'w1',
    },
    certificate: {
      subject: 'shop',
      issuer: null,
      fingerprint: 'AB:CD',
      expires_at: minute(90),
      problem: null,
    },
  })
})

describe('answers are as the OpenAPI document says', () => {
  test.each<[string, string]>([
    ['readSite', '/sites/1'],
    ['listSites', '/sites'],
    ['listResults', '/sites/1/results'],
    ['readLatency', '/sites/1/latency?from=2026-05-01'],
    ['listOutages', '/outages'],
    ['readOutage', `/outages/${outageId}`],
    ['readUptime', `/sites/1/uptime?${window}`],
    ['readFleetUptime', `/uptime?${window}`],
    ['readHealth', '/health'],
  ])('%s: %s', async (name, address) => {
    const schema = operations.find((one) => one.name === name)?.answers[0]?.schema
    const { body } = await reader.get(address)
    expect(schemaDifferences(body, typeof schema === 'object' ? (schema ?? {}) : {})).toEqual([])
  })

  test('a problem is one', async () => {
    const { body } = await reader.get('/sites?limit=0')
    expect(schemaDifferences(body, ref('Problem'))).toEqual([])
  })
})

describe('health', () => {
  const setHand = (ago: string) =>
    sql`update schedule_hand set last_slot = date_trunc('second', now() - ${ago}::interval)`.execute(
      database.db,
    )
  const setResults = (ago: string) =>
    sql`update sites set last_checked_at = now() - ${ago}::interval where site_id = 1`.execute(
      database.db,
    )
  const setChange = (ago: string) =>
    sql`alter table site_config disable trigger user`
      .execute(database.db)
      .then(() =>
        sql`update site_config set updated_at = now() - ${ago}::interval`.execute(database.db),
      )
      .then(() => sql`alter table site_config enable trigger user`.execute(database.db))

  test.each([
    ['all of it works', '2 seconds', '40 seconds', '1 day', 200, { healthy: true }],
    [
      'the hand stands',
      '31 seconds',
      '40 seconds',
      '1 day',
      503,
      { scheduling: false, recording: true },
    ],
    [
      'no results arrive',
      '2 seconds',
      '181 seconds',
      '1 day',
      503,
      { scheduling: true, recording: false },
    ],
    ['sites are too new to have any', '2 seconds', '1 day', '10 seconds', 200, { healthy: true }],
  ])('%s', async (_, hand, results, change, status, expected) => {
    await setHand(hand)
    await setResults(results)
    await setChange(change)
    const answer = await (await api.as()).get('/health')
    expect([answer.status, answer.body]).toMatchObject([status, expected])
    expect(Object.values(answer.body).every((value) => typeof value === 'boolean')).toBe(true)
  })
})
