import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { freePort } from '../scripts/support/free-port.ts'
import { makeCertificates } from './support/certificates.ts'
import { ownStream } from './support/make-topic.ts'
import { metricsIn, metricsOf } from './support/metric-names.ts'
import { alerts, dashboards, expressionsOf } from './support/monitoring-expressions.ts'
import { hasPromtool, promtool } from './support/promtool.ts'
import { type RequestRecorder, startRequestRecorder } from './support/request-recorder.ts'
import { type SmtpSink, startSmtpSink } from './support/smtp-sink.ts'
import { type ServiceProcess, startService } from './support/stack.ts'
import { openTestDatabase, type TestDatabase } from './support/test-database.ts'

/** Figures of the database are read every 15 s at the most. */
const SOON = { timeout: 40_000, interval: 250 }
const serviceNames = ['scheduler', 'worker', 'consumer', 'web'] as const
const pages = [...serviceNames, 'sites'] as const
type Page = (typeof pages)[number]

const kafka = inject('kafka')
let database: TestDatabase
let sink: SmtpSink
let folder: string
let target: RequestRecorder
let deadMan: RequestRecorder
let services: readonly ServiceProcess[]
let healthPorts: Readonly<Record<(typeof serviceNames)[number], number>>
let webUrl: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-e2e-'))
  database = await openTestDatabase()
  sink = await startSmtpSink()
  target = await startRequestRecorder({ certificate: (await makeCertificates()).valid })
  deadMan = await startRequestRecorder()
  healthPorts = {
    scheduler: await freePort(),
    worker: await freePort(),
    consumer: await freePort(),
    web: await freePort(),
  }
  const webPort = await freePort()
  webUrl = `http://127.0.0.1:${webPort}`
  const env = {
    ...(await streamSettings()),
    SMTP_URL: sink.url,
    SMTP_FROM: 'Uptick <uptick@example.org>',
    ALERT_EMAIL_TO: 'ops@example.org',
    WEB_PORT: String(webPort),
    PROBE_METRICS: 'true',
    DEADMAN_URL: `http://127.0.0.1:${deadMan.port}/ping/of-a-test`,
  }
  services = await Promise.all(
    serviceNames.map((name) =>
      startService(name, name, {
        env: {
          ...env,
          DATABASE_URL: database.urlAs(`uptick_${name}`),
          HEALTH_PORT: String(healthPorts[name]),
        },
        logFolder: folder,
      }),
    ),
  )
  await addSites()
  await fetch(webUrl).then((response) => response.text())
}, 60_000)

afterAll(async () => {
  const codes = await Promise.all(services.map((service) => service.stop()))
  await Promise.all([sink.goAway(), target.stop(), deadMan.stop(), database.close()])
  if (process.env.KEEP_LOGS === undefined) await rm(folder, { recursive: true })
  expect(codes).toEqual([0, 0, 0, 0])
}, 60_000)

async function streamSettings() {
  if ('missing' in kafka) return { RESULT_STREAM: 'postgres' }
  return ownStream(kafka.brokers)
}

/** One that is up, one that is not, and one that calls. */
async function addSites(): Promise<void> {
  await sql`insert into cadence (name, seconds) values ('2s', 2)`.execute(database.db)
  const site = { cadence: '2s', timeout_ms: 2_000, failure_threshold: 1, recheck_after_s: 0 }
  const sites = [
    { ...site, name: 'Shop', url: `https://localhost:${target.port}/`, verify_tls: false },
    { ...site, name: 'Closed', url: `http://127.0.0.1:${await freePort()}/` },
    {
      ...site,
      name: 'Backup',
      kind: 'heartbeat' as const,
      url: 'heartbeat:new',
      heartbeat_max_age_s: 3_600,
    },
  ]
  await database.db.insertInto('site_config').values(sites).execute()
}

async function scrape(page: Page): Promise<string> {
  const address =
    page === 'sites' ? `${healthPorts.web}/metrics/sites` : `${healthPorts[page]}/metrics`
  const response = await fetch(`http://127.0.0.1:${address}`)
  expect(response.status).toBe(200)
  return response.text()
}

const allMetrics = async () =>
  new Set((await Promise.all(pages.map(scrape))).flatMap((text) => [...metricsIn(text)]))

/** Prometheus' own, and what is only there where results go through Kafka. */
const notScraped = ['up', ...('missing' in kafka ? ['uptick_consumer_lag_records'] : [])]

const asked = [
  ...[...dashboards]
    .filter(([name]) => name !== 'containers.json')
    .map(([name, dashboard]) => [`the dashboard ${name}`, expressionsOf(dashboard)] as const),
  ['the alerts', alerts.map(({ expr }) => expr)] as const,
]

describe('a live scrape', () => {
  test.each(asked)(
    'has every metric that is asked for by %s',
    async (_, expressions) => {
      const names = new Set(expressions.flatMap(metricsOf))
      expect(names.size).toBeGreaterThan(10)
      await vi.waitFor(async () => {
        const there = await allMetrics()
        expect([...names].filter((name) => !there.has(name) && !notScraped.includes(name))).toEqual(
          [],
        )
      }, SOON)
    },
    60_000,
  )

  test('has what docs/metrics.md tells of, and nothing else', async () => {
    const text = await readFile(path.join(import.meta.dirname, '../docs/metrics.md'), 'utf8')
    const told = new Set([...text.matchAll(/`((?:uptick|probe)_\w+)/g)].map(([, name]) => name))
    const declared = new Set<string | undefined>()
    for (const page of pages) {
      const lines = (await scrape(page)).matchAll(/^# TYPE ((?:uptick|probe)_\w+)/gm)
      for (const [, name] of lines) declared.add(name)
    }
    if ('missing' in kafka) declared.add('uptick_consumer_lag_records')
    expect([...declared].sort()).toEqual([...told].sort())
  })

  test.runIf(hasPromtool).each(pages)('of %s is as promtool would have it', async (page) => {
    const text = await scrape(page)
    expect(metricsIn(text).size).toBeGreaterThan(0)
    promtool(['check', 'metrics'], folder, text)
  })

  test('tells what has happened', async () => {
    await vi.waitFor(async () => {
      const [scheduler, worker, consumer] = await Promise.all(
        (['scheduler', 'worker', 'consumer'] as const).map(scrape),
      )
      expect(scheduler).toMatch(/^uptick_sites\{state="up"\} 1$/m)
      expect(scheduler).toMatch(/^uptick_outages_open 1$/m)
      expect(worker).toMatch(
        /^uptick_worker_checks_total\{result="down",failure="refused"\} [1-9]/m,
      )
      expect(worker).toMatch(/^uptick_slot_lateness_seconds_count [1-9]/m)
      expect(consumer).toMatch(/^uptick_outages_total\{change="opened"\} 1$/m)
      expect(consumer).toMatch(/^uptick_emails_total\{kind="outage",outcome="sent"\} 1$/m)
      expect(consumer).toMatch(/^uptick_dead_man_pings_total\{outcome="sent"\} [1-9]$/m)
    }, SOON)
    const pinged = new Set(deadMan.seen.map(({ path: at }) => at))
    expect([...pinged]).toEqual(['/ping/of-a-test'])
  }, 60_000)

  test('tells each site by its address, and of a heartbeat no token', async () => {
    await vi.waitFor(async () => {
      const sites = await scrape('sites')
      expect(sites).toMatch(
        /^probe_success\{instance="https:\/\/localhost:\d+\/",.*name="Shop"\} 1$/m,
      )
      expect(sites).toMatch(/^probe_failure_info\{.*name="Closed",reason="refused"\} 1$/m)
    }, SOON)
    const { rows } = await sql<{ token: string }>`
      select substr(url, length('heartbeat:') + 1) as token from site_config where kind = 'heartbeat'`.execute(
      database.db,
    )
    const token = rows[0]?.token ?? expect.fail()
    for (const page of pages) expect(await scrape(page)).not.toContain(token)
  }, 60_000)
})

test.runIf(!hasPromtool || 'missing' in kafka)(
  'promtool or Kafka is not there, so a part of this was not tried',
  () => {
    expect(process.env.CI).not.toBe('true')
  },
)
