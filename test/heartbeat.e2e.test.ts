import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freePort } from '../scripts/support/free-port.ts'
import { type SmtpSink, startSmtpSink } from './support/smtp-sink.ts'
import { type ServiceProcess, startService } from './support/stack.ts'
import { openTestDatabase, type TestDatabase } from './support/test-database.ts'

/** Long enough for a few slots of 2 s on a busy machine. */
const SOON = { timeout: 20_000, interval: 100 }
const AT_ONCE = { timeout: 5_000, interval: 50 }

let database: TestDatabase
let sink: SmtpSink
let folder: string
let services: readonly ServiceProcess[]
let webUrl: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-e2e-'))
  database = await openTestDatabase()
  sink = await startSmtpSink()
  const port = await freePort()
  webUrl = `http://127.0.0.1:${port}`
  const env = {
    RESULT_STREAM: 'postgres',
    SMTP_URL: sink.url,
    SMTP_FROM: 'Uptick <uptick@example.org>',
    ALERT_EMAIL_TO: 'ops@example.org',
    WEB_PORT: String(port),
  }
  services = await Promise.all(
    (['consumer', 'worker', 'scheduler', 'web'] as const).map((name) =>
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
  await Promise.all([sink.goAway(), database.close()])
  if (process.env.KEEP_LOGS === undefined) await rm(folder, { recursive: true })
  expect(codes).toEqual([0, 0, 0, 0])
}, 60_000)

/** A heartbeat as a person adds it: the database makes its token. */
async function addHeartbeat(name: string, columns: object = {}) {
  const row = await database.db
    .insertInto('site_config')
    .values({ kind: 'heartbeat', name, url: 'heartbeat:new', ...columns })
    .returning(['id', 'url'])
    .executeTakeFirstOrThrow()
  return { id: row.id, token: row.url.slice('heartbeat:'.length) }
}
const siteRow = (id: number) =>
  database.db.selectFrom('sites').selectAll().where('site_id', '=', id).executeTakeFirstOrThrow()
const outagesOf = (id: number) =>
  database.db.selectFrom('outages').selectAll().where('site_id', '=', id).execute()
const mailsAbout = (name: string) =>
  sink.accepted.filter(({ parsed }) => parsed.subject?.includes(name))
const call = async (url: string, init: RequestInit = {}) => {
  const response = await fetch(`${webUrl}${url}`, init)
  return [response.status, await response.text()]
}

/** A job that calls twice a second until it is told to stop. */
function startJob(url: string): { stop(): Promise<void> } {
  const told = new AbortController()
  const running = (async () => {
    while (!told.signal.aborted) {
      await call(url)
      await delay(500, undefined, { signal: told.signal }).catch(() => undefined)
    }
  })()
  return {
    async stop() {
      told.abort()
      await running
    },
  }
}

describe('a heartbeat', () => {
  test('that stops opens an outage, and one that beats again ends it, each with its email', async () => {
    const { id, token } = await addHeartbeat('nightly', { cadence: '2s', heartbeat_max_age_s: 2 })
    const first = startJob(`/api/push/${token}?msg=well&ping=250`)
    await vi.waitFor(
      async () => expect(await siteRow(id)).toMatchObject({ status: 'up', last_latency_ms: 250 }),
      SOON,
    )
    await first.stop()
    await vi.waitFor(async () => expect(await outagesOf(id)).toHaveLength(1), SOON)
    const [outage] = await outagesOf(id)
    expect(outage).toMatchObject({
      failure: 'timeout',
      message: expect.stringMatching(/^no call for \d+s, expected one every 2s$/),
    })
    const { rows } = await sql<{ slot: Date }>`
      select min(slot) as slot from ping_status where site_id = ${id} and result = 'down'`.execute(
      database.db,
    )
    expect(outage?.started_at).toEqual(rows[0]?.slot)

    const second = startJob(`/ping/${token}`)
    await vi.waitFor(
      async () => expect((await outagesOf(id))[0]?.ended_at).toBeInstanceOf(Date),
      SOON,
    )
    await vi.waitFor(() => expect(mailsAbout('nightly')).toHaveLength(2), SOON)
    await second.stop()
    const mails = mailsAbout('nightly')
    expect(mails.map(({ parsed }) => parsed.subject?.split(' ')[0])).toEqual([
      '[DOWN]',
      '[RECOVERED]',
    ])
    for (const { parsed } of mails) expect(JSON.stringify(parsed)).not.toContain(token)
  }, 90_000)

  test('that is to call once an hour is judged by each word of it within 5 s', async () => {
    const { id, token } = await addHeartbeat('hourly', { cadence: '1h', failure_threshold: 1 })
    await vi.waitFor(
      async () => expect(await siteRow(id)).toMatchObject({ last_result: 'inconclusive' }),
      AT_ONCE,
    )
    expect(await call(`/ping/${token}/start`)).toEqual([200, 'OK'])
    expect(await call(`/ping/${token}/0`)).toEqual([200, 'OK'])
    await vi.waitFor(async () => expect((await siteRow(id)).status).toBe('up'), AT_ONCE)
    const failed = { method: 'POST', body: 'disk full\n' }
    expect(await call(`/ping/${token}/1`, failed)).toEqual([200, 'OK'])
    await vi.waitFor(
      async () =>
        expect(await outagesOf(id)).toMatchObject([
          { failure: 'status', message: 'the job reported a failure: exit code 1: disk full' },
        ]),
      AT_ONCE,
    )
  }, 30_000)

  test('that nobody has is not found', async () => {
    expect(await call('/api/push/nobody-has-this')).toEqual([
      404,
      '{"ok":false,"msg":"Monitor not found or not active."}',
    ])
    expect(await call('/ping/nobody-has-this')).toEqual([404, '(not found)'])
  })
})
