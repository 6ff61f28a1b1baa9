import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newestSlotMs } from '#shared/domain/slot.ts'
import type { JobQueue } from '#shared/runtime/queue.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { enqueueDueChecks, type Tick } from './enqueue-due-checks.ts'

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
  await sql`truncate site_config restart identity cascade`.execute(database.db)
  await sql`delete from pgboss.job`.execute(database.db)
  await setHand(1)
})

const tick = async (maxRequestsPerTick = 100) => {
  const done = await enqueueDueChecks({ db: database.db, queue, maxRequestsPerTick })
  if (done.outcome !== 'moved') throw new Error(`the hand is ${done.outcome}`)
  return done
}
const setHand = (secondsAgo: number) =>
  sql`update schedule_hand set last_slot = date_trunc('second', clock_timestamp()) - make_interval(secs => ${secondsAgo})`.execute(
    database.db,
  )
const addSites = async (count: number, cadence = '1m') => {
  await sql`insert into site_config (url, cadence) select 'http://127.0.0.1:9/' || n, ${cadence} from generate_series(1, ${count}) n`.execute(
    database.db,
  )
}
const addHeartbeat = () =>
  sql`insert into site_config (url, cadence) values ('heartbeat:nightly-backup', '1m')`.execute(
    database.db,
  )
const jobData = async () => {
  const { rows } = await sql<{ data: { slot: number; target: object } }>`
    select data from pgboss.job where name = 'check'`.execute(database.db)
  return rows.map(({ data }) => data)
}
const forgetRequests = () => sql`truncate check_request`.execute(database.db)
const jobs = async () => {
  const { rows } = await sql<{ site: number; slot: number }>`
    select (data->>'site_id')::int as site, (data->>'slot')::float8 as slot from pgboss.job where name = 'check' order by 1, 2`.execute(
    database.db,
  )
  return rows
}
const handMs = async () => {
  const row = await database.db
    .selectFrom('schedule_hand')
    .select('last_slot')
    .executeTakeFirstOrThrow()
  return row.last_slot.getTime()
}

describe('a turn of the clock hand', () => {
  test('over a whole cadence gives every site its newest slot, once', async () => {
    await addSites(50)
    await forgetRequests()
    await setHand(60)
    await tick()
    const nowMs = await handMs()
    expect(await jobs()).toEqual(
      Array.from({ length: 50 }, (_, index) => ({
        site: index + 1,
        slot: newestSlotMs(index + 1, 60, nowMs),
      })),
    )
  })

  test('over a part of the cadence gives exactly the sites with a slot in it', async () => {
    await addSites(200)
    await forgetRequests()
    await setHand(7)
    const fromMs = await handMs()
    await tick()
    const nowMs = await handMs()
    const expected = Array.from({ length: 200 }, (_, index) => ({
      site: index + 1,
      slot: newestSlotMs(index + 1, 60, nowMs),
    }))
    expect(await jobs()).toEqual(expected.filter(({ slot }) => slot > fromMs))
  })

  test('after a stall of an hour gives each site one slot, not sixty', async () => {
    await addSites(20)
    await forgetRequests()
    await setHand(3_600)
    const done = await tick()
    // The stall has lasted an hour and what the test itself has taken: 59 slots of each, now and then 60.
    expect(done).toMatchObject({ due: 20, enqueued: 20 })
    expect(done.missed).toBeGreaterThanOrEqual(20 * 59)
    expect(done.missed).toBeLessThanOrEqual(20 * 60)
    expect(done.seconds).toBeGreaterThanOrEqual(3_600)
  })

  test('that follows at once gives nothing again', async () => {
    await addSites(50)
    await setHand(60)
    expect(await tick()).toMatchObject({ missed: 0 })
    await setHand(30)
    expect(await tick()).toMatchObject({ enqueued: 0 })
  })

  test('does not go back when the clock was set back', async () => {
    await setHand(-3_600)
    const aheadMs = await handMs()
    expect(await tick()).toMatchObject({ due: 0, seconds: 0 })
    expect(await handMs()).toBe(aheadMs)
  })

  test('uses a cadence that is new by an INSERT alone', async () => {
    await sql`insert into cadence (name, seconds) values ('2s', 2) on conflict do nothing`.execute(
      database.db,
    )
    await addSites(3, '2s')
    await forgetRequests()
    await setHand(2)
    expect(await tick()).toMatchObject({ due: 3, enqueued: 3 })
  })

  test('leaves out sites that are not enabled', async () => {
    await addSites(2)
    await sql`update site_config set enabled = false where id = 1`.execute(database.db)
    await setHand(60)
    await tick()
    expect((await jobs()).map(({ site }) => site)).toEqual([2])
  })

  test('by many schedulers at once gives each slot once', async () => {
    await addSites(300)
    await forgetRequests()
    await setHand(60)
    const turns = await Promise.all(
      Array.from({ length: 4 }, () =>
        enqueueDueChecks({ db: database.db, queue, maxRequestsPerTick: 100 }),
      ),
    )
    const enqueued = turns.map((turn: Tick) => (turn.outcome === 'moved' ? turn.enqueued : 0))
    expect(enqueued.reduce((sum, count) => sum + count, 0)).toBe(300)
    expect(new Set((await jobs()).map(({ site }) => site)).size).toBe(300)
  })

  test('that fails leaves neither jobs nor a moved hand', async () => {
    await addSites(5)
    await setHand(60)
    const before = await handMs()
    const broken: JobQueue = {
      ...queue,
      insert: (name, list, within) =>
        queue.insert(name, list, within).then(() => Promise.reject(new Error('killed'))),
    }
    await expect(
      enqueueDueChecks({ db: database.db, queue: broken, maxRequestsPerTick: 100 }),
    ).rejects.toThrow('killed')
    expect({ hand: await handMs(), jobs: await jobs() }).toEqual({ hand: before, jobs: [] })
  })
})

describe('a site that asks for a check', () => {
  const drain = async () => {
    await tick()
    await setHand(1)
    await sql`delete from pgboss.job`.execute(database.db)
  }

  test.each([
    ['is new', async () => addSites(1, '1h')],
    [
      'has another URL',
      async () =>
        void (await sql`update site_config set url = 'http://127.0.0.1:9/other'`.execute(
          database.db,
        )),
    ],
    [
      'has another cadence',
      async () => void (await sql`update site_config set cadence = '10m'`.execute(database.db)),
    ],
    [
      'is enabled again',
      async () => {
        await sql`update site_config set enabled = false`.execute(database.db)
        await drain()
        await sql`update site_config set enabled = true`.execute(database.db)
      },
    ],
  ])('because it %s gets one at the next turn, and only then', async (what, change) => {
    if (what !== 'is new') await addSites(1, '1h')
    await drain()
    await change()
    await tick()
    await setHand(1)
    await tick()
    expect(await jobs()).toHaveLength(1)
  })

  test('gets its slot alone when that is due in the same turn', async () => {
    await addSites(20)
    await setHand(60)
    expect(await tick()).toMatchObject({ due: 20, requested: 0, enqueued: 20 })
  })

  test('gets none for a change of its name, tags, thresholds or recipients', async () => {
    await addSites(1, '1h')
    await drain()
    await sql`update site_config set name = 'n', tags = '{a}', failure_threshold = 3, alert_emails = '{a@b.example}'`.execute(
      database.db,
    )
    expect(await tick()).toMatchObject({ requested: 0 })
  })

  test('waits for a later turn when there are too many at once', async () => {
    await addSites(25, '1h')
    const turns: Awaited<ReturnType<typeof tick>>[] = []
    for (let turn = 0; turn < 3; turn++) {
      await setHand(1)
      turns.push(await tick(10))
    }
    expect(await jobs()).toHaveLength(25)
    expect(Math.max(...turns.map((turn) => turn.requested))).toBeLessThanOrEqual(10)
  })

  test('again in a second that it had a check in gets the next second, not that slot twice', async () => {
    await addSites(1, '1h')
    await drain()
    await setHand(0)
    await sql`update site_config set url = 'http://127.0.0.1:9/other'`.execute(database.db)
    const done = await tick()
    // The clock may just have moved on, and then the hand as well.
    expect(done.requested).toBe(done.seconds > 0 ? 1 : 0)
    await setHand(1)
    await tick()
    expect(await jobs()).toHaveLength(1)
  })
})

describe('a site that is due and asks for a check as well', () => {
  test('is checked as it is once its request is taken, not as it was read before', async () => {
    await addHeartbeat()
    // Stands for a call that is committed between the two: only a trigger can come in between.
    await sql`
      create function call_in_between() returns trigger language plpgsql as $$
      begin
        update heartbeats set last_beat_at = now(), last_status = 'down', last_message = 'disk full';
        return old;
      end $$`.execute(database.db)
    await sql`create trigger in_between before delete on check_request
      for each row execute function call_in_between()`.execute(database.db)
    await setHand(60)
    try {
      expect(await tick()).toMatchObject({ due: 1, requested: 0 })
    } finally {
      await sql`drop function call_in_between cascade`.execute(database.db)
    }
    const [job] = await jobData()
    expect(job).toMatchObject({ target: { heartbeat: { lastMessage: 'disk full' } } })
  })

  test('and is just being changed stops nobody, and is checked again after the change', async () => {
    await addSites(2, '1h')
    await setHand(3_600)
    await database.db.transaction().execute(async (owner) => {
      await sql`update site_config set url = 'http://127.0.0.1:9/changed' where id = 1`.execute(
        owner,
      )
      expect(await tick()).toMatchObject({ due: 2, enqueued: 2 })
    })
    await setHand(1)
    expect(await tick()).toMatchObject({ requested: 1 })
  })
})

describe('a heartbeat', () => {
  test('brings along what its job last said, the slot, and not its token', async () => {
    await addHeartbeat()
    await sql`update heartbeats set last_beat_at = now(), last_status = 'up', last_message = 'well'`.execute(
      database.db,
    )
    await tick()
    const [job] = await jobData()
    expect(job?.target).toMatchObject({
      kind: 'heartbeat',
      heartbeat: { lastStatus: 'up', lastMessage: 'well', slotMs: job?.slot },
    })
    expect(JSON.stringify(job)).not.toContain('nightly-backup')
  })
})

describe('a row that only code can refuse', () => {
  test.each([
    ['an unparsable URL', { url: 'http://[::1' }, 'url: "http://[::1" cannot be parsed'],
    ['a port that is too large', { url: 'http://127.0.0.1:65536/' }, 'cannot be parsed'],
    ['a regex with a look-ahead', { body_regex: '(?=a)' }, 'body_regex: "(?=a)"'],
    ['a broken regex', { body_regex: '(' }, 'body_regex: "("'],
    ['a JSON path with a filter', { json_path: 'a[?(@.x)]' }, 'json_path:'],
    [
      'a range of status from high to low',
      { expected_status: '299-200' },
      'expected_status: "299-200"',
    ],
    [
      'a header that frames the message',
      { headers: JSON.stringify({ 'Content-Length': '5' }) },
      'headers: "Content-Length" cannot be set',
    ],
    [
      'a header with a line break',
      { headers: JSON.stringify({ 'X-A': 'b\r\nc' }) },
      'headers: "X-A" has a value with control',
    ],
  ])('for %s is marked with the reason, and the others are checked', async (_, column, reason) => {
    await addSites(1)
    await database.db
      .insertInto('site_config')
      .values({ url: 'http://127.0.0.1:9/', ...column })
      .execute()
    await setHand(300)
    const done = await tick()
    expect(done.invalid[0]?.reason).toContain(reason)
    const row = await database.db
      .selectFrom('site_config')
      .select(['validity', 'invalid_reason'])
      .where('id', '=', 2)
      .executeTakeFirstOrThrow()
    expect(row).toEqual({ validity: 'invalid', invalid_reason: done.invalid[0]?.reason })
    expect((await jobs()).map(({ site }) => site)).toEqual([1])
  })

  test('is checked once it was mended', async () => {
    await database.db
      .insertInto('site_config')
      .values({ url: 'http://127.0.0.1:9/', body_regex: '(' })
      .execute()
    await tick()
    await setHand(1)
    await sql`update site_config set body_regex = 'ok'`.execute(database.db)
    await tick()
    expect(await jobs()).toHaveLength(1)
    const row = await database.db
      .selectFrom('site_config')
      .select(['validity', 'invalid_reason'])
      .executeTakeFirstOrThrow()
    expect(row).toEqual({ validity: 'valid', invalid_reason: null })
  })
})

describe('a second look', () => {
  const ask = (seconds: number, avoid: string | null = null) =>
    sql`
      insert into check_request (site_id, not_before, occasion, avoid_worker)
      values (1, now() + make_interval(secs => ${seconds}), 'recheck', ${avoid})`.execute(
      database.db,
    )
  const secondLooks = async () => {
    const { rows } = await sql<{ occasion: string; avoid: string | null }>`
      select data ->> 'occasion' as occasion, data ->> 'avoid_worker' as avoid
      from pgboss.job where name = 'recheck'`.execute(database.db)
    return rows
  }
  beforeEach(async () => {
    await addSites(1, '1h')
    await forgetRequests()
  })

  test('has a queue of its own, and says who should leave it to another worker', async () => {
    await ask(0, 'w1')
    expect(await tick()).toMatchObject({ requested: 1, enqueued: 1 })
    expect(await secondLooks()).toEqual([{ occasion: 'recheck', avoid: 'w1' }])
    expect(await jobs()).toEqual([])
  })

  test('is not made before its time', async () => {
    await ask(3_600)
    expect(await tick()).toMatchObject({ requested: 0 })
    expect(await secondLooks()).toEqual([])
  })

  test('whose site is due before it is made by that slot, and by another worker as well', async () => {
    await setHand(3_600)
    await ask(3_600, 'w1')
    expect(await tick()).toMatchObject({ due: 1, requested: 0, enqueued: 1 })
    expect(await secondLooks()).toEqual([{ occasion: null, avoid: 'w1' }])
    expect(await jobs()).toEqual([])
  })

  test('that waits becomes a look at once, by anybody, when the owner changes the site', async () => {
    await ask(3_600, 'w1')
    await sql`update site_config set timeout_ms = 5000`.execute(database.db)
    expect(await tick()).toMatchObject({ requested: 1 })
    expect(await secondLooks()).toEqual([])
    expect(await jobs()).toHaveLength(1)
  })
})
