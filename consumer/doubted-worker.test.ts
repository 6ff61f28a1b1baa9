import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CheckResult, Outcome } from '#shared/domain/result.ts'
import { outagesEqualFold } from '../test/support/invariants.ts'
import { Recording } from '../test/support/recording.ts'
import { resultAt } from '../test/support/results.ts'
import { FleetWatch } from './fleet-watch.ts'

const SITES = 20
let recording: Recording
beforeAll(async () => {
  recording = await Recording.open()
})
afterAll(() => recording.close())
beforeEach(async () => {
  await recording.clear()
  Object.assign(recording.context, { fleet: new FleetWatch() })
  await sql`
    insert into site_config (url, name)
    select 'http://host-' || n || '.example/', 'site ' || n from generate_series(1, ${SITES}::int) n`.execute(
    recording.database.db,
  )
  await recording.take(...of('good', 0, 'up'), ...of('blind', 1, 'up'))
  await sql`delete from check_request`.execute(recording.database.db)
})

/** A second for each slot, but for the worker that sees: it looks at all times. */
const beginMs = Date.now() - 60_000
const checkedAt = (worker: string, slot: number) =>
  beginMs + (worker === 'good' ? 30 : slot) * 1_000

/** A result of a worker on each of these sites. */
function of(
  worker: string,
  slot: number,
  result: Outcome,
  sites: readonly number[] = Array.from({ length: SITES }, (_, at) => at + 1),
): readonly CheckResult[] {
  return sites.map((siteId) => ({
    ...resultAt(slot, result, siteId),
    worker,
    checkedAtMs: checkedAt(worker, slot),
  }))
}

const rowsOf = async (slot: number) => {
  const { rows } = await sql<{ result: string; count: number }>`
    select result, count(*) as count from ping_status where slot = ${new Date(resultAt(slot, 'up').slotMs)}
    group by 1 order by 1`.execute(recording.database.db)
  return Object.fromEntries(rows.map(({ result, count }) => [result, Number(count)]))
}
const opened = async () =>
  (await recording.database.db.selectFrom('outages').select('site_id').execute()).length
const odd = [1, 3, 5, 7, 9, 11, 13, 15, 17, 19]

describe('what one worker alone sees fail', () => {
  test('is not believed, in one batch', async () => {
    await recording.take(...of('good', 2, 'up'))
    const { doubts } = await recording.take(...of('blind', 3, 'down'))
    expect([...doubts.keys()]).toEqual(['blind'])
    expect(await rowsOf(3)).toEqual({ inconclusive: SITES })
    expect(await opened()).toBe(0)
  })

  test('is taken back when the doubt comes later, down to the beginnings of streaks', async () => {
    await recording.take(...of('good', 2, 'up'))
    for (const siteId of odd.slice(0, 4)) await recording.take(...of('blind', 3, 'down', [siteId]))
    expect(await rowsOf(3)).toEqual({ down: 4 })
    // Four hosts are too few to tell.
    await recording.take(...of('blind', 3, 'down', odd.slice(4)))
    await recording.take(...of('blind', 4, 'down', odd))
    await recording.take(...of('blind', 5, 'down', odd))
    expect(await rowsOf(3)).toEqual({ inconclusive: odd.length })
    expect(await opened()).toBe(0)
    expect(await outagesEqualFold(recording.database.db)).toEqual([])
    const { rows } = await sql<{ streak: number }>`select sum(streak) as streak from sites`.execute(
      recording.database.db,
    )
    expect(Number(rows[0]?.streak)).toBe(0)
  })

  test('takes back an outage that was opened, and its email that nobody has taken up', async () => {
    await sql`update site_config set failure_threshold = 1 where id = 1`.execute(
      recording.database.db,
    )
    await recording.take(...of('good', 2, 'up'))
    await recording.take(...of('blind', 3, 'down', [1]))
    expect(await opened()).toBe(1)
    await recording.take(...of('blind', 4, 'down'), ...of('blind', 5, 'down'))
    expect(await opened()).toBe(0)
    // Nobody had taken the first one up yet: it is withdrawn.
    expect(await recording.notifications()).toEqual([])
    expect(await outagesEqualFold(recording.database.db)).toEqual([])
  })

  test('takes back an outage that somebody was told of, and tells them so', async () => {
    await sql`update site_config set failure_threshold = 1 where id = 1`.execute(
      recording.database.db,
    )
    await recording.take(...of('good', 2, 'up'))
    await recording.take(...of('blind', 3, 'down', [1]))
    await sql`update notifications set sent_at = now()`.execute(recording.database.db)
    await recording.take(...of('blind', 4, 'down'), ...of('blind', 5, 'down'))
    expect(await opened()).toBe(0)
    expect(await recording.notifications()).toEqual([
      'outage to ops@example.org',
      'correction to ops@example.org',
    ])
  })

  test('stands where another worker has seen the same, with nothing good in between', async () => {
    await recording.take(...of('good', 2, 'up'))
    for (const siteId of [1, 2]) await recording.take(...of('blind', 3, 'down', [siteId]))
    const others = Array.from({ length: SITES - 1 }, (_, at) => at + 2)
    await recording.take(...of('good', 4, 'down', [1]), ...of('good', 4, 'up', others))
    expect(await opened()).toBe(1)
    const { doubts } = await recording.take(...of('blind', 5, 'down'))
    expect([...doubts.keys()]).toEqual(['blind'])
    expect(await rowsOf(3)).toEqual({ down: 1, inconclusive: 1 })
    expect(await opened()).toBe(1)
  })

  test('is believed where it is a job’s own word, which the worker only passes on', async () => {
    await sql`update site_config set kind = 'heartbeat', url = 'heartbeat:nightly-' || id where id = 1`.execute(
      recording.database.db,
    )
    await recording.take(...of('good', 2, 'up'))
    await recording.take(...of('blind', 3, 'down'))
    expect(await rowsOf(3)).toEqual({ down: 1, inconclusive: SITES - 1 })
  })

  test('is looked at again by another worker', async () => {
    await recording.take(...of('good', 2, 'up'))
    await recording.take(...of('blind', 3, 'down'))
    const { rows } = await sql<{ avoid_worker: string; count: number }>`
      select avoid_worker, count(*) as count from check_request where occasion = 'recheck' group by 1`.execute(
      recording.database.db,
    )
    expect(rows.map((row) => [row.avoid_worker, Number(row.count)])).toEqual([['blind', SITES]])
  })

  test('says in its message what was seen all the same', async () => {
    await recording.take(...of('good', 2, 'up'))
    await recording.take(...of('blind', 3, 'down'))
    const { rows } = await sql<{ message: string }>`
      select distinct message from ping_status where result = 'inconclusive'`.execute(
      recording.database.db,
    )
    expect(rows.map(({ message }) => message)).toEqual([
      'worker blind is not believed: 20 of 30 checks fail, 0 of 30 of other workers; seen: seen at 3',
    ])
  })
})

describe('what all workers see fail', () => {
  test('is believed: the sites are down', async () => {
    for (const slot of [2, 3]) {
      await recording.take(
        ...of('good', slot, 'down', odd),
        ...of(
          'blind',
          slot,
          'down',
          odd.map((n) => n + 1),
        ),
      )
    }
    expect(await opened()).toBe(SITES)
  })

  test('is believed once another worker has seen the same, though one was doubted before', async () => {
    await recording.take(...of('good', 2, 'up'))
    await recording.take(...of('blind', 3, 'down'))
    expect(await opened()).toBe(0)
    await recording.take(...of('good', 4, 'down'), ...of('good', 5, 'down'))
    expect(await opened()).toBe(SITES)
  })
})
