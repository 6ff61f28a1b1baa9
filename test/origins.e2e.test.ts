import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { DemoServer } from '../scripts/demo-target/demo-server.ts'
import { ownStream } from './support/make-topic.ts'
import { openScriptedTarget, type ScriptedTarget } from './support/scripted-target.ts'
import { type SmtpSink, startSmtpSink } from './support/smtp-sink.ts'
import { type ServiceProcess, startService } from './support/stack.ts'
import { openTestDatabase, type TestDatabase } from './support/test-database.ts'

/**
 * What the small monitors that Uptick grew out of could do (O1 an API monitor with emails, O2 one that
 * told failures apart, O3 readers in YAML with Kafka and Postgres), on the shipped processes and files.
 */

const kafka = inject('kafka')
const SOON = { timeout: 30_000, interval: 100 }

let database: TestDatabase
let target: ScriptedTarget
let demo: DemoServer
let sink: SmtpSink
let folder: string
let services: readonly ServiceProcess[]

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-origins-'))
  database = await openTestDatabase()
  target = await openScriptedTarget()
  demo = new DemoServer({ host: '127.0.0.1', port: 0, nowMs: Date.now })
  await demo.start()
  sink = await startSmtpSink()
  const env = {
    ...(await streamSettings()),
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
  await Promise.all([target.close(), demo.stop(), sink.goAway(), database.close()])
  await rm(folder, { recursive: true })
  expect(codes).toEqual([0, 0, 0])
}, 60_000)

async function streamSettings(): Promise<Readonly<Record<string, string>>> {
  if ('missing' in kafka) return { RESULT_STREAM: 'postgres' }
  return ownStream(kafka.brokers)
}

/** Without a second look in between, so that results are two seconds apart. */
async function addSite(name: string, columns: object): Promise<number> {
  const { id } = await database.db
    .insertInto('site_config')
    .values({ url: `${target.url}/${name}`, name, cadence: '2s', recheck_after_s: 0, ...columns })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

const rowsOf = (id: number) =>
  database.db
    .selectFrom('ping_status')
    .selectAll()
    .where('site_id', '=', id)
    .orderBy('slot')
    .execute()
const siteRow = (id: number) =>
  database.db.selectFrom('sites').selectAll().where('site_id', '=', id).executeTakeFirstOrThrow()
const mailsAbout = (name: string) =>
  sink.accepted.map(({ parsed }) => parsed).filter(({ subject }) => subject?.includes(name))
/** What the consumer logged of a site. */
async function logOf(id: number): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const lines = (await readFile(path.join(folder, 'consumer.log'), 'utf8')).trim().split('\n')
  return lines.map((line) => JSON.parse(line)).filter(({ site_id }) => site_id === id)
}

/** As `make load-data FILE=...` runs it. */
async function loadFile(name: string): Promise<void> {
  const root = path.join(import.meta.dirname, '..')
  await promisify(execFile)(process.execPath, [path.join(root, 'scripts/load-data.ts')], {
    cwd: root,
    env: {
      DATABASE_ADMIN_URL: database.url,
      DEMO_TARGET_URL: demo.url,
      FILE: `scripts/load-data/${name}`,
    },
  })
}

describe('O1: an API whose JSON says whether it is well', () => {
  const api = { json_path: 'status', expected_value: 'OK' }

  test('O1: is down when its status is not OK, told after 2 failures in a row, and up after 2 successes, with durations', async () => {
    target.set('/api', { body: '{"status":"OK"}' })
    const id = await addSite('api', api)
    await vi.waitFor(async () => expect((await siteRow(id)).status).toBe('up'), SOON)
    target.set('/api', { body: '{"status":"DEGRADED"}' })
    await vi.waitFor(() => expect(mailsAbout('api')).toHaveLength(1), SOON)
    target.set('/api', { body: '{"status":"OK"}' })
    await vi.waitFor(() => expect(mailsAbout('api')).toHaveLength(2), SOON)

    const [down, recovered] = mailsAbout('api')
    expect(down?.subject).toBe('[DOWN] api')
    expect(down?.text).toMatch(/Up before: +\d+s, since /)
    expect(down?.text).toContain('DEGRADED')
    expect(recovered?.subject).toMatch(/^\[RECOVERED\] api after \d+s$/)
    expect(recovered?.text).toMatch(/It was down for \d+s\./)

    const [outage] = await database.db
      .selectFrom('outages')
      .selectAll()
      .where('site_id', '=', id)
      .execute()
    const rows = await rowsOf(id)
    const isUntil = (instant: Date | null | undefined, slot: Date) =>
      slot.getTime() <= (instant?.getTime() ?? 0)
    const downs = rows.filter(({ result }) => result === 'down')
    expect(downs.filter(({ slot }) => isUntil(outage?.opened_slot, slot))).toHaveLength(2)
    const upsSince = rows.filter(
      ({ result, slot }) => result === 'up' && slot.getTime() >= (outage?.ended_at?.getTime() ?? 0),
    )
    expect(upsSince.filter(({ slot }) => isUntil(outage?.closed_slot, slot))).toHaveLength(2)
    expect(outage).toMatchObject({ failure: 'body', started_at: downs[0]?.slot })
    expect(downs[0]).toMatchObject({
      failure: 'body',
      status_code: 200,
      extracted_value: 'DEGRADED',
    })
  }, 60_000)

  test('O1: each failure and the recovery are logged', async () => {
    const { id } = await database.db
      .selectFrom('site_config')
      .select('id')
      .where('name', '=', 'api')
      .executeTakeFirstOrThrow()
    const downs = (await rowsOf(id)).filter(({ result }) => result === 'down')
    await vi.waitFor(async () => {
      const lines = await logOf(id)
      const failed = lines.filter(({ msg }) => msg === 'check failed')
      expect(failed.map(({ slot, failure }) => [slot, failure])).toEqual(
        downs.map(({ slot }) => [slot.toISOString(), 'body']),
      )
      expect(lines.filter(({ msg }) => msg === 'outage opened')).toHaveLength(1)
      expect(lines.filter(({ msg }) => msg === 'site recovered')).toEqual([
        expect.objectContaining({ site: 'api', down_s: expect.any(Number) }),
      ])
    }, SOON)
  })

  test('O1: a body that is no JSON is a failure like any other, and stops nothing', async () => {
    target.set('/html', { body: '<html>502</html>' })
    const html = await addSite('html', api)
    await vi.waitFor(async () => expect((await siteRow(html)).status).toBe('down'), SOON)
    expect((await rowsOf(html))[0]).toMatchObject({
      result: 'down',
      failure: 'body',
      message: expect.stringContaining('not JSON'),
    })
    target.set('/after', { body: '{"status":"OK"}' })
    const after = await addSite('after', api)
    await vi.waitFor(async () => expect((await siteRow(after)).status).toBe('up'), SOON)
  }, 60_000)
})

describe('O2: a connection that is refused, a wrong status and no answer in time', () => {
  test('O2: are told apart in the history and on the log', async () => {
    target.set('/wrong', 'failing')
    target.set('/silent', 'hanging')
    const ids = [
      await addSite('closed', { url: `http://127.0.0.1:${await closedPort()}/` }),
      await addSite('wrong', {}),
      await addSite('silent', { timeout_ms: 300 }),
    ]
    const failures = ['refused', 'status', 'timeout']
    await vi.waitFor(async () => {
      const sites = await Promise.all(ids.map(siteRow))
      expect(sites.map(({ last_failure }) => last_failure)).toEqual(failures)
    }, SOON)
    const rows = await Promise.all(ids.map(rowsOf))
    expect(rows.map(([first]) => first?.failure)).toEqual(failures)
    expect(rows.map(([first]) => first?.status_code)).toEqual([null, 503, null])
    await vi.waitFor(async () => {
      const logs = await Promise.all(ids.map(logOf))
      expect(logs.map(([first]) => first?.failure)).toEqual(failures)
    }, SOON)
  }, 60_000)

  test('O2: any range of statuses may be the right one', async () => {
    const id = await addSite('wrong', { name: 'as it should be', expected_status: '200-299,503' })
    await vi.waitFor(async () => expect((await siteRow(id)).status).toBe('up'), SOON)
  }, 60_000)
})

describe('O3: readers, each with a page, a value in it and an SLA', () => {
  test('O3: a YAML list of them loads as it is, and its values are stored', async () => {
    await loadFile('readers.yaml')
    await vi.waitFor(async () => {
      const read = await firstResults(sql`sites.name is null`)
      expect(read.map(({ url, value, slaMet }) => [url, value, slaMet])).toEqual([
        [`${demo.url}/json`, '1.2.3', true],
        [`${demo.url}/numbers`, '7', true],
        [`${demo.url}/slow`, 'OK', false],
        [`${demo.url}/text`, '1.2.3', true],
      ])
      expect(read.map(({ result }) => result)).toEqual(['up', 'up', 'up', 'up'])
    }, SOON)
  }, 60_000)
})

describe('the samples', () => {
  test('come out as their names say', async () => {
    await loadFile('samples.yaml')
    const expected = {
      'demo always up': 'up',
      'demo goes down and comes back': 'up',
      'demo switch': 'up',
      'demo flaky, no outage': 'up',
      'demo slow, misses its sla': 'up',
      'demo JSON status OK': 'up',
      'demo version by regex': 'up',
      'demo queue is short': 'up',
      'demo conditions': 'up',
      'demo headers': 'up',
      'demo text': 'up',
      'demo port': 'up',
      'demo redirect, followed': 'up',
      'demo 404, expected': 'up',
      'demo down by status 503': 'status',
      'demo down by JSON status': 'body',
      'demo down by broken JSON': 'body',
      'demo down by its sla': 'timeout',
      'demo down by timeout': 'timeout',
    }
    await vi.waitFor(async () => {
      const read = await firstResults(sql`sites.name like 'demo %'`)
      expect(
        Object.fromEntries(read.map(({ name, result, failure }) => [name, failure ?? result])),
      ).toEqual(expected)
    }, SOON)
  }, 60_000)
})

type FirstResult = {
  readonly name: string | null
  readonly url: string
  readonly result: string
  readonly failure: string | null
  readonly value: string | null
  readonly slaMet: boolean | null
}

async function firstResults(where: ReturnType<typeof sql>): Promise<readonly FirstResult[]> {
  const { rows } = await sql<FirstResult>`
    select distinct on (url, name) name, url, result, failure, extracted_value as value, sla_met as "slaMet"
    from site_config as sites join ping_status on site_id = sites.id
    where ${where} order by url, name, slot`.execute(database.db)
  return rows
}

/** A port of loopback that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}
