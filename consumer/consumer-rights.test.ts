import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type Db } from '#db/connect.ts'
import type { CheckResult, Outcome } from '#shared/domain/result.ts'
import { openLog } from '#shared/runtime/log.ts'
import { Recording } from '../test/support/recording.ts'
import { record, resultAt } from '../test/support/results.ts'
import { alertRelease } from './alert-release.ts'
import { certificateWatch } from './certificate-watch.ts'
import { type RecordContext, recordBatch } from './record-batch.ts'

/** The role of the consumer has the rights that its work takes: all of it, as that role. */

const SITES = 10
const log = openLog('test', 'silent')
let recording: Recording
let db: Db
let context: RecordContext
beforeAll(async () => {
  recording = await Recording.open()
  db = connect(
    {
      connectionString: recording.database.urlAs('uptick_consumer'),
      applicationName: 'test',
      maxConnections: 2,
    },
    () => undefined,
  )
  context = { ...recording.context, db }
  await sql`
    insert into site_config (url, name)
    select 'http://host-' || n || '.example/', 'site ' || n from generate_series(1, ${SITES}::int) n`.execute(
    recording.database.db,
  )
  await sql`insert into depends_on (site_id, parent_id) values (1, 2)`.execute(
    recording.database.db,
  )
  await sql`truncate check_request`.execute(recording.database.db)
})
afterAll(async () => {
  await db.destroy()
  await recording.close()
})

const checkedAtMs = Date.now()
const of = (worker: string, slot: number, result: Outcome): readonly CheckResult[] =>
  Array.from({ length: SITES }, (_, at) => ({
    ...resultAt(slot, result, at + 1),
    worker,
    checkedAtMs,
  }))
const take = (...results: readonly CheckResult[]) =>
  recordBatch(
    context,
    results.map((result) => record(result)),
  )

test('to take results, doubt a worker and take back what it saw', async () => {
  await take(...of('good', 0, 'up'))
  await take(...of('blind', 1, 'down').slice(0, 4))
  const { doubts } = await take(...of('good', 2, 'up'), ...of('blind', 3, 'down'))
  expect([...doubts.keys()]).toEqual(['blind'])
  const { rows } = await sql<{ result: string }>`
    select distinct result from ping_status where worker = 'blind'`.execute(db)
  expect(rows).toEqual([{ result: 'inconclusive' }])
})

test('to hold an outage, to tell of it later, and to ask for second looks', async () => {
  await sql`
    insert into maintenance (title, site_ids, starts_at, ends_at)
    values ('work', '{3}', now() - interval '1 hour', now() + interval '1 hour')`.execute(
    recording.database.db,
  )
  await take(resultAt(4, 'down', 3), resultAt(4, 'down', 1))
  await take(resultAt(5, 'down', 3))
  const held = await db.selectFrom('outages').select('held_by').where('site_id', '=', 3).execute()
  expect(held).toEqual([{ held_by: 'maintenance' }])
  await sql`truncate maintenance`.execute(recording.database.db)
  expect((await alertRelease({ ...context, log }).runOnce()).told).toHaveLength(1)
  const asked = await sql<{ count: number }>`select count(*) as count from check_request`.execute(
    db,
  )
  expect(Number(asked.rows[0]?.count)).toBeGreaterThan(0)
})

test('to warn of certificates', async () => {
  const expiresAtMs = Date.now() + 2 * 86_400_000
  const certificate = {
    subject: 'a',
    issuer: 'b',
    fingerprint: 'AA',
    expiresAtMs,
    chainError: null,
  }
  await take({ ...resultAt(6, 'up', 4), certificate, certExpiresAtMs: expiresAtMs })
  const watch = certificateWatch({ ...context, log, days: [3] })
  expect((await watch.runOnce()).map(({ days }) => days)).toEqual([3])
})
