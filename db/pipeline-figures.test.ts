import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { CHECK_QUEUE, NOTIFY_QUEUE } from '#shared/contracts/queues.ts'
import { openLog } from '#shared/runtime/log.ts'
import { type JobQueue, openQueue } from '#shared/runtime/queue.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { connect, type Db } from './connect.ts'
import { readPipelineFigures } from './pipeline-figures.ts'

let database: TestDatabase
let queue: JobQueue
/** As the role that asks for it, with the rights that it ships with. */
let asScheduler: Db
beforeAll(async () => {
  database = await openTestDatabase()
  // The queue's own supervision is what counts the jobs that somebody has.
  queue = await openQueue(
    {
      connectionString: database.url,
      applicationName: 'test',
      maxConnections: 3,
      supervises: true,
    },
    openLog('test', 'silent'),
    new AbortController().signal,
  )
  const connectionString = database.urlAs('uptick_scheduler')
  asScheduler = connect(
    { connectionString, applicationName: 'test', maxConnections: 2 },
    () => undefined,
  )
})
afterAll(async () => {
  await queue.close()
  await asScheduler.destroy()
  await database.close()
})
beforeEach(async () => {
  await sql`truncate site_config, sites, outages, notifications cascade`.execute(database.db)
  await sql`delete from pgboss.job`.execute(database.db)
})

const read = () => readPipelineFigures(asScheduler, [CHECK_QUEUE, NOTIFY_QUEUE])
const nothing = { waiting: 0, active: 0, oldestSeconds: 0 }

test('of nothing are all 0', async () => {
  expect(await read()).toEqual({
    queues: [
      { queue: CHECK_QUEUE, ...nothing },
      { queue: NOTIFY_QUEUE, ...nothing },
    ],
    sites: { up: 0, down: 0, unknown: 0, disabled: 0, invalid: 0 },
    openOutages: 0,
    unsentNotifications: 0,
    oldestUnsentSeconds: 0,
  })
})

test('count each site once, by what is known of it', async () => {
  await sql`
    insert into site_config (id, url, enabled)
    select n, 'http://site.example/' || n, n <> 5 from generate_series(1, 6) as n`.execute(
    database.db,
  )
  await sql`update site_config set validity = 'invalid', invalid_reason = 'r' where id = 6`.execute(
    database.db,
  )
  await sql`update sites set status = 'up' where site_id in (1, 2)`.execute(database.db)
  await sql`update sites set status = 'down' where site_id in (3, 5, 6)`.execute(database.db)
  await sql`
    insert into outages (id, site_id, started_at, detected_at, failure, opened_slot, ended_at, closed_slot)
    values (gen_random_uuid(), 3, now() - interval '1 minute', now(), 'timeout', now(), null, null),
      (gen_random_uuid(), 1, now() - interval '1 hour', now(), 'timeout', now(), now(), now())`.execute(
    database.db,
  )
  expect(await read()).toMatchObject({
    sites: { up: 2, down: 1, unknown: 1, disabled: 1, invalid: 1 },
    openOutages: 1,
  })
})

test('tell jobs that wait from jobs that somebody has, and how old the oldest is', async () => {
  const jobs = Array.from({ length: 5 }, () => ({ id: randomUUID(), data: {} }))
  await queue.insert(CHECK_QUEUE, jobs)
  const [done, ...held] = await queue.fetch(CHECK_QUEUE, 3)
  await queue.complete(CHECK_QUEUE, done === undefined ? [] : [done])
  await sql`update pgboss.job set created_on = now() - interval '40 s' where state = 'created'`.execute(
    database.db,
  )
  await vi.waitFor(
    async () => expect((await read()).queues[0]).toMatchObject({ waiting: 2, active: held.length }),
    { timeout: 18_000, interval: 250 },
  )
  const [checks, notify] = (await read()).queues
  expect(checks?.oldestSeconds).toBeGreaterThanOrEqual(40)
  expect(checks?.oldestSeconds).toBeLessThan(100)
  expect(notify).toEqual({ queue: NOTIFY_QUEUE, ...nothing })
})

test('tell how long the oldest message has waited, and not of what was sent or given up', async () => {
  await sql`
    insert into notifications (outage_id, kind, channel, recipient, queued_at, sent_at, failed_at, message_id, facts)
    select gen_random_uuid(), 'outage', 'email', 'a@example.org', now() - make_interval(secs => age),
      case when became = 'sent' then now() end, case when became = 'failed' then now() end, 'm', '{}'
    from (values (600, 'sent'), (500, 'failed'), (90, null), (10, null)) as message (age, became)`.execute(
    database.db,
  )
  const { unsentNotifications, oldestUnsentSeconds } = await read()
  expect(unsentNotifications).toBe(2)
  expect(oldestUnsentSeconds).toBeGreaterThanOrEqual(90)
  expect(oldestUnsentSeconds).toBeLessThan(200)
})
