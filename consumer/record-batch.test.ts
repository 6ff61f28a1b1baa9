import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encodeResult, resultKey } from '#shared/contracts/result-record.ts'
import { foldHealth } from '#shared/domain/health.ts'
import { outageId } from '#shared/domain/identity.ts'
import { type CheckResult, type Outcome, outcomes } from '#shared/domain/result.ts'
import type { JobQueue } from '#shared/runtime/queue.ts'
import type { ReceivedRecord } from '#shared/runtime/stream.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { recordBatch } from './record-batch.ts'

let database: TestDatabase
let queue: JobQueue
beforeAll(async () => {
  database = await openTestDatabase()
  queue = await database.openQueue()
})
afterAll(async () => {
  await queue.close()
  await database.close()
})
beforeEach(async () => {
  await sql`truncate site_config, ping_status, outages, notifications, dead_letter restart identity cascade`.execute(
    database.db,
  )
  await sql`delete from pgboss.job`.execute(database.db)
})

/** Slot 0 of all tests; slot n is n minutes later. Far enough back that none of them is in the future. */
const beginMs = Math.floor(Date.now() / 60_000) * 60_000 - 2 * 3_600_000
const slotMs = (slot: number) => beginMs + slot * 60_000
const slotOf = (at: Date | number | null) =>
  at === null ? null : (new Date(at).getTime() - beginMs) / 60_000

function resultAt(slot: number, result: Outcome, siteId = 1): CheckResult {
  return {
    siteId,
    slotMs: slotMs(slot),
    checkedAtMs: slotMs(slot) + 250,
    result,
    failure: result === 'down' ? 'status' : null,
    message: result === 'up' ? null : `seen at ${slot}`,
    statusCode: result === 'down' ? 503 : 200,
    latencyMs: 12.5,
    dnsMs: null,
    connectMs: 0.5,
    tlsMs: null,
    ttfbMs: 11,
    responseBytes: 64,
    extractedValue: null,
    slaMet: null,
    certExpiresAtMs: null,
    worker: 'test',
  }
}

const record = (result: CheckResult, offset: number | null = null): ReceivedRecord => ({
  topic: 'statuses',
  partition: 0,
  offset: offset === null ? null : String(offset),
  key: resultKey(result),
  value: Buffer.from(encodeResult(result)),
})

const context = () => ({
  db: database.db,
  queue,
  nowMs: () => Date.now(),
  defaultRecipients: ['ops@example.org'],
  messageIdDomain: 'example.org',
})
const take = (...results: CheckResult[]) =>
  recordBatch(
    context(),
    results.map((result) => record(result)),
  )
/** `'ufu?'`: up, down, up, inconclusive at slots 0 to 3 of site 1. */
const history = (text: string) =>
  [...text].map((letter, slot) =>
    resultAt(slot, ({ u: 'up', f: 'down' }[letter] as Outcome) ?? 'inconclusive'),
  )

async function addSite(
  values: { failure_threshold?: number; recovery_threshold?: number; alert_emails?: string[] } = {},
) {
  await database.db
    .insertInto('site_config')
    .values({ url: 'http://127.0.0.1:9/', name: 'shop', ...values })
    .execute()
}
const site = () =>
  database.db.selectFrom('sites').selectAll().where('site_id', '=', 1).executeTakeFirstOrThrow()
const outages = async () => {
  const rows = await database.db
    .selectFrom('outages')
    .selectAll()
    .where('site_id', '=', 1)
    .orderBy('started_at')
    .execute()
  return rows.map((row) => [slotOf(row.started_at), slotOf(row.ended_at)])
}
const notifications = async () => {
  const rows = await database.db
    .selectFrom('notifications')
    .select(['kind', 'recipient'])
    .orderBy('id')
    .execute()
  return rows.map((row) => `${row.kind} to ${row.recipient}`)
}
const notifyJobs = async () => {
  const { rows } = await sql<{
    count: number
  }>`select count(*) as count from pgboss.job where name = 'notify'`.execute(database.db)
  return Number(rows[0]?.count)
}

describe('a batch of results', () => {
  test('becomes rows, and the newest one shows on its site', async () => {
    await addSite()
    await take(resultAt(1, 'down'), resultAt(0, 'up'))
    expect(await site()).toMatchObject({
      status: 'up',
      streak: 1,
      last_result: 'down',
      last_failure: 'status',
      last_status_code: 503,
      last_latency_ms: 12.5,
    })
    const rows = await database.db.selectFrom('ping_status').selectAll().orderBy('slot').execute()
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

  test('taken again changes nothing and queues nothing', async () => {
    await addSite()
    await take(...history('uff'))
    const before = [await site(), await outages(), await notifications()]
    const again = await take(...history('uff'))
    expect(again.stored).toEqual([])
    expect([await site(), await outages(), await notifications()]).toEqual(before)
    expect(await notifyJobs()).toBe(1)
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
    await addSite()
    await take(...history(text))
    expect(await outages()).toEqual(expectedOutages)
    expect(await notifications()).toEqual(expectedNotifications)
    expect(await notifyJobs()).toBe(expectedNotifications.length)
  })

  test('of several sites keeps them apart', async () => {
    await addSite()
    await addSite()
    await take(
      resultAt(0, 'down', 1),
      resultAt(0, 'down', 2),
      resultAt(1, 'down', 1),
      resultAt(1, 'up', 2),
    )
    const rows = await database.db
      .selectFrom('sites')
      .select(['site_id', 'status'])
      .orderBy('site_id')
      .execute()
    expect(rows.map((row) => row.status)).toEqual(['down', 'up'])
  })

  test('at once in two consumers is stored and told once', async () => {
    await addSite()
    const both = await Promise.all([take(...history('uffuu')), take(...history('uffuu'))])
    expect(both.reduce((sum, { stored }) => sum + stored.length, 0)).toBe(5)
    expect(await outages()).toEqual([[1, 3]])
    expect(await notifyJobs()).toBe(2)
  })
})

describe('an outage', () => {
  test('has the id of its site and first slot, and what the deciding check saw', async () => {
    await addSite()
    await take(...history('uff'))
    const row = await database.db.selectFrom('outages').selectAll().executeTakeFirstOrThrow()
    expect(row).toMatchObject({
      id: outageId(1, slotMs(1)),
      failure: 'status',
      message: 'seen at 2',
      detected_at: new Date(slotMs(2) + 250),
    })
  })

  test('is told to the site’s own recipients in place of the default ones', async () => {
    await addSite({ alert_emails: ['a@example.org', 'b@example.org'] })
    await take(...history('ff'))
    expect(await notifications()).toEqual(['outage to a@example.org', 'outage to b@example.org'])
  })

  test('obeys the thresholds of its site', async () => {
    await addSite({ failure_threshold: 3, recovery_threshold: 1 })
    await take(...history('uffufffu'))
    expect(await outages()).toEqual([[4, 7]])
  })

  test('comes with the facts of its emails', async () => {
    await addSite()
    await take(...history('uffuu'))
    const rows = await database.db
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

describe('a late result', () => {
  test.each([
    ['that agrees changes nothing', 'uuuu', 2, [], []],
    ['between two failures keeps them from being in a row', 'ufuf', 2, [], []],
    [
      'that makes two failures a row opens the outage after all',
      'uffu',
      1,
      [[1, null]],
      ['outage to ops@example.org'],
    ],
    [
      'that makes the outage begin earlier moves it',
      'ufff',
      1,
      [[1, null]],
      ['outage to ops@example.org'],
    ],
    [
      'that ends an outage is told as a recovery',
      'uffuu',
      3,
      [[1, 3]],
      ['outage to ops@example.org', 'recovery to ops@example.org'],
    ],
  ])('%s', async (_, text, lateSlot, expectedOutages, expectedNotifications) => {
    await addSite()
    const all = history(text)
    await take(...all.filter((result) => result.slotMs !== slotMs(lateSlot)))
    const { late } = await take(...all.filter((result) => result.slotMs === slotMs(lateSlot)))
    expect(late).toBe(1)
    expect(await outages()).toEqual(expectedOutages)
    expect(new Set(await notifications())).toEqual(new Set(expectedNotifications))
  })

  test('that refutes an outage nobody was told of withdraws it and its message', async () => {
    await addSite()
    await take(resultAt(0, 'up'), resultAt(1, 'down'), resultAt(3, 'down'))
    expect(await outages()).toEqual([[1, null]])
    await take(resultAt(2, 'up'))
    expect([await outages(), await notifications()]).toEqual([[], []])
  })

  test('that refutes an outage somebody was told of sends a correction', async () => {
    await addSite()
    await take(resultAt(0, 'up'), resultAt(1, 'down'), resultAt(3, 'down'))
    await sql`update notifications set sent_at = now()`.execute(database.db)
    await take(resultAt(2, 'up'))
    expect([await outages(), await notifications()]).toEqual([
      [],
      ['outage to ops@example.org', 'correction to ops@example.org'],
    ])
  })
})

describe('an outage that was refuted', () => {
  test('and comes back is told as a new one', async () => {
    await addSite()
    await take(resultAt(0, 'up'), resultAt(1, 'down'), resultAt(3, 'down'))
    await sql`update notifications set sent_at = now()`.execute(database.db)
    await take(resultAt(2, 'up'))
    await take(resultAt(1.5, 'down'))
    expect(await outages()).toEqual([[1, null]])
    const kinds = (await notifications()).map((text) => text.split(' ')[0])
    expect(kinds).toEqual(['outage', 'correction', 'outage'])
    expect(await notifyJobs()).toBe(kinds.length)
  })
})

describe('whatever the order of arrival', () => {
  const outcome = fc.constantFrom(...outcomes, 'down' as const, 'up' as const)
  const arrivals = fc.record({
    results: fc.array(outcome, { minLength: 1, maxLength: 24 }),
    order: fc.infiniteStream(fc.nat()),
    batchSizes: fc.infiniteStream(fc.integer({ min: 1, max: 6 })),
    duplicates: fc.array(fc.nat(), { maxLength: 8 }),
    thresholds: fc.record({
      failure: fc.integer({ min: 1, max: 3 }),
      recovery: fc.integer({ min: 1, max: 3 }),
    }),
  })

  test('the stored health and outages equal the fold of the rows in slot order', {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async ({ results, order, batchSizes, duplicates, thresholds }) => {
        await sql`truncate site_config, ping_status, outages, notifications restart identity cascade`.execute(
          database.db,
        )
        await addSite({
          failure_threshold: thresholds.failure,
          recovery_threshold: thresholds.recovery,
        })
        const sent = results.map((result, slot) => resultAt(slot, result))
        const twice = duplicates.flatMap((index) => sent[index % sent.length] ?? [])
        const shuffled = [...sent, ...twice]
          .map((result) => ({ result, by: order.next().value }))
          .sort((a, b) => a.by - b.by)
        while (shuffled.length > 0) {
          await take(...shuffled.splice(0, batchSizes.next().value).map(({ result }) => result))
        }
        const folded = foldHealth(sent, thresholds)
        expect(await outages()).toEqual(
          folded.outages.map(({ startedAtMs, endedAtMs }) => [
            slotOf(startedAtMs),
            slotOf(endedAtMs),
          ]),
        )
        const { status, status_since, streak, last_slot } = await site()
        const { health } = folded
        expect({ status, streak, since: slotOf(status_since), last: slotOf(last_slot) }).toEqual({
          status: health.status,
          streak: health.streak,
          since: slotOf(health.statusSinceMs),
          last: slotOf(health.lastSlotMs),
        })
      }),
      { numRuns: 150 },
    )
  })
})

describe('a bad record', () => {
  test('is put aside with its reason and stops nothing else', async () => {
    await addSite()
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
    await recordBatch(context(), batch)
    await recordBatch(context(), batch)
    const letters = await database.db
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
    expect(await outages()).toEqual([[0, null]])
  })
})
