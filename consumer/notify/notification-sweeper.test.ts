import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openLog } from '#shared/runtime/log.ts'
import type { JobQueue } from '#shared/runtime/queue.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'
import { notificationSweeper } from './notification-sweeper.ts'

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
  await sql`truncate notifications restart identity`.execute(database.db)
  await sql`delete from pgboss.job`.execute(database.db)
})

const addMessage = (ageMinutes: number, columns: object = {}) =>
  database.db
    .insertInto('notifications')
    .values({
      outage_id: '6f3a1c0e-52b8-5d0f-9c57-8f6f3f1d2a90',
      kind: 'outage',
      channel: 'email',
      recipient: 'ops@example.org',
      message_id: '<x@example.org>',
      facts: '{}',
      queued_at: new Date(Date.now() - ageMinutes * 60_000),
      ...columns,
    })
    .execute()

const sweep = (nowMs = Date.now()) =>
  notificationSweeper({
    db: database.db,
    queue,
    nowMs: () => nowMs,
    log: openLog('test', 'silent'),
  }).runOnce()

describe('a sweep', () => {
  test.each([
    ['gives a job to a message that waits for long', 11, {}, 1],
    ['leaves one alone that is new', 9, {}, 0],
    ['leaves one alone that was sent', 11, { sent_at: new Date() }, 0],
    ['leaves one alone that was given up', 11, { failed_at: new Date() }, 0],
    [
      'leaves one alone that is being sent',
      11,
      { claimed_until: new Date(Date.now() + 60_000) },
      0,
    ],
    ['gives one to a message whose sender was killed', 11, { claimed_until: new Date(0) }, 1],
  ])('%s', async (_, ageMinutes, columns, jobs) => {
    await addMessage(ageMinutes, columns)
    expect(await sweep()).toBe(jobs)
  })

  test('gives a message one job in a day, and another in the next', async () => {
    await addMessage(11)
    const nowMs = Date.now()
    expect([await sweep(nowMs), await sweep(nowMs), await sweep(nowMs + 86_400_000)]).toEqual([
      1, 0, 1,
    ])
  })
})
