import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { queueDefinitions } from '#shared/contracts/queues.ts'
import { failures } from '#shared/domain/failure.ts'
import { sitePhaseSeconds } from '#shared/domain/slot.ts'
import { openLog } from '#shared/runtime/log.ts'
import { installQueues } from '#shared/runtime/queue.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { connect } from './connect.ts'
import { migrate } from './migrate.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

const log = openLog('test', 'silent')
const options = (url: string) => ({
  rolePassword: null,
  installQueues: () => installQueues(url, queueDefinitions, log),
})

async function emptyDatabase(): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const client = new Client({ connectionString: inject('postgresUrl') })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  return Object.assign(new URL(inject('postgresUrl')), { pathname: `/${name}` }).href
}

const open = (connectionString: string) =>
  connect({ connectionString, applicationName: 'test', maxConnections: 2 }, () => undefined)

describe('a migration', () => {
  test('by three at once is done by one', async () => {
    const url = await emptyDatabase()
    const pools = [open(url), open(url), open(url)]
    const applied = await Promise.all(pools.map((db) => migrate(db, options(url))))
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1)
    await Promise.all(pools.map((db) => db.destroy()))
  })

  test('done again changes nothing', async () => {
    expect(await migrate(database.db, options(database.url))).toEqual([])
  })

  test('that was killed half-way is finished by the next', async () => {
    const url = await emptyDatabase()
    const killed = open(url)
    const dying = { ...options(url), installQueues: () => Promise.reject(new Error('killed')) }
    await expect(migrate(killed, dying)).rejects.toThrow('killed')
    await killed.destroy()
    const next = open(url)
    expect(await migrate(next, options(url))).toEqual([])
    const { rows } = await sql<{
      name: string
    }>`select name from pgboss.queue order by name`.execute(next)
    expect(rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['check', 'notify', 'result']),
    )
    await next.destroy()
  })
})

describe('the schema', () => {
  test('knows the phase of a site as the code does', async () => {
    const ids = [1, 2, 3, 99, 100_000, 2_147_483_647, 2_147_483_648, 9_007_199_254_740_991]
    const { rows } = await sql<{ id: number; phases: number[] }>`
      select id, array[site_phase(id, 60), site_phase(id, 3600), site_phase(id, 86400)] as phases
      from unnest(${sql.val(ids)}::int8[]) as id`.execute(database.db)
    expect(rows).toEqual(
      ids.map((id) => ({ id, phases: [60, 3600, 86_400].map((s) => sitePhaseSeconds(id, s)) })),
    )
  })

  test('takes every failure that the code knows', async () => {
    const { rows } = await sql<{ definition: string }>`
      select pg_get_constraintdef(oid) as definition from pg_constraint where conname = 'failure_is_known' limit 1`.execute(
      database.db,
    )
    const inSql = [...(rows[0]?.definition ?? '').matchAll(/'(\w+)'/g)].map(([, name]) => name)
    expect(inSql.sort()).toEqual([...failures].sort())
  })

  test('takes a URL alone as a complete site, and shows it at once', async () => {
    await sql`insert into site_config (url) values ('https://example.com')`.execute(database.db)
    const row = await database.db
      .selectFrom('sites')
      .select(['url', 'status'])
      .executeTakeFirstOrThrow()
    expect(row).toEqual({ url: 'https://example.com', status: 'unknown' })
  })

  test('notes when a site was changed by its owner, and not when the scheduler judged it', async () => {
    const change = (column: string) =>
      sql`update site_config set ${sql.raw(column)} where url = 'http://touch.example/'`.execute(
        database.db,
      )
    const touched = async () => {
      const row = await database.db
        .selectFrom('site_config')
        .select('updated_at')
        .where('url', '=', 'http://touch.example/')
        .executeTakeFirstOrThrow()
      return row.updated_at.getTime()
    }
    await sql`insert into site_config (url, updated_at) values ('http://touch.example/', 'epoch')`.execute(
      database.db,
    )
    await change("validity = 'valid'")
    expect(await touched()).toBe(0)
    await change("tags = '{a}'")
    expect(await touched()).toBeGreaterThan(0)
  })
})

/** Who may do what, all of it: s(elect) i(nsert) u(pdate) d(elete), on the whole table. */
const rights = {
  uptick_scheduler: {
    kysely_migration: 's',
    cadence: 's',
    site_config: 's',
    check_request: 'sd',
    heartbeats: 's',
    schedule_hand: 's',
  },
  uptick_worker: {},
  uptick_consumer: {
    kysely_migration: 's',
    cadence: 's',
    site_config: 's',
    check_request: 'si',
    sites: 'su',
    ping_status: 'si',
    outages: 'siud',
    notifications: 'siud',
    dead_letter: 'si',
    maintenance: 's',
    depends_on: 's',
    cert_warnings: 'si',
  },
  uptick_reader: {
    kysely_migration: 's',
    cadence: 's',
    heartbeats: 's',
    sites: 's',
    ping_status: 's',
    outages: 's',
    schedule_hand: 's',
    maintenance: 's',
    depends_on: 's',
    cert_warnings: 's',
    incidents: 's',
    incident_updates: 's',
    site_config_history: 's',
    accounting_policy: 's',
    rollup_hand: 's',
    rollup_dirty: 's',
    site_hours: 's',
    site_days: 's',
    site_months: 's',
    site_latency_hours: 's',
    site_latency_days: 's',
  },
  // Of a heartbeat and a request it changes what a call says; of a key, when it was last used.
  uptick_web: {
    kysely_migration: 's',
    cadence: 'si',
    check_request: 'si',
    heartbeats: 's',
    site_config: 'siud',
    maintenance: 'siud',
    depends_on: 'siud',
    incidents: 'siud',
    incident_updates: 'siud',
    api_keys: 's',
    sites: 's',
    ping_status: 's',
    outages: 's',
    notifications: 's',
    schedule_hand: 's',
    cert_warnings: 's',
    site_config_history: 's',
    accounting_policy: 's',
    rollup_hand: 's',
    rollup_dirty: 's',
    site_hours: 's',
    site_days: 's',
    site_months: 's',
    site_latency_hours: 's',
    site_latency_days: 's',
  },
} as const

test.each(Object.entries(rights))(
  'the role %s may do what it does and no more',
  async (role, expected) => {
    const { rows } = await sql<{ table_name: string; verbs: string }>`
    select c.relname as table_name, concat(
      case when has_table_privilege(${role}, c.oid, 'select') then 's' end,
      case when has_table_privilege(${role}, c.oid, 'insert') then 'i' end,
      case when has_table_privilege(${role}, c.oid, 'update') then 'u' end,
      case when has_table_privilege(${role}, c.oid, 'delete') then 'd' end) as verbs
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`.execute(
      database.db,
    )
    const actual = Object.fromEntries(
      rows.filter(({ verbs }) => verbs !== '').map((row) => [row.table_name, row.verbs]),
    )
    expect(actual).toEqual(expected)
  },
)

const services = [
  'uptick_scheduler',
  'uptick_worker',
  'uptick_consumer',
  'uptick_reader',
  'uptick_web',
]
const changing = {
  make_ping_status_partitions: ['uptick_scheduler'],
  make_rollup_partitions: ['uptick_scheduler'],
  announce_rollup: ['uptick_scheduler'],
  roll_up_to: ['uptick_scheduler'],
  roll_up_latency: ['uptick_scheduler'],
  recount_dirty: ['uptick_scheduler'],
  drop_old_partitions: ['uptick_scheduler'],
  recount: [],
  rebuild_rollups: [],
  keep_latency: [],
  make_partition: [],
  mark_difference: [],
  begin_rule: [],
} as const

test.each(Object.entries(changing))(
  'the function %s may be called by who needs it',
  async (name, expected) => {
    const { rows } = await sql<{ role: string }>`
    select role from unnest(${services}::text[]) as role, pg_proc p
    where p.proname = ${name} and has_function_privilege(role, p.oid, 'execute')`.execute(
      database.db,
    )
    expect(rows.map(({ role }) => role)).toEqual(expected)
  },
)

test.each(['uptick_reader', 'uptick_web'] as const)(
  'the role %s may ask whatever there is to ask',
  async (role) => {
    const db = open(database.urlAs(role))
    const window = sql`now() - interval '40 days', now()`
    const questions = [
      sql`select * from fleet_uptime(${window})`,
      sql`select * from day_bars('{1}', 3)`,
      sql`select * from latency(1, ${window})`,
      sql`select * from latency_points(1, ${window}, 10)`,
      sql`select * from fleet_latency(${window})`,
      sql`select * from outage_list`,
      sql`select * from outage_stats(${window})`,
      sql`select * from slo(${window})`,
      sql`select * from sla(${window})`,
      sql`select expected_slots(1, ${window})`,
      sql`select * from cadence_kept(${window})`,
      sql`select * from cadence_kept_by_cadence(${window})`,
    ]
    try {
      for (const question of questions) await expect(question.execute(db)).resolves.toBeDefined()
    } finally {
      await db.destroy()
    }
  },
)

test('a reader of reports may read a site but for its credentials, what it sends, and who is told', async () => {
  const { rows } = await sql<{ column_name: string }>`
    select attname as column_name from pg_attribute
    where attrelid = 'site_config'::regclass and attnum > 0 and not attisdropped
      and not has_column_privilege('uptick_reader', attrelid, attnum, 'select')
    order by 1`.execute(database.db)
  expect(rows.map(({ column_name }) => column_name)).toEqual([
    'alert_emails',
    'basic_auth_password_secret',
    'basic_auth_user',
    'bearer_token_secret',
    'body',
    'hash',
    'headers',
    'tls_ca_file',
    'tls_client_cert_file',
    'tls_client_key_file',
  ])
})
