import { execFileSync } from 'node:child_process'
import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'
import { freePort } from '../scripts/support/free-port.ts'
import { startService } from '../test/support/stack.ts'
import { openLoop } from './open-loop.ts'
import { type Measure, timed } from './timed.ts'

const PASSWORD = 'bench'
const LOAD = { perSecond: 200, seconds: 30 } as const

export type PageOptions = {
  readonly db: Db
  /** Of the role that web ships with. */
  readonly databaseUrl: string
  readonly logFolder: string
  readonly sites: number
}

/** The web process as it ships, held to one core; who asks has the other one. */
export async function measurePages(options: PageOptions): Promise<readonly Measure[]> {
  const port = await freePort()
  const web = await startService('web', 'web', {
    env: {
      DATABASE_URL: options.databaseUrl,
      WEB_PORT: String(port),
      DASHBOARD_PASSWORD: PASSWORD,
      LOG_LEVEL: 'warn',
    },
    logFolder: options.logFolder,
  })
  try {
    pin(web.pid(), '0')
    pin(process.pid, '1')
    const origin = `http://127.0.0.1:${port}`
    await freshen(options.db)
    return [...(await statusPage(origin, options.db)), ...(await dashboard(origin, options.sites))]
  } finally {
    pin(process.pid, '0,1')
    await web.stop()
  }
}

/** All threads of a process. */
const pin = (pid: number, cores: string) =>
  void execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(pid)])

/** A history that was made yesterday would be a fleet of which nothing is known. */
const freshen = (db: Db) =>
  sql`update sites set last_checked_at = now() - make_interval(secs => site_id % 300), streak = 0, streak_since = null
    where last_checked_at is not null`.execute(db)

/** While an outage changes each second: pages that are kept have to be made again. */
async function statusPage(origin: string, db: Db): Promise<readonly Measure[]> {
  const changing = setInterval(() => {
    void sql`update outages set message = message
      where id = (select id from outages where ended_at is null limit 1)`.execute(db)
  }, 1_000)
  const headers = { 'accept-encoding': 'gzip, deflate, br' }
  const measures: Measure[] = []
  for (const [what, path] of [
    ['the status page of 200 sites', '/'],
    ['a published site', '/sites/service-1'],
  ] as const) {
    if ((await fetch(origin + path)).status !== 200) continue
    await openLoop({ url: origin + path, headers, perSecond: 50, seconds: 3 })
    const { offered, answered, bytesEach, p50Ms, p99Ms, maxMs } = await openLoop({
      url: origin + path,
      headers,
      ...LOAD,
    })
    const note = `${answered} of ${offered} answered, ${bytesEach} bytes each, max ${maxMs.toFixed(0)} ms`
    const rate = `${LOAD.perSecond}/s for ${LOAD.seconds} s on one core`
    measures.push({
      what: `${what}, ${rate}`,
      limitMs: path === '/' ? 50 : null,
      runs: offered,
      p50Ms,
      // An answer that did not come kept no limit.
      p99Ms: answered < offered ? Number.POSITIVE_INFINITY : p99Ms,
      note,
    })
  }
  clearInterval(changing)
  return measures
}

async function dashboard(origin: string, sites: number): Promise<readonly Measure[]> {
  const cookie = await logIn(origin)
  const open = async (path: string) => {
    const answer = await fetch(origin + path, { headers: { cookie } })
    const text = await answer.text()
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${text.slice(0, 200)}`)
  }
  const site = (run: number) => 1 + ((run * 379) % sites)
  return [
    await timed(`the dashboard of ${sites} sites`, 300, () => open('/dashboard')),
    await timed('its search', 300, (run) => open(`/dashboard?q=booking+gateway+${site(run)}`)),
    await timed('its sites of a tag', 300, (run) => open(`/dashboard?tag=team-${run % 40}`)),
    await timed("a site's page", null, (run) => open(`/dashboard/sites/${site(run)}`)),
  ]
}

async function logIn(origin: string): Promise<string> {
  const answer = await fetch(`${origin}/dashboard/login`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ password: PASSWORD }).toString(),
    redirect: 'manual',
  })
  const cookie = answer.headers.get('set-cookie')?.split(';')[0]
  if (cookie === undefined) throw new Error(`no session: ${answer.status}`)
  return cookie
}
