import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makePartitions } from '#db/ping-status.ts'
import { encodeResult } from '#shared/contracts/result-record.ts'
import { openLog } from '#shared/runtime/log.ts'
import type { JobQueue } from '#shared/runtime/queue.ts'
import type { ReceivedRecord } from '#shared/runtime/stream.ts'
import { resultAt } from '../test/support/results.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { FleetWatch } from './fleet-watch.ts'
import type { Recorded } from './record-batch.ts'
import { type SettleContext, settleBatch } from './settle-batch.ts'

let database: TestDatabase
let queue: JobQueue
const log = openLog('test', 'silent')
beforeAll(async () => {
  database = await openTestDatabase()
  queue = await database.openQueue()
})
afterAll(async () => {
  await queue.close()
  await database.close()
})
beforeEach(async () => {
  await sql`truncate site_config, ping_status, dead_letter restart identity cascade`.execute(
    database.db,
  )
  await database.db.insertInto('site_config').values({ url: 'http://127.0.0.1:9/' }).execute()
})

const minuteAgoMs = Math.floor(Date.now() / 60_000) * 60_000 - 60_000
const record = (offset: number, message: string | null = null): ReceivedRecord => ({
  topic: 'statuses',
  partition: 0,
  offset: String(offset),
  key: '1',
  value: Buffer.from(
    encodeResult({
      ...resultAt(0, 'inconclusive'),
      slotMs: minuteAgoMs - offset * 1000,
      message,
    }),
  ),
})

function contextOf(overrides: Partial<SettleContext> = {}) {
  const recorded: Recorded[] = []
  const retries: unknown[] = []
  const refused: unknown[] = []
  const context: SettleContext = {
    db: database.db,
    queue,
    log,
    nowMs: () => Date.now(),
    defaultRecipients: [],
    messageIdDomain: 'example.org',
    fleet: new FleetWatch(),
    flapping: { outagesMax: 0, windowMs: 1, calmMs: 1 },
    stopping: new AbortController().signal,
    onRecorded: (batch) => recorded.push(batch),
    onRefused: () => refused.push(1),
    onRetry: () => retries.push(1),
    ...overrides,
  }
  return { context, recorded, refused, retries }
}
const alive = async () => undefined
const stored = async () =>
  (await database.db.selectFrom('ping_status').selectAll().execute()).length

/** A refusal by the database itself, of the class that a row with bad data gets. */
const refuse = (what: string) =>
  sql
    .raw(`create or replace function refuse_poison() returns trigger language plpgsql as $$ begin ${what} return new; end $$;
    create or replace trigger refuse_poison before insert on ping_status for each row execute function refuse_poison()`)
    .execute(database.db)
const accept = () => sql`drop trigger if exists refuse_poison on ping_status`.execute(database.db)

describe('a batch that the database refuses', () => {
  test('for the data of one record loses that one alone, with the reason', async () => {
    await refuse(
      `if new.message = 'poison' then raise exception 'no such thing' using errcode = '23514', constraint = 'no_poison'; end if;`,
    )
    const { context, recorded, refused } = contextOf()
    const records = Array.from({ length: 9 }, (_, offset) =>
      record(offset, offset === 5 ? 'poison' : null),
    )
    await settleBatch(context, records, alive)
    await accept()
    expect(await stored()).toBe(8)
    expect(recorded.flatMap((batch) => batch.stored)).toHaveLength(8)
    expect(refused).toHaveLength(1)
    const letters = await database.db
      .selectFrom('dead_letter')
      .select(['kafka_offset', 'reason'])
      .execute()
    expect(letters).toEqual([
      { kafka_offset: 5, reason: 'the database refuses it: no such thing (23514)' },
    ])
  })

  test.each([
    ['being read-only', '25006'],
    ['a full disk', '53100'],
    ['a deadlock', '40P01'],
    ['a shutdown', '57P01'],
  ])('for %s is tried again until it is taken, and nothing is put aside', async (_, code) => {
    await refuse(`raise exception 'not now' using errcode = '${code}';`)
    let signs = 0
    const { context, retries, recorded } = contextOf()
    const aliveThenMended = async () => {
      signs++
      if (signs === 2) await accept()
    }
    await settleBatch(context, [record(1), record(2)], aliveThenMended)
    expect({ rows: await stored(), retries: retries.length, recorded: recorded.length }).toEqual({
      rows: 2,
      retries: 2,
      recorded: 1,
    })
    expect(await database.db.selectFrom('dead_letter').selectAll().execute()).toEqual([])
  })

  test('for want of its day’s partition waits until there is one', async () => {
    const days = await sql<{ name: string }>`
      select inhrelid::regclass::text as name from pg_inherits where inhparent = 'ping_status'::regclass`.execute(
      database.db,
    )
    for (const { name } of days.rows) await sql`drop table ${sql.table(name)}`.execute(database.db)
    const { context, retries } = contextOf()
    await settleBatch(context, [record(1)], async () => void (await makePartitions(database.db)))
    expect({ rows: await stored(), retries: retries.length }).toEqual({ rows: 1, retries: 1 })
    expect(await database.db.selectFrom('dead_letter').selectAll().execute()).toEqual([])
  })

  test('for a fault of our own statement is not skipped: the error goes up', async () => {
    await refuse(`perform no_such_function();`)
    const { context } = contextOf()
    await expect(settleBatch(context, [record(1)], alive)).rejects.toThrow('no_such_function')
    await accept()
    expect(await database.db.selectFrom('dead_letter').selectAll().execute()).toEqual([])
  })

  test('and that meanwhile belongs to another consumer is left to it', async () => {
    await refuse(`raise exception 'not now' using errcode = '53100';`)
    const { context } = contextOf()
    const lost = () => Promise.reject(new Error('rebalanced'))
    await expect(settleBatch(context, [record(1)], lost)).rejects.toThrow('rebalanced')
    await accept()
    expect(await stored()).toBe(0)
  })
})
