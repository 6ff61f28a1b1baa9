import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import type { Db } from './connect.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await sql`truncate site_config restart identity cascade`.execute(database.db)
  await sql`insert into site_config (url, created_at) values ('http://127.0.0.1:9/', now() - interval '1 hour')`.execute(
    database.db,
  )
})

/** The only site's rules, oldest first. */
const history = () =>
  database.db
    .selectFrom('site_config_history')
    .selectAll()
    .where('site_id', '=', 1)
    .orderBy('from_at')
    .execute()
const change = (columns: string, db: Db = database.db) =>
  sql`update site_config set ${sql.raw(columns)} where id = 1`.execute(db)

describe('a new site', () => {
  test('is watched from the second on that it was made in', async () => {
    const { rows } = await sql<{ at: Date }>`
      select date_trunc('second', created_at) as at from site_config`.execute(database.db)
    expect(await history()).toMatchObject([
      { from_at: rows[0]?.at, to_at: null, seconds: 300, watched: true },
    ])
  })
})

describe('a change', () => {
  test.each([
    ['of its cadence', "cadence = '1m'", { seconds: 60 }],
    ['to being paused', 'enabled = false', { watched: false }],
    [
      'to being refused',
      "validity = 'invalid', invalid_reason = 'body_regex: no'",
      { watched: false },
    ],
    ['of a threshold', 'failure_threshold = 3', { failure_threshold: 3 }],
    ['of its target', 'slo_target = 99.9', { slo_target: 99.9 }],
    ['of its limit on latency', 'sla_ms = 500', { sla_ms: 500 }],
    ['of its tags', "tags = '{db}'", { tags: ['db'] }],
    ['of its address', "url = 'http://127.0.0.1:9/b'", { url: 'http://127.0.0.1:9/b' }],
    ['of what is expected', "expected_status = '204'", { config: { expected_status: '204' } }],
  ])('%s is a new rule, where the old one ends', async (_, columns, rule) => {
    await change(columns)
    const [old, next, ...more] = await history()
    expect(next).toMatchObject({ to_at: null, ...rule })
    expect(old?.to_at).toEqual(next?.from_at)
    expect(more).toEqual([])
  })

  test.each([
    ['of its name', "name = 'shop'"],
    ['of what visitors see', "name = 'shop', published = true, page_group = 'Shops'"],
    ['of who is told', "alert_emails = '{a@b.example}'"],
    ['of nothing', 'timeout_ms = timeout_ms'],
    ['by the scheduler, which found it valid', "validity = 'valid'"],
  ])('%s is none', async (_, columns) => {
    await change(columns)
    expect(await history()).toHaveLength(1)
  })

  test('of the seconds of a cadence is a new rule of its sites', async () => {
    await sql`insert into cadence (name, seconds) values ('test', 30)`.execute(database.db)
    await change("cadence = 'test'")
    await sql`update site_config_history set from_at = from_at - interval '1 minute', to_at = to_at - interval '1 minute'`.execute(
      database.db,
    )
    await sql`update cadence set seconds = 20 where name = 'test'`.execute(database.db)
    expect((await history()).map(({ seconds }) => seconds)).toEqual([300, 30, 20])
  })

  test('and another in one transaction are one', async () => {
    await database.db.transaction().execute(async (trx) => {
      await change("cadence = '1m'", trx)
      await change("cadence = '1h'", trx)
    })
    expect((await history()).map(({ seconds }) => seconds)).toEqual([300, 3_600])
  })
})

describe('what is written down', () => {
  test('has no secrets, not even their names, and no recipients', async () => {
    await change(`headers = '{"X-Key": "geheim"}', method = 'POST', body = 'geheim', basic_auth_user = 'geheim',
      basic_auth_password_secret = 'geheim', tls_ca_file = 'geheim', tls_client_cert_file = 'geheim',
      tls_client_key_file = 'geheim', alert_emails = '{geheim@b.example}', failure_threshold = 4`)
    await change(
      "basic_auth_user = null, basic_auth_password_secret = null, bearer_token_secret = 'geheim'",
    )
    await change('failure_threshold = 5')
    expect(JSON.stringify(await history())).not.toContain('geheim')
  })

  test('of a heartbeat shows no token', async () => {
    await change("url = 'heartbeat:a-token-that-nobody-may-know'")
    expect(JSON.stringify(await history())).not.toContain('nobody-may-know')
  })

  test('goes with its site', async () => {
    await sql`delete from site_config`.execute(database.db)
    expect(await history()).toEqual([])
  })
})
