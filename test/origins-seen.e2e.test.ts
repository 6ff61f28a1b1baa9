import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freePort } from '../scripts/support/free-port.ts'
import { openScriptedTarget, type ScriptedTarget } from './support/scripted-target.ts'
import { type SmtpSink, startSmtpSink } from './support/smtp-sink.ts'
import { type ServiceProcess, startService } from './support/stack.ts'
import { openTestDatabase, type TestDatabase } from './support/test-database.ts'

/**
 * What the small monitors that Uptick grew out of showed (O4 a JSON API with a health route and figures
 * of each process, O5 reports), on the shipped processes: from a POST to what a visitor sees.
 */

const SOON = { timeout: 30_000, interval: 100 }
const root = path.join(import.meta.dirname, '..')
const run = promisify(execFile)

let database: TestDatabase
let target: ScriptedTarget
let sink: SmtpSink
let folder: string
let services: readonly ServiceProcess[]
let web: string
let health: string
let key: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-seen-'))
  database = await openTestDatabase()
  target = await openScriptedTarget()
  sink = await startSmtpSink()
  const [webPort, healthPort] = [await freePort(), await freePort()]
  web = `http://127.0.0.1:${webPort}`
  health = `http://127.0.0.1:${healthPort}`
  const env = {
    RESULT_STREAM: 'postgres',
    SMTP_URL: sink.url,
    SMTP_FROM: 'Uptick <uptick@example.org>',
  }
  const own = { web: { WEB_PORT: String(webPort), HEALTH_PORT: String(healthPort) } } as const
  services = await Promise.all(
    (['consumer', 'worker', 'scheduler', 'web'] as const).map((name) =>
      startService(name, name, {
        env: {
          ...env,
          ...(name === 'web' ? own.web : {}),
          DATABASE_URL: database.urlAs(`uptick_${name}`),
        },
        logFolder: folder,
      }),
    ),
  )
  key = JSON.parse(
    await uptick('key', 'create', '--name', 'e2e', '--scope', 'read,write,check', '--json'),
  ).key
}, 60_000)

afterAll(async () => {
  const codes = await Promise.all(services.map((service) => service.stop()))
  await Promise.all([target.close(), sink.goAway(), database.close()])
  await rm(folder, { recursive: true })
  expect(codes).toEqual([0, 0, 0, 0])
}, 60_000)

/** The command line, as a person runs it. */
async function uptick(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [path.join(root, 'scripts/uptick.ts'), ...args], {
    cwd: folder,
    env: { DATABASE_URL: database.url, NO_COLOR: '1' },
  })
  return stdout
}

async function ask(place: string, init: RequestInit = {}) {
  const answer = await fetch(`${web}${place}`, {
    ...init,
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...init.headers,
    },
  })
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.includes('json') ?? false
  return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text }
}

describe('O4: a JSON API', () => {
  test('O4: takes a site by POST, and gives back by GET what was seen of it', async () => {
    target.set('/shop', { body: 'all is well' })
    const site = { name: 'shop', url: `${target.url}/shop`, cadence: '1m', published: true }
    const added = await ask('/api/v1/sites', { method: 'POST', body: JSON.stringify(site) })
    expect(added).toMatchObject({ status: 201, body: { name: 'shop', cadence: '1m' } })
    const place = added.headers.get('location') ?? ''
    await vi.waitFor(async () => {
      expect((await ask(place)).body).toMatchObject({ state: 'up' })
    }, SOON)
    const results = await ask(`${place}/results`)
    expect(results.body).toMatchObject({ results: [{ result: 'up', status_code: 200 }] })
  }, 60_000)

  test('O4: checks a site now when it is asked to', async () => {
    const { body } = await ask('/api/v1/sites?search=shop')
    const [{ id }] = body.sites
    const asked = await ask(`/api/v1/sites/${id}/check`, { method: 'POST' })
    expect(asked.status).toBe(202)
    await vi.waitFor(async () => {
      const { results } = (await ask(`/api/v1/sites/${id}/results`)).body
      expect(results.length).toBeGreaterThan(1)
    }, SOON)
  }, 60_000)

  test('O4: has a health route that means something, and figures of each process', async () => {
    await vi.waitFor(async () => {
      const { status, body } = await ask('/api/v1/health', { headers: { authorization: '' } })
      expect([status, body]).toEqual([
        200,
        { healthy: true, database: true, scheduling: true, recording: true },
      ])
    }, SOON)
    for (const place of ['/livez', '/readyz', '/metrics'])
      expect((await fetch(`${health}${place}`)).status).toBe(200)
  }, 60_000)
})

describe('O5: reports', () => {
  test('O5: tell of each site how much of the time it was up, and how much of that was seen', async () => {
    const { sites } = JSON.parse(await uptick('report', 'uptime', '--since', '1h', '--json'))
    expect(sites).toEqual([expect.objectContaining({ site_name: 'shop', uptime: 1 })])
    expect(sites[0].coverage).toBeLessThan(1)
    expect(await uptick('report', 'uptime', '--since', '1h')).toContain('100 %')
  }, 60_000)

  test('O5: and a visitor sees it on the status page', async () => {
    await vi.waitFor(async () => {
      const { body } = await ask('/')
      expect(body).toContain('All systems operational')
      expect(body).toContain('shop')
      expect(body).not.toContain(target.url)
    }, SOON)
  }, 60_000)
})

test('web ends at once, although somebody has its page open', async () => {
  const streams = await fetch(`${web}/events`)
  expect(streams.status).toBe(200)
  const process = services.find(({ name }) => name === 'web')
  expect(await process?.stop()).toBe(0)
  // The stream ends with the process: reading it to its end does not hang.
  await streams.text()
}, 15_000)
