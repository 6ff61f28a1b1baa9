import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { HeartbeatCall } from '#shared/domain/heartbeat-call.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { connect, type Db } from './connect.ts'
import { noteCalls } from './heartbeats.ts'
import { enabledSites } from './site-config.ts'

let database: TestDatabase
/** As the service that takes the calls, with the rights that it ships with. */
let web: Db
/** As the service that reads what they said. */
let scheduler: Db
beforeAll(async () => {
  database = await openTestDatabase()
  web = open('uptick_web')
  scheduler = open('uptick_scheduler')
})
afterAll(async () => {
  await Promise.all([web.destroy(), scheduler.destroy()])
  await database.close()
})
beforeEach(() => sql`truncate site_config restart identity cascade`.execute(database.db))

const open = (role: 'uptick_web' | 'uptick_scheduler') =>
  connect(
    { connectionString: database.urlAs(role), applicationName: 'test', maxConnections: 2 },
    () => undefined,
  )
const addHeartbeat = async (token: string, columns: object = {}) => {
  const row = await database.db
    .insertInto('site_config')
    .values({ kind: 'heartbeat', url: `heartbeat:${token}`, cadence: '1m', ...columns })
    .returning('id')
    .executeTakeFirstOrThrow()
  await forgetRequests()
  return row.id
}
const change = (assignment: string) =>
  sql`update site_config set ${sql.raw(assignment)}`.execute(database.db)
const age = (assignment: string) =>
  sql`update heartbeats set ${sql.raw(assignment)}`.execute(database.db)
const forgetRequests = () => sql`truncate check_request`.execute(database.db)
const requests = () =>
  database.db.selectFrom('check_request').select(['site_id', 'occasion']).execute()
const row = () => database.db.selectFrom('heartbeats').selectAll().executeTakeFirstOrThrow()
const call = (word: HeartbeatCall['word'], rest: Partial<HeartbeatCall> = {}): HeartbeatCall => ({
  token: 'nightly-backup',
  word,
  message: null,
  pingMs: null,
  ...rest,
})

describe('the token of a heartbeat', () => {
  const urlOf = async (values: string) => {
    const { rows } = await sql<{ url: string }>`
      insert into site_config ${sql.raw(values)} returning url`.execute(database.db)
    return rows[0]?.url
  }
  const uuid = /^heartbeat:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

  test.each([
    ['may be left to the database', "(kind, name) values ('heartbeat', 'a')", uuid],
    ['may be asked for as new', "(url) values ('heartbeat:new')", uuid],
    ['may be asked for loudly', "(url) values ('HEARTBEAT:NEW')", uuid],
    ['may be chosen', "(url) values ('heartbeat:nightly_1')", /^heartbeat:nightly_1$/],
    [
      'has its scheme in small letters',
      "(url) values ('Heartbeat:Nightly1')",
      /^heartbeat:Nightly1$/,
    ],
    [
      'may have 128 characters',
      `(url) values ('heartbeat:${'x'.repeat(128)}')`,
      /^heartbeat:x{128}$/,
    ],
  ])('%s', async (_, values, url) => {
    expect(await urlOf(values)).toMatch(url)
  })

  test.each([
    ['of 7 characters', '1234567'],
    ['of 129 characters', 'x'.repeat(129)],
    ['with a slash', 'nightly/backup'],
    ['with a dot', 'nightly.backup'],
    ['of another script', 'ночная-работа'],
  ])('%s is refused', async (_, token) => {
    await expect(urlOf(`(url) values ('heartbeat:${token}')`)).rejects.toMatchObject({
      constraint: 'heartbeat_token_is_8_to_128_letters_digits_or_dashes',
    })
  })

  test('belongs to one heartbeat', async () => {
    await addHeartbeat('nightly-backup')
    await expect(addHeartbeat('nightly-backup')).rejects.toMatchObject({
      constraint: 'heartbeat_tokens_are_unique',
    })
  })

  test('is not shown where reports and emails look', async () => {
    await addHeartbeat('nightly-backup')
    const shown = () => database.db.selectFrom('sites').select('url').executeTakeFirst()
    expect(await shown()).toEqual({ url: 'heartbeat:nigh...' })
    await change("url = 'heartbeat:another-token'")
    expect(await shown()).toEqual({ url: 'heartbeat:anot...' })
  })
})

describe('a call', () => {
  beforeEach(() => addHeartbeat('nightly-backup'))

  test('of a run that went well is the last beat', async () => {
    const known = await noteCalls(web, [call('up', { message: '3 files', pingMs: 12.5 })])
    expect([...known]).toEqual(['nightly-backup'])
    expect(await row()).toMatchObject({
      last_beat_at: expect.any(Date),
      last_status: 'up',
      last_message: '3 files',
      last_ping_ms: 12.5,
      started_at: null,
    })
  })

  test('of a run that began is no beat', async () => {
    await noteCalls(web, [call('start')])
    expect(await row()).toMatchObject({ last_beat_at: null, started_at: expect.any(Date) })
  })

  test('of a run that ended tells how long it took since it began', async () => {
    await noteCalls(web, [call('start')])
    await age("started_at = now() - interval '90 s'")
    await noteCalls(web, [call('up')])
    const { last_ping_ms, started_at } = await row()
    expect(started_at).toBeNull()
    expect(last_ping_ms).toBeGreaterThanOrEqual(90_000)
    expect(last_ping_ms).toBeLessThan(150_000)
  })

  test('of a run that told neither its time nor its beginning has none', async () => {
    await noteCalls(web, [call('up', { pingMs: 7 })])
    await noteCalls(web, [call('up')])
    expect(await row()).toMatchObject({ last_ping_ms: null })
  })

  test('of a run that measured itself is believed', async () => {
    await noteCalls(web, [call('start')])
    await noteCalls(web, [call('down', { pingMs: 7 })])
    expect(await row()).toMatchObject({ last_status: 'down', last_ping_ms: 7 })
  })

  test('for the record changes the message alone', async () => {
    await noteCalls(web, [call('down', { message: 'disk full', pingMs: 7 })])
    const before = await row()
    await noteCalls(web, [call('log', { message: 'will be mended' })])
    await noteCalls(web, [call('log')])
    expect(await row()).toEqual({ ...before, last_message: 'will be mended' })
  })

  test.each([
    ['of a token that nobody has', 'another-token'],
    ['of a token in other letters', 'NIGHTLY-BACKUP'],
    ['of a token with a wildcard', 'nightly-back_p'],
    ['of a name of JavaScript', '__proto__'],
  ])('%s belongs to nobody', async (_, token) => {
    expect(await noteCalls(web, [call('up', { token })])).toEqual(new Set())
    expect(await row()).toMatchObject({ last_beat_at: null })
  })

  test('to a disabled heartbeat belongs to nobody', async () => {
    await change('enabled = false')
    expect(await noteCalls(web, [call('up')])).toEqual(new Set())
  })

  test('among many is found with the others that are known', async () => {
    await addHeartbeat('hourly-import')
    const calls = ['nobody-1', 'hourly-import', 'nobody-2', 'nightly-backup'].map((token) =>
      call('up', { token }),
    )
    expect(await noteCalls(web, calls)).toEqual(new Set(['hourly-import', 'nightly-backup']))
  })
})

describe('a check at once', () => {
  const late = "last_beat_at = now() - interval '121 s'"
  const inTime = "last_beat_at = now() - interval '119 s'"
  test.each([
    ['is asked for by the first call', null, '', 'up', 1],
    ['is asked for by a first call that is bad', null, '', 'down', 1],
    ['is not asked for by a call in time', 'up', inTime, 'up', 0],
    ['is asked for by the first call after one was missed', 'up', late, 'up', 1],
    ['is asked for by a failure', 'up', inTime, 'down', 1],
    ['is not asked for by the same failure again', 'down', inTime, 'down', 0],
    ['is not asked for by the same failure, late', 'down', late, 'down', 0],
    ['is asked for by the end of a failure', 'down', inTime, 'up', 1],
    ['is not asked for by the beginning of a run', 'up', late, 'start', 0],
    ['is not asked for by a word for the record', 'up', late, 'log', 0],
  ] as const)('%s', async (_, before, when, word, count) => {
    const site = await addHeartbeat('nightly-backup')
    if (before !== null) {
      await noteCalls(web, [call(before)])
      await age(when)
      await forgetRequests()
    }
    await noteCalls(web, [call(word)])
    expect(await requests()).toEqual(Array(count).fill({ site_id: site, occasion: 'request' }))
  })

  test('goes by the age that the row allows', async () => {
    await addHeartbeat('nightly-backup', { heartbeat_max_age_s: 3_600 })
    await noteCalls(web, [call('up')])
    await age(late)
    await forgetRequests()
    await noteCalls(web, [call('up')])
    expect(await requests()).toEqual([])
  })

  test('comes before a second look that was to come later', async () => {
    const site = await addHeartbeat('nightly-backup')
    await sql`insert into check_request (site_id, not_before, occasion, avoid_worker)
      values (${site}, now() + interval '1 hour', 'recheck', 'w')`.execute(database.db)
    await noteCalls(web, [call('up')])
    const { rows } = await sql`
      select occasion, avoid_worker, not_before <= now() as is_due from check_request`.execute(
      database.db,
    )
    expect(rows).toEqual([{ occasion: 'request', avoid_worker: null, is_due: true }])
  })
})

describe('what was said', () => {
  const forgotten = { last_beat_at: null, last_status: null, last_message: null, started_at: null }
  const untilNow = "waiting_since = now() - interval '1 day'"
  beforeEach(async () => {
    await addHeartbeat('nightly-backup')
    await noteCalls(web, [call('down', { message: 'disk full' })])
    await age(untilNow)
  })
  const waitingSeconds = async () => (Date.now() - (await row()).waiting_since.getTime()) / 1_000

  test.each([
    ['another token', ["url = 'heartbeat:new'"]],
    ['being enabled again', ['enabled = false', 'enabled = true']],
  ])('is forgotten with %s, and waiting begins anew', async (_, changes) => {
    for (const assignment of changes) await change(assignment)
    expect(await row()).toMatchObject(forgotten)
    expect(await waitingSeconds()).toBeLessThan(3_600)
  })

  test.each([
    ['a new name', "name = 'x'"],
    ['another cadence', "cadence = '1h'"],
    ['being disabled', 'enabled = false'],
  ])('is kept with %s', async (_, assignment) => {
    await change(assignment)
    expect(await row()).toMatchObject({ last_status: 'down', last_message: 'disk full' })
    expect(await waitingSeconds()).toBeGreaterThan(3_600)
  })
})

describe('what the scheduler reads', () => {
  const read = async (id: number) => {
    const sites = await scheduler.transaction().execute((trx) => enabledSites(trx, [id]))
    return sites[0]?.heartbeat
  }

  test('of a heartbeat is all that decides it, in milliseconds', async () => {
    const id = await addHeartbeat('nightly-backup', { heartbeat_max_age_s: 93_600 })
    await noteCalls(web, [call('up', { message: 'well', pingMs: 5 })])
    await noteCalls(web, [call('start')])
    await age(
      "last_beat_at = '2026-01-01T00:00:00.1239Z', started_at = '2026-01-01T00:00:01Z', waiting_since = '2025-01-01T00:00:00Z'",
    )
    expect(await read(id)).toEqual({
      lastBeatAtMs: Date.parse('2026-01-01T00:00:00.123Z'),
      lastStatus: 'up',
      lastMessage: 'well',
      lastPingMs: 5,
      startedAtMs: Date.parse('2026-01-01T00:00:01Z'),
      maxAgeSeconds: 93_600,
      waitingSinceMs: Date.parse('2025-01-01T00:00:00Z'),
    })
  })

  test('of one that never called has no beat, and two cadences to wait', async () => {
    expect(await read(await addHeartbeat('nightly-backup'))).toMatchObject({
      lastBeatAtMs: null,
      lastStatus: null,
      startedAtMs: null,
      maxAgeSeconds: 120,
    })
  })

  test('of a site of another kind is nothing', async () => {
    const { id } = await database.db
      .insertInto('site_config')
      .values({ url: 'http://127.0.0.1:9/' })
      .returning('id')
      .executeTakeFirstOrThrow()
    expect(await read(id)).toBeNull()
  })
})

test('the role that takes calls does not say since when they are waited for', async () => {
  await expect(sql`update heartbeats set waiting_since = now()`.execute(web)).rejects.toThrow(
    'permission denied',
  )
})
