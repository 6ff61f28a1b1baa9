import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openLog } from '#shared/runtime/log.ts'
import { Recording } from '../test/support/recording.ts'
import { history, resultAt } from '../test/support/results.ts'
import { alertRelease } from './alert-release.ts'

let recording: Recording
beforeAll(async () => {
  recording = await Recording.open()
})
afterAll(() => recording.close())
beforeEach(async () => {
  await recording.clear()
  await sql`truncate maintenance restart identity`.execute(recording.database.db)
  await recording.addSite()
  await recording.addSite({ name: 'gateway' })
})

const flapping = { outagesMax: 2, windowMs: 3_600_000, calmMs: 1_800_000 }
const release = () =>
  alertRelease({ ...recording.context, flapping, log: openLog('test', 'silent') }).runOnce()
const run = (text: string) => sql.raw(text).execute(recording.database.db)
const held = async () => {
  const rows = await recording.database.db
    .selectFrom('outages')
    .select('held_by')
    .where('site_id', '=', 1)
    .orderBy('started_at')
    .execute()
  return rows.map((row) => row.held_by)
}
const take = (text: string, siteId = 1, from = 0) =>
  recording.take(
    ...history(text).map((result, at) => ({ ...resultAt(from + at, result.result, siteId) })),
  )
const OUTAGE = 'outage to ops@example.org'
const RECOVERY = 'recovery to ops@example.org'

describe('in maintenance', () => {
  beforeEach(() =>
    run(
      "insert into maintenance (title, starts_at, ends_at) values ('work', now() - interval '1 hour', now() + interval '1 hour')",
    ),
  )
  const end = () => run("update maintenance set ends_at = now() - interval '1 second'")

  test('an outage is recorded and not told, nor is its end', async () => {
    await take('uffuu')
    expect(await recording.outages()).toEqual([[1, 3]])
    expect(await held()).toEqual(['maintenance'])
    await end()
    await release()
    expect(await recording.notifications()).toEqual([])
  })

  test('one that lasts is told when the work is over, and its end as well', async () => {
    await take('uff')
    await release()
    expect(await recording.notifications()).toEqual([])
    await end()
    expect((await release()).told.map(({ siteId }) => siteId)).toEqual([1])
    expect(await release()).toMatchObject({ told: [] })
    await take('uu', 1, 3)
    expect(await recording.notifications()).toEqual([OUTAGE, RECOVERY])
    expect(await recording.notifyJobs()).toBe(2)
  })

  test('one that is about to end when the work is over is not told', async () => {
    await take('uffu')
    await end()
    await release()
    expect(await recording.notifications()).toEqual([])
  })

  test('the email that comes later still says since when, and how long the site had been up', async () => {
    await take('uff')
    await end()
    await release()
    const [row] = await recording.database.db.selectFrom('notifications').selectAll().execute()
    const { rows } = await sql<{ since: Date; began: Date }>`
      select (select min(slot) from ping_status) as since, started_at as began from outages`.execute(
      recording.database.db,
    )
    expect(row?.facts).toMatchObject({
      upSinceMs: rows[0]?.since.getTime(),
      startedAtMs: rows[0]?.began.getTime(),
    })
  })
})

describe('behind another site', () => {
  beforeEach(() => run('insert into depends_on (site_id, parent_id) values (1, 2)'))

  test('that is up, an outage is told at once', async () => {
    await take('uuu', 2)
    await take('uff')
    expect(await recording.notifications()).toEqual([OUTAGE])
  })

  test('that is down, it waits, and is not told when both come back', async () => {
    await take('uff', 2)
    await take('uff')
    await release()
    expect(await held()).toEqual(['dependency'])
    await take('uu', 2, 3)
    await release()
    await take('uu', 1, 3)
    await release()
    // The parent's own, and nothing of the child.
    expect(await recording.notifications()).toEqual([OUTAGE, RECOVERY])
    const rows = await recording.database.db.selectFrom('notifications').selectAll().execute()
    expect(rows.map(({ facts }) => facts.siteName)).toEqual(['gateway', 'gateway'])
  })

  test('that begins to fail, it waits as well', async () => {
    await take('uf', 2)
    await take('uf', 1)
    await take('f', 1, 2)
    expect(await held()).toEqual(['dependency'])
  })

  test('that has not been looked at since, it waits until it was', async () => {
    await take('u', 2)
    await take('uuff')
    expect(await held()).toEqual(['dependency'])
    await release()
    expect(await recording.notifications()).toEqual([])
    await take('u', 2, 4)
    await release()
    expect(await recording.notifications()).toEqual([OUTAGE])
  })

  test('that came back, it is told once it was found down after that', async () => {
    await take('uff', 2)
    await take('uff')
    await take('uu', 2, 3)
    expect((await release()).told).toEqual([])
    await take('f', 1, 5)
    expect((await release()).told).toHaveLength(1)
    expect(await held()).toEqual([null])
  })

  test('that is not watched any more, it is told', async () => {
    await take('uff', 2)
    await run('update site_config set enabled = false where id = 2')
    await take('uff')
    expect(await held()).toEqual([null])
  })

  test('whose check it asks for when it begins to fail', async () => {
    await run('delete from check_request')
    await take('uu', 2)
    await take('uf')
    const { rows } = await sql<{ site_id: number; occasion: string; wait_s: number }>`
      select site_id, occasion, round(extract(epoch from not_before - requested_at))::int as wait_s
      from check_request order by site_id`.execute(recording.database.db)
    expect(rows).toEqual([
      { site_id: 1, occasion: 'recheck', wait_s: 10 },
      { site_id: 2, occasion: 'recheck', wait_s: 0 },
    ])
  })
})

describe('a site that goes up and down', () => {
  beforeEach(() => {
    Object.assign(recording.context, { flapping })
  })
  const restless = 'uffuuffuuffuu'
  const calmDown = () =>
    run(
      "update sites set flapping_since = flapping_since - interval '1 hour', status_since = status_since - interval '1 hour'",
    )

  test('is told as such once, and its single outages are not', async () => {
    await take(restless)
    await take('ffuuff', 1, 13)
    expect(await held()).toEqual([null, null, 'flapping', 'flapping', 'flapping'])
    const sent = await recording.notifications()
    expect(sent.filter((what) => what.startsWith('flapping'))).toHaveLength(1)
    expect(sent.filter((what) => what === OUTAGE)).toHaveLength(2)
    expect(sent.filter((what) => what === RECOVERY)).toHaveLength(2)
  })

  test('whether its results come in one batch or one by one', async () => {
    for (const [at, result] of history(restless).entries())
      await recording.take({ ...resultAt(at, result.result) })
    expect(await held()).toEqual([null, null, 'flapping'])
    expect(
      (await recording.notifications()).filter((what) => what.startsWith('flap')),
    ).toHaveLength(1)
  })

  test('is told as steady when it has been up for a while, and its next outage is told again', async () => {
    await take(restless)
    expect(await release()).toMatchObject({ calmed: [] })
    await calmDown()
    expect(await release()).toMatchObject({ calmed: [1], told: [] })
    expect((await recording.notifications()).at(-1)).toBe('calm to ops@example.org')
    // Beyond the window of the outages before.
    await take('ff', 1, 90)
    expect((await recording.notifications()).at(-1)).toBe(OUTAGE)
  })

  test('is told as down when it has been down for a while', async () => {
    await take(restless.slice(0, -2))
    await calmDown()
    await release()
    expect((await recording.notifications()).at(-1)).toBe(OUTAGE)
    expect(await held()).toEqual([null, null, null])
  })
})
