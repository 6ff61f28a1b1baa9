import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Db } from '#db/connect.ts'
import { migrate } from '#db/migrate.ts'
import { makePartitions } from '#db/ping-status.ts'
import { queueDefinitions } from '#shared/contracts/queues.ts'
import { slotsBetween } from '#shared/domain/slot.ts'
import { openLog } from '#shared/runtime/log.ts'
import { installQueues } from '#shared/runtime/queue.ts'
import { type RunningPostgres, startPostgres } from '../../scripts/support/postgres.ts'
import { readSlots, readStored } from './read-slots.ts'
import { setFleet, uncheckedSites } from './set-fleet.ts'

const SITES = 7
const CADENCE_SECONDS = 20
/** Two minutes that are over, from a second that no cadence begins with. */
const fromMs = Math.floor(Date.now() / 60_000) * 60_000 - 180_000 + 7_000
const window = { fromMs, untilMs: fromMs + 120_000 }
const target = { origin: 'https://127.0.0.1:1', scheme: 'https' } as const

describe('the slots of a window', () => {
  let folder: string
  let postgres: RunningPostgres
  let db: Db

  // A server of its own: the one of all tests does not note when it commits.
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-slots-'))
    postgres = await startPostgres({
      dataDir: path.join(folder, 'postgres'),
      durable: false,
      settings: { track_commit_timestamp: 'on' },
    })
    const settings = { connectionString: postgres.url, applicationName: 'test', maxConnections: 1 }
    db = connect(settings, () => undefined)
    const log = openLog('test', 'silent')
    await migrate(db, {
      rolePassword: null,
      installQueues: () => installQueues(postgres.url, queueDefinitions, log),
    })
    await makePartitions(db)
    await setFleet(db, { sites: SITES, cadenceSeconds: CADENCE_SECONDS, target }, 'at_slot')
  }, 60_000)

  afterAll(async () => {
    await db.destroy()
    await postgres.stop({ remove: true })
    await rm(folder, { recursive: true, force: true })
  })

  /** What the domain's own arithmetic says, the first slot of a window being in it and the last one's end not. */
  const slotsOf = (siteId: number) =>
    slotsBetween(siteId, CADENCE_SECONDS, window.fromMs - 1, window.untilMs - 1)

  const store = (siteId: number, slotMs: number, lateMs: number) =>
    sql`
    insert into ping_status (site_id, slot, checked_at, result, worker)
    values (${siteId}, ${new Date(slotMs)}, ${new Date(slotMs + lateMs)}, 'up', 'w')`.execute(db)

  test('are counted by arithmetic, found by their rows, and timed from the slot', async () => {
    const stored = Array.from({ length: SITES }, (_, index) => index + 1).flatMap((siteId) =>
      slotsOf(siteId).map((slotMs) => ({ siteId, slotMs })),
    )
    const [missing, ...others] = stored
    for (const [index, { siteId, slotMs }] of others.entries())
      await store(siteId, slotMs, index === 0 ? 9_000 : 250)
    // Beside the window, and of a slot that is none.
    await store(1, window.untilMs + 60_000, 250)
    await store(2, (others[0]?.slotMs ?? 0) + 1_000, 250)

    const slots = await readSlots(db, CADENCE_SECONDS, window)
    expect(slots.map(({ minute }) => minute)).toEqual([0, 1, -1])
    const all = slots.at(-1)
    expect(all).toMatchObject({ expected: stored.length, done: stored.length - 1 })
    expect(all?.latenessMs).toMatchObject({ p50: 250, max: 9_000 })
    expect(all?.storedMs.p50).toBeGreaterThan(60_000 - 10_000)
    expect(all?.storedMs.max).toBeLessThan(Date.now() - fromMs + 1_000)
    const minuteOfMissing = ((missing?.slotMs ?? 0) - fromMs) / 60_000 < 1 ? 0 : 1
    expect(slots.map(({ expected, done }) => expected - done)).toEqual([
      minuteOfMissing === 0 ? 1 : 0,
      minuteOfMissing === 1 ? 1 : 0,
      1,
    ])
  })

  test('are of watched sites alone', async () => {
    await setFleet(db, { sites: 3, cadenceSeconds: CADENCE_SECONDS, target }, 'at_slot')
    const expected = [1, 2, 3].flatMap(slotsOf).length
    expect((await readSlots(db, CADENCE_SECONDS, window)).at(-1)).toMatchObject({ expected })
  })

  test('of nobody are none', async () => {
    await setFleet(db, { sites: 0, cadenceSeconds: CADENCE_SECONDS, target }, 'at_slot')
    const [all] = await readSlots(db, CADENCE_SECONDS, window)
    expect(all).toMatchObject({ minute: -1, expected: 0, done: 0, latenessMs: { p99: 0 } })
  })

  test('are counted by when their rows were committed', async () => {
    const beforeMs = Date.now()
    await store(4, beforeMs + 86_400_000 / 24, 0)
    await expect
      .poll(async () => readStored(db, [beforeMs - 60_000, beforeMs, Date.now() + 1_000]))
      .toEqual([expect.any(Number), 1])
  })

  test('a fleet grows and shrinks, and asks for no check before a slot unless told to', async () => {
    const count = async (what: 'site_config' | 'check_request') =>
      (await sql<{ count: number }>`select count(*) as count from ${sql.table(what)}`.execute(db))
        .rows[0]?.count
    const fleet = { cadenceSeconds: CADENCE_SECONDS, target }
    await setFleet(db, { ...fleet, sites: 9 }, 'at_slot')
    expect([await count('site_config'), await count('check_request')]).toEqual([9, 0])
    expect(await uncheckedSites(db)).toBe(9)
    await setFleet(db, { ...fleet, sites: 11 }, 'at_once')
    expect([await count('site_config'), await count('check_request')]).toEqual([11, 2])
    const { rows } = await sql<{ url: string; tls_server_name: string }>`
      select url, tls_server_name from site_config where id = 11`.execute(db)
    expect(rows).toEqual([{ url: 'https://127.0.0.1:1/s/11', tls_server_name: 's11.truth.test' }])
  })
})
