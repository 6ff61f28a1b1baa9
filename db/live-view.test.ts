import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { readLiveView } from './live-view.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

test('of an empty database is empty', async () => {
  const view = await readLiveView(database.db, 10)
  expect(view).toMatchObject({ sites: [], emails: [] })
  expect(view.totals).toEqual({
    up: 0,
    down: 0,
    unknown: 0,
    disabled: 0,
    invalid: 0,
    openOutages: 0,
    checksPerSecond: 0,
    latenessP50Ms: null,
    latenessP99Ms: null,
    queuedChecks: 0,
    queuedResults: 0,
  })
  expect(Math.abs(view.nowMs - Date.now())).toBeLessThan(60_000)
})

test('shows sites worst first, their totals, what waits and the last emails', async () => {
  const { db } = database
  await sql`
    insert into site_config (id, url, name, enabled) values
      (1, 'http://127.0.0.1/up', 'up', true), (2, 'http://127.0.0.1/down', 'down', true),
      (3, 'http://127.0.0.1/failing', 'failing', true), (4, 'http://127.0.0.1/new', null, true),
      (5, 'http://127.0.0.1/invalid', 'invalid', true), (6, 'http://127.0.0.1/off', 'off', false)`.execute(
    db,
  )
  await sql`update site_config set validity = 'invalid', invalid_reason = 'because' where id = 5`.execute(
    db,
  )
  await sql`
    update sites set status = 'up', status_since = now() - interval '1 hour', last_result = 'up', last_latency_ms = 20,
      last_slot = now() - interval '3 seconds', last_checked_at = now() - interval '2 seconds'
    where site_id in (1, 3)`.execute(db)
  await sql`
    update sites set streak = 1, streak_since = now(), last_result = 'down', last_failure = 'timeout' where site_id = 3`.execute(
    db,
  )
  await sql`
    update sites set status = 'down', status_since = now() - interval '1 minute', last_result = 'down',
      last_failure = 'refused', last_slot = now() - interval '33 seconds', last_checked_at = now() - interval '30 seconds'
    where site_id = 2`.execute(db)
  await sql`
    insert into outages (id, site_id, started_at, detected_at, failure, opened_slot)
    values (gen_random_uuid(), 2, now(), now(), 'refused', now())`.execute(db)
  await sql`
    insert into notifications (outage_id, kind, channel, recipient, message_id, facts, queued_at)
    select gen_random_uuid(), 'outage', 'email', 'to' || i || '@b.test', '<' || i || '>', '{"siteName": "down"}', now()
    from generate_series(1, 7) as i order by i`.execute(db)
  await sql`
    insert into pgboss.job (name, state) values ('check', 'created'), ('check', 'retry'), ('check', 'active'), ('notify', 'created')`.execute(
    db,
  )

  const { totals, sites, emails } = await readLiveView(db, 4)
  expect(totals).toEqual({
    up: 2,
    down: 1,
    unknown: 1,
    disabled: 1,
    invalid: 1,
    openOutages: 1,
    checksPerSecond: 0.2,
    latenessP50Ms: expect.closeTo(1_000, 0),
    latenessP99Ms: expect.closeTo(2_960, 0),
    queuedChecks: 2,
    queuedResults: 0,
  })
  expect(sites.map(({ name, status, lastFailure }) => [name, status, lastFailure])).toEqual([
    ['down', 'down', 'refused'],
    ['invalid', 'invalid', null],
    ['failing', 'up', 'timeout'],
    ['http://127.0.0.1/new', 'unknown', null],
  ])
  expect(emails.map(({ recipient }) => recipient)).toEqual(
    [7, 6, 5, 4, 3].map((number) => `to${number}@b.test`),
  )
  expect(emails[0]).toMatchObject({
    kind: 'outage',
    siteName: 'down',
    sentAtMs: null,
    failedAtMs: null,
  })
})
