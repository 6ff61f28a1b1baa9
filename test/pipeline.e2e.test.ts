import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { ownStream } from './support/make-topic.ts'
import { openScriptedTarget, type ScriptedTarget } from './support/scripted-target.ts'
import { type SmtpSink, startSmtpSink } from './support/smtp-sink.ts'
import { type ServiceProcess, startService } from './support/stack.ts'
import { openTestDatabase, type TestDatabase } from './support/test-database.ts'

const kafka = inject('kafka')
const streams = [...('missing' in kafka ? [] : (['kafka'] as const)), 'postgres' as const]

/** Long enough for a slot of 2 s, twice, on a busy machine. */
const SOON = { timeout: 20_000, interval: 100 }

describe.each(streams)('the pipeline, with its results on %s', (stream) => {
  let database: TestDatabase
  let target: ScriptedTarget
  let sink: SmtpSink
  let folder: string
  let services: readonly ServiceProcess[]

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-e2e-'))
    database = await openTestDatabase()
    target = await openScriptedTarget()
    sink = await startSmtpSink()
    const brokers = 'missing' in kafka ? '' : kafka.brokers
    const env = {
      ...(stream === 'kafka' ? await ownStream(brokers) : { RESULT_STREAM: stream }),
      SMTP_URL: sink.url,
      SMTP_FROM: 'Uptick <uptick@example.org>',
      ALERT_EMAIL_TO: 'ops@example.org',
    }
    services = await Promise.all(
      (['consumer', 'worker', 'scheduler'] as const).map((name) =>
        startService(name, name, {
          env: { ...env, DATABASE_URL: database.urlAs(`uptick_${name}`) },
          logFolder: folder,
        }),
      ),
    )
    await sql`insert into cadence (name, seconds) values ('2s', 2)`.execute(database.db)
  }, 60_000)

  afterAll(async () => {
    const codes = await Promise.all(services.map((service) => service.stop()))
    await Promise.all([target.close(), sink.goAway(), database.close()])
    if (process.env.KEEP_LOGS === undefined) await rm(folder, { recursive: true })
    expect(codes).toEqual([0, 0, 0])
  }, 60_000)

  const addSite = async (site: string, columns: object = {}) => {
    const row = await database.db
      .insertInto('site_config')
      .values({
        url: `${target.url}/${site}`,
        name: site,
        cadence: '2s',
        timeout_ms: 1_000,
        ...columns,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    return row.id
  }
  const siteRow = (id: number) =>
    database.db.selectFrom('sites').selectAll().where('site_id', '=', id).executeTakeFirstOrThrow()
  /** Resolves when a site was checked this often from now on. */
  const slotsPass = async (id: number, count: number) => {
    const rows = () =>
      database.db.selectFrom('ping_status').select('slot').where('site_id', '=', id).execute()
    const before = (await rows()).length
    await vi.waitFor(
      async () => expect((await rows()).length).toBeGreaterThanOrEqual(before + count),
      SOON,
    )
  }
  const mailsAbout = (name: string) =>
    sink.accepted
      .map(({ parsed }) => parsed.subject ?? '')
      .filter((subject) => subject.includes(name))

  test('checks a new site within 5 s of its commit, whatever its cadence', async () => {
    const id = await addSite('new', { cadence: '1h' })
    await vi.waitFor(
      async () => expect(await siteRow(id)).toMatchObject({ status: 'up', last_status_code: 200 }),
      { timeout: 5_000, interval: 50 },
    )
  })

  test('checks a site at each of its slots, once', async () => {
    const id = await addSite('regular')
    const rows = () =>
      database.db
        .selectFrom('ping_status')
        .select('slot')
        .where('site_id', '=', id)
        .orderBy('slot')
        .execute()
    await vi.waitFor(async () => expect((await rows()).length).toBeGreaterThanOrEqual(5), SOON)
    const onGrid = (await rows()).map(({ slot }) => slot.getTime()).slice(1, 5)
    expect(onGrid.map((slot, index) => slot - (onGrid[0] ?? 0) - index * 2_000)).toEqual([
      0, 0, 0, 0,
    ])
    expect(target.requests('/regular')).toBeLessThanOrEqual((await rows()).length + 1)
  })

  test('tells an outage and its recovery by one email each, in order, and keeps them on record', async () => {
    const id = await addSite('shop')
    await vi.waitFor(async () => expect((await siteRow(id)).status).toBe('up'), SOON)
    target.set('/shop', 'failing')
    await vi.waitFor(() => expect(mailsAbout('shop')).toEqual(['[DOWN] shop']), SOON)
    expect(await siteRow(id)).toMatchObject({
      status: 'down',
      last_failure: 'status',
      last_status_code: 503,
    })
    target.set('/shop', 'ok')
    await vi.waitFor(() => expect(mailsAbout('shop')).toHaveLength(2), SOON)
    expect(mailsAbout('shop')[1]).toMatch(/\[RECOVERED\] shop after \d+s/)
    const outages = await database.db
      .selectFrom('outages')
      .selectAll()
      .where('site_id', '=', id)
      .execute()
    expect(outages).toEqual([
      expect.objectContaining({ failure: 'status', ended_at: expect.any(Date) }),
    ])
  })

  test('says nothing about a site that fails once', async () => {
    const id = await addSite('blip', { failure_threshold: 10 })
    await vi.waitFor(async () => expect((await siteRow(id)).status).toBe('up'), SOON)
    target.set('/blip', 'failing')
    await vi.waitFor(async () => expect((await siteRow(id)).streak).toBeGreaterThan(0), SOON)
    target.set('/blip', 'ok')
    await vi.waitFor(
      async () => expect(await siteRow(id)).toMatchObject({ status: 'up', streak: 0 }),
      SOON,
    )
    expect(mailsAbout('blip')).toEqual([])
  })

  test('is not held up by sites that hang', async () => {
    target.set('/hang', 'hanging')
    const hanging = await Promise.all(
      Array.from({ length: 20 }, (_, index) => addSite(`hang/${index}`)),
    )
    const id = await addSite('beside')
    await vi.waitFor(async () => expect((await siteRow(id)).status).toBe('up'), {
      timeout: 5_000,
      interval: 50,
    })
    await vi.waitFor(
      async () => expect((await siteRow(hanging[0] ?? 0)).last_failure).toBe('timeout'),
      SOON,
    )
  })

  test('stops checking a site that is not enabled, and starts within 5 s when it is again', async () => {
    const id = await addSite('paused')
    const beside = await addSite('running')
    await vi.waitFor(() => expect(target.requests('/paused')).toBeGreaterThan(0), SOON)
    await sql`update site_config set enabled = false where id = ${id}`.execute(database.db)
    // What was queued before may still come. Then the site beside it is checked on, and it is not.
    await slotsPass(beside, 1)
    const before = target.requests('/paused')
    await slotsPass(beside, 3)
    expect(target.requests('/paused')).toBe(before)
    await sql`update site_config set enabled = true where id = ${id}`.execute(database.db)
    await vi.waitFor(() => expect(target.requests('/paused')).toBeGreaterThan(before), {
      timeout: 5_000,
      interval: 50,
    })
  }, 40_000)

  test('marks a row that cannot be checked with the reason, and goes on', async () => {
    const bad = await addSite('bad', { body_regex: '(' })
    const good = await addSite('good')
    await vi.waitFor(async () => expect((await siteRow(good)).status).toBe('up'), SOON)
    const row = await database.db
      .selectFrom('site_config')
      .select(['validity', 'invalid_reason'])
      .where('id', '=', bad)
      .executeTakeFirstOrThrow()
    expect(row).toMatchObject({
      validity: 'invalid',
      invalid_reason: expect.stringContaining('body_regex'),
    })
  })
})

test.runIf('missing' in kafka)(
  'Kafka could not be started here, so the pipeline was shown on Postgres alone',
  () => {
    expect(process.env.CI).not.toBe('true')
  },
)
