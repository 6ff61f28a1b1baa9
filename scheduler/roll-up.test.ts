import { sql } from 'kysely'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connect, type Db } from '#db/connect.ts'
import { openLog } from '#shared/runtime/log.ts'
import { forgetEverything } from '../test/support/rolled-up.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { retention } from './retention.ts'
import { rollUps } from './roll-up.ts'

const HOUR_S = 3_600
/** Two hours ago, on the hour. */
const BASE_S = Math.floor(Date.now() / 3_600_000) * HOUR_S - 2 * HOUR_S

let database: TestDatabase
/** With no more rights than the scheduler has. */
let db: Db
beforeAll(async () => {
  database = await openTestDatabase()
  db = connect(
    {
      connectionString: database.urlAs('uptick_scheduler'),
      applicationName: 'test',
      maxConnections: 2,
    },
    () => undefined,
  )
})
afterAll(async () => {
  await db.destroy()
  await database.close()
})
beforeEach(async () => {
  await forgetEverything(database.db, BASE_S)
  await sql`
    insert into site_config (id, url, cadence, created_at)
    values (1, 'http://127.0.0.1:9/', '1h', to_timestamp(${BASE_S}::float8))`.execute(database.db)
  await sql`
    insert into ping_status (site_id, slot, checked_at, result, worker, latency_ms)
    values (1, to_timestamp(${BASE_S}::float8), now(), 'up', 'w', 20)`.execute(database.db)
})

/** Another test's transaction on the same server may be under way: then a turn does nothing. */
const PATIENT = { timeout: 15_000 }

const log = openLog('test', 'silent')
const turn = () => rollUps({ db, log }).runOnce()
const upSeconds = async () => {
  const { rows } = await sql<{ up: number }>`
    select coalesce(sum(up_s), 0)::float8 as up from site_hours`.execute(database.db)
  return rows[0]?.up
}

describe('a turn of rolling up', () => {
  test('does a bounded part of what is due, and the next ones the rest', async () => {
    await expect.poll(turn, PATIENT).toMatchObject({ pieces: 8, recounted: 0 })
    while ((await turn()).pieces > 0);
    expect(await upSeconds()).toBe(HOUR_S)
    const { rows } = await sql`select total from site_latency_hours`.execute(database.db)
    expect(rows).toHaveLength(1)
  })

  test('counts again what came late', async () => {
    while ((await turn()).pieces > 0);
    await sql`update ping_status set result = 'inconclusive'`.execute(database.db)
    expect(await turn()).toMatchObject({ pieces: 0, recounted: 2 })
    expect(await upSeconds()).toBe(0)
  })

  test('leaves to the next one what a transaction is still writing', async () => {
    const writer = new Client({ connectionString: database.url })
    await writer.connect()
    await writer.query('begin')
    await writer.query('select pg_current_xact_id()')
    expect(await turn()).toMatchObject({ pieces: 0 })
    await writer.query('commit')
    await writer.end()
    await expect.poll(turn, PATIENT).toMatchObject({ pieces: 8 })
  })
})

describe('retention', () => {
  test('may be what the scheduler does, and drops nothing that is young', async () => {
    const keep = { rawDays: 8, hourlyDays: 90, dailyDays: 0 }
    expect(await retention({ db, keep, log }).runOnce()).toEqual([])
  })
})
