import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '#db/connect.ts'
import { checkId } from '#shared/domain/identity.ts'
import { openLog } from '#shared/runtime/log.ts'
import { type JobQueue, openQueue } from '#shared/runtime/queue.ts'
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts'
import { installAuditLog } from './audit-log.ts'
import {
  readHandMoves,
  readJobs,
  readOutageEvents,
  readOutages,
  readRowEvents,
  readRows,
  readWatchedSpans,
} from './run-history.ts'

let database: TestDatabase
let queue: JobQueue

beforeAll(async () => {
  database = await openTestDatabase()
  await installAuditLog(database.db)
  await installAuditLog(database.db)
  queue = await database.openQueue()
})

afterAll(async () => {
  await queue.close()
  await database.close()
})

beforeEach(async () => {
  await sql`truncate chaos_job, chaos_row, chaos_outage, chaos_hand, ping_status, pgboss.job`.execute(
    database.db,
  )
})

const SLOT_MS = 1_700_000_000_000
const job = (siteId: number) => ({
  id: checkId(siteId, SLOT_MS),
  data: { v: 1, site_id: siteId, slot: SLOT_MS, cadence_s: 2, target: { url: 'x' } },
  expireInSeconds: 11,
  retentionSeconds: 2,
})
const eventsOf = async (siteId: number) =>
  (await readJobs(database.db))
    .find((one) => one.siteId === siteId)
    ?.changes.map(({ event, retryCount }) => `${event} ${retryCount}`)

describe.each(['check', 'recheck'])('a job of the queue %s', (name) => {
  test('is kept with what it is about and all that became of it', async () => {
    await queue.insert(name, [job(1)])
    const fetched = await queue.fetch(name, 10)
    await queue.release(name, fetched, 'for another')
    await sql`update pgboss.job set start_after = now() where name = ${name}`.execute(database.db)
    const again = await queue.fetch(name, 10)
    await queue.complete(name, again)
    const [audited] = await readJobs(database.db)
    expect(audited).toMatchObject({
      id: checkId(1, SLOT_MS),
      siteId: 1,
      slotMs: SLOT_MS,
      cadenceSeconds: 2,
      expireSeconds: 11,
    })
    expect(audited?.insertedAtMs).toHaveLength(1)
    // The second retry is the test's own hand on the table.
    expect(await eventsOf(1)).toEqual(['active 0', 'retry 0', 'retry 0', 'active 1', 'completed 1'])
  })

  test('that is taken out by who has done it is completed; that is swept away, deleted', async () => {
    await queue.insert(name, [job(1), job(2)])
    await sql`update pgboss.job set state = 'active' where id = ${job(1).id}`.execute(database.db)
    await sql`delete from pgboss.job where name = ${name}`.execute(database.db)
    expect(await eventsOf(1)).toEqual(['active 0', 'completed 0'])
    expect(await eventsOf(2)).toEqual(['deleted 0'])
  })

  test('that is inserted again while it is there counts once; after it is gone, twice', async () => {
    await queue.insert(name, [job(1)])
    await queue.insert(name, [job(1)])
    expect((await readJobs(database.db))[0]?.insertedAtMs).toHaveLength(1)
    await sql`delete from pgboss.job`.execute(database.db)
    await queue.insert(name, [job(1)])
    expect((await readJobs(database.db))[0]?.insertedAtMs).toHaveLength(2)
    expect(await eventsOf(1)).toEqual(['deleted 0'])
  })
})

test('is written for services with no more rights than they ship with', async () => {
  const asWorker = await openQueue(
    {
      connectionString: database.urlAs('uptick_worker'),
      applicationName: 'test',
      maxConnections: 1,
      supervises: false,
    },
    openLog('test', 'silent'),
    new AbortController().signal,
  )
  await asWorker.insert('check', [job(7)])
  await asWorker.close()
  expect((await readJobs(database.db)).map(({ siteId }) => siteId)).toEqual([7])
})

test('a rolled-back job was never there', async () => {
  const failing = database.db.transaction().execute(async (trx) => {
    await queue.insert('check', [job(1)], trx)
    throw new Error('killed')
  })
  await expect(failing).rejects.toThrow('killed')
  expect(await readJobs(database.db)).toEqual([])
})

test('keeps rows, outages and the hand as they come, change and go', async () => {
  const { db } = database
  await sql`insert into site_config (id, url, cadence) values (1, 'http://127.0.0.1/', '1m')`.execute(
    db,
  )
  await sql`insert into ping_status (site_id, slot, checked_at, result, worker, failure, latency_ms, dns_ms)
    values (1, date_trunc('second', now()), now(), 'down', 'w', 'status', 5, 2)`.execute(db)
  await sql`update ping_status set result = 'inconclusive', failure = null`.execute(db)
  await sql`insert into outages (id, site_id, started_at, detected_at, opened_slot, failure)
    values (gen_random_uuid(), 1, now(), now(), now(), 'status')`.execute(db)
  expect(await readOutages(db)).toHaveLength(1)
  await sql`delete from outages`.execute(db)
  await sql`update schedule_hand set last_slot = last_slot + interval '1 s'`.execute(db)

  expect((await readRowEvents(db)).map(({ event }) => event)).toEqual(['stored', 'changed'])
  expect(await readRows(db)).toMatchObject([{ siteId: 1, result: 'inconclusive', leastMs: 2 }])
  expect((await readOutageEvents(db)).map(({ event }) => event)).toEqual(['opened', 'retracted'])
  const [move] = await readHandMoves(db)
  expect((move?.toMs ?? 0) - (move?.fromMs ?? 0)).toBe(1_000)
  await sql`delete from site_config`.execute(db)
})

test('joins the times in which a site was watched, unless its slots changed', async () => {
  const db = connect(
    { connectionString: database.url, applicationName: 'test', maxConnections: 1 },
    () => undefined,
  )
  await sql`insert into site_config (id, url, cadence) values (5, 'http://127.0.0.1/', '1m')`.execute(
    db,
  )
  await sql`delete from site_config_history where site_id = 5`.execute(db)
  await sql`insert into site_config_history
    select r.site_id, v.from_at::timestamptz, v.to_at::timestamptz, v.seconds, v.watched, r.url, r.tags, r.failure_threshold,
      r.recovery_threshold, r.slo_target, r.sla_ms, r.config
    from site_config c cross join lateral rule_of(c) r cross join (values
      ('2026-01-01 00:00Z', '2026-01-01 00:01Z', 60, true), ('2026-01-01 00:01Z', '2026-01-01 00:02Z', 60, true),
      ('2026-01-01 00:02Z', '2026-01-01 00:03Z', 60, false), ('2026-01-01 00:03Z', '2026-01-01 00:04Z', 60, true),
      ('2026-01-01 00:04Z', null, 300, true)) as v (from_at, to_at, seconds, watched) where c.id = 5`.execute(
    db,
  )
  const minute = (at: number | null) => (at === null ? null : (at - Date.UTC(2026, 0, 1)) / 60_000)
  const spans = await readWatchedSpans(db)
  expect(
    spans
      .filter(({ siteId }) => siteId === 5)
      .map(({ seconds, fromMs, untilMs }) => [seconds, minute(fromMs), minute(untilMs)]),
  ).toEqual([
    [60, 0, 2],
    [60, 3, 4],
    [300, 4, null],
  ])
  await sql`delete from site_config where id = 5`.execute(db)
  await db.destroy()
})
