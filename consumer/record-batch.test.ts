import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { outageId } from '#shared/domain/identity.ts'
import type { ReceivedRecord } from '#shared/runtime/stream.ts'
import { Recording } from '../test/support/recording.ts'
import { history, record, resultAt, slotMs, slotOf } from '../test/support/results.ts'
import { recordBatch } from './record-batch.ts'

let recording: Recording
beforeAll(async () => {
  recording = await Recording.open()
})
afterAll(() => recording.close())
beforeEach(() => recording.clear())

describe('a batch of results', () => {
  test('becomes rows, and the newest one shows on its site', async () => {
    await recording.addSite()
    await recording.take(resultAt(1, 'down'), resultAt(0, 'up'))
    expect(await recording.site()).toMatchObject({
      status: 'up',
      streak: 1,
      last_result: 'down',
      last_failure: 'status',
      last_status_code: 503,
      last_latency_ms: 12.5,
    })
    const rows = await recording.database.db
      .selectFrom('ping_status')
      .selectAll()
      .orderBy('slot')
      .execute()
    expect(rows.map((row) => [slotOf(row.slot), row.result, row.failure, row.late])).toEqual([
      [0, 'up', null, false],
      [1, 'down', 'status', false],
    ])
    expect(rows[0]).toMatchObject({
      latency_ms: 12.5,
      connect_ms: 0.5,
      ttfb_ms: 11,
      response_bytes: 64,
      worker: 'test',
    })
  })

  test('keeps each hop of a redirected probe, and who answered, beside the sums', async () => {
    await recording.addSite()
    const hop = { dnsMs: null, connectMs: 1, tlsMs: 2, ttfbMs: 3, totalMs: 7 }
    await recording.take({
      ...resultAt(0, 'up'),
      occasion: 'recheck',
      remoteAddress: '127.0.0.9',
      httpVersion: '2',
      hops: [
        { ...hop, statusCode: 302, remoteAddress: '127.0.0.8' },
        { ...hop, statusCode: 200, remoteAddress: '127.0.0.9' },
      ],
    })
    const [row] = await recording.database.db.selectFrom('ping_status').selectAll().execute()
    expect(row).toMatchObject({
      occasion: 'recheck',
      remote_address: '127.0.0.9',
      http_version: '2',
      hops: [
        { connect_ms: 1, tls_ms: 2, ttfb_ms: 3, total_ms: 7, status_code: 302 },
        { status_code: 200, remote_address: '127.0.0.9' },
      ],
    })
  })

  test('shows the certificate on its site, also one that is not trusted', async () => {
    await recording.addSite()
    const expiresAtMs = slotMs(9_999)
    const certificate = {
      subject: 'shop.example',
      issuer: 'Test CA',
      fingerprint: 'AA:01',
      expiresAtMs,
      chainError: 'the certificate is self-signed',
    }
    await recording.take({ ...resultAt(0, 'up'), certificate, certExpiresAtMs: expiresAtMs })
    const shown = {
      cert_subject: 'shop.example',
      cert_issuer: 'Test CA',
      cert_fingerprint: 'AA:01',
      cert_error: 'the certificate is self-signed',
      cert_expires_at: new Date(expiresAtMs),
    }
    expect(await recording.site()).toMatchObject(shown)
    // A look that came to no certificate says nothing of it.
    await recording.take(resultAt(1, 'down'))
    expect(await recording.site()).toMatchObject(shown)
    await recording.take({
      ...resultAt(2, 'up'),
      certificate: { ...certificate, chainError: null },
    })
    expect(await recording.site()).toMatchObject({ cert_error: null })
  })

  test('taken again changes nothing and queues nothing', async () => {
    await recording.addSite()
    await recording.take(...history('uff'))
    const before = [
      await recording.site(),
      await recording.outages(),
      await recording.notifications(),
    ]
    const again = await recording.take(...history('uff'))
    expect(again.stored).toEqual([])
    expect([
      await recording.site(),
      await recording.outages(),
      await recording.notifications(),
    ]).toEqual(before)
    expect(await recording.notifyJobs()).toBe(1)
  })

  test.each([
    ['one failure is no outage', 'uf', [], []],
    ['two in a row are one, since the first', 'uff', [[1, null]], ['outage to ops@example.org']],
    ['two with a good one between them are none', 'ufuf', [], []],
    [
      'an inconclusive one between them does not part them',
      'uf?f',
      [[1, null]],
      ['outage to ops@example.org'],
    ],
    ['one good result does not end it', 'uffu', [[1, null]], ['outage to ops@example.org']],
    [
      'two in a row do, at the first',
      'uffuu',
      [[1, 3]],
      ['outage to ops@example.org', 'recovery to ops@example.org'],
    ],
    ['a site that was never up can have one', 'ff', [[0, null]], ['outage to ops@example.org']],
    [
      'two outages in one batch are two',
      'uffuuffuu',
      [
        [1, 3],
        [5, 7],
      ],
      [
        'outage to ops@example.org',
        'outage to ops@example.org',
        'recovery to ops@example.org',
        'recovery to ops@example.org',
      ],
    ],
    [
      'two outages in one batch, the second goes on',
      'uffuuff',
      [
        [1, 3],
        [5, null],
      ],
      ['outage to ops@example.org', 'outage to ops@example.org', 'recovery to ops@example.org'],
    ],
  ])('in one go: %s', async (_, text, expectedOutages, expectedNotifications) => {
    await recording.addSite()
    await recording.take(...history(text))
    expect(await recording.outages()).toEqual(expectedOutages)
    expect(await recording.notifications()).toEqual(expectedNotifications)
    expect(await recording.notifyJobs()).toBe(expectedNotifications.length)
  })

  test('of several sites keeps them apart', async () => {
    await recording.addSite()
    await recording.addSite()
    await recording.take(
      resultAt(0, 'down', 1),
      resultAt(0, 'down', 2),
      resultAt(1, 'down', 1),
      resultAt(1, 'up', 2),
    )
    const rows = await recording.database.db
      .selectFrom('sites')
      .select(['site_id', 'status'])
      .orderBy('site_id')
      .execute()
    expect(rows.map((row) => row.status)).toEqual(['down', 'up'])
  })

  test('at once in two consumers is stored and told once', async () => {
    await recording.addSite()
    const both = await Promise.all([
      recording.take(...history('uffuu')),
      recording.take(...history('uffuu')),
    ])
    expect(both.reduce((sum, { stored }) => sum + stored.length, 0)).toBe(5)
    expect(await recording.outages()).toEqual([[1, 3]])
    expect(await recording.notifyJobs()).toBe(2)
  })
})

describe('an outage', () => {
  test('has the id of its site and first slot, and what the deciding check saw', async () => {
    await recording.addSite()
    await recording.take(...history('uff'))
    const row = await recording.database.db
      .selectFrom('outages')
      .selectAll()
      .executeTakeFirstOrThrow()
    expect(row).toMatchObject({
      id: outageId(1, slotMs(1)),
      failure: 'status',
      message: 'seen at 2',
      detected_at: new Date(slotMs(2) + 250),
    })
  })

  test('keeps what the deciding check saw of the answer, and tells it', async () => {
    await recording.addSite()
    const seen = { remoteAddress: '127.0.0.9', excerpt: '<h1>Bad gateway</h1>' }
    await recording.take(resultAt(0, 'up'), resultAt(1, 'down'), {
      ...resultAt(2, 'down'),
      ...seen,
    })
    const [row] = await recording.database.db.selectFrom('outages').selectAll().execute()
    expect(row).toMatchObject({
      status_code: 503,
      remote_address: '127.0.0.9',
      excerpt: '<h1>Bad gateway</h1>',
      up_since: new Date(slotMs(0)),
      held_by: null,
    })
    const [told] = await recording.database.db.selectFrom('notifications').selectAll().execute()
    expect(told?.facts).toMatchObject({ statusCode: 503, ...seen })
  })

  test.each<[string, number | null, object]>([
    [
      'knows the record that opened it',
      42,
      { opened_by_topic: 'statuses', opened_by_partition: 0, opened_by_offset: 42 },
    ],
    [
      'that came through Postgres knows of none',
      null,
      { opened_by_topic: null, opened_by_partition: null, opened_by_offset: null },
    ],
  ])('%s', async (_, offset, expected) => {
    await recording.addSite()
    await recordBatch(recording.context, [
      record(resultAt(0, 'down'), 7),
      record(resultAt(1, 'down'), offset),
      record(resultAt(1, 'down'), 99),
    ])
    const row = recording.database.db.selectFrom('outages').selectAll()
    expect(await row.executeTakeFirstOrThrow()).toMatchObject(expected)
  })

  test('is told to the site’s own recipients in place of the default ones', async () => {
    await recording.addSite({ alert_emails: ['a@example.org', 'b@example.org'] })
    await recording.take(...history('ff'))
    expect(await recording.notifications()).toEqual([
      'outage to a@example.org',
      'outage to b@example.org',
    ])
  })

  test('obeys the thresholds of its site', async () => {
    await recording.addSite({ failure_threshold: 3, recovery_threshold: 1 })
    await recording.take(...history('uffufffu'))
    expect(await recording.outages()).toEqual([[4, 7]])
  })

  test('comes with the facts of its emails', async () => {
    await recording.addSite()
    await recording.take(...history('uffuu'))
    const rows = await recording.database.db
      .selectFrom('notifications')
      .select(['kind', 'facts', 'message_id'])
      .orderBy('id')
      .execute()
    expect(rows[0]?.facts).toMatchObject({
      siteName: 'shop',
      startedAtMs: slotMs(1),
      endedAtMs: null,
      upSinceMs: slotMs(0),
      failure: 'status',
    })
    expect(rows[1]?.facts).toMatchObject({ startedAtMs: slotMs(1), endedAtMs: slotMs(3) })
    const evidence = rows.map((row) =>
      (row.facts.evidence as { slotMs: number }[]).map(({ slotMs: at }) => slotOf(at)),
    )
    expect(evidence).toEqual([
      [1, 2, 3, 4],
      [3, 4],
    ])
    expect(rows[0]?.message_id).toMatch(/^<[0-9a-f-]{36}@example\.org>$/)
  })
})

describe('a bad record', () => {
  test('is put aside with its reason and stops nothing else', async () => {
    await recording.addSite()
    const future = { ...resultAt(0, 'up'), slotMs: Date.now() + 3_600_000 }
    const raw = (value: Buffer | null, offset: number): ReceivedRecord => ({
      ...record(resultAt(0, 'up'), offset),
      key: null,
      value,
    })
    const batch = [
      raw(Buffer.from('{'), 1),
      record(resultAt(0, 'down'), 2),
      raw(null, 3),
      record(resultAt(0, 'up', 77), 4),
      record(future, 5),
      raw(Buffer.from([0xff, 0x00]), 6),
      record(resultAt(1, 'down'), 7),
    ]
    await recordBatch(recording.context, batch)
    await recordBatch(recording.context, batch)
    const letters = await recording.database.db
      .selectFrom('dead_letter')
      .select(['kafka_offset', 'reason', 'value'])
      .orderBy('kafka_offset')
      .execute()
    expect(letters.map(({ kafka_offset, reason }) => [kafka_offset, reason])).toEqual([
      [1, 'the value is not JSON'],
      [3, 'the value is empty'],
      [4, 'there is no site 77'],
      [5, expect.stringContaining('is in the future')],
      [6, 'the value is not UTF-8'],
    ])
    expect(letters.at(-1)?.value).toBe('base64:/wA=')
    expect(await recording.outages()).toEqual([[0, null]])
  })
})
