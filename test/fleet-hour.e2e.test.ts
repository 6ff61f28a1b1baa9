import { chmod, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { outagesEqualFold } from './support/invariants.ts'
import { type NameServer, startNameServer, type Zone } from './support/name-server.ts'
import { openScriptedTarget, type ScriptedTarget } from './support/scripted-target.ts'
import { type SmtpSink, startSmtpSink } from './support/smtp-sink.ts'
import { type ServiceProcess, startService } from './support/stack.ts'
import { openTestDatabase, type TestDatabase } from './support/test-database.ts'
import type { WorkerFault } from './support/worker-faults.ts'

/**
 * An hour of a fleet at a cadence of 1 minute, fifteen times as fast: a slot every 4 seconds. The
 * shipped processes; workers lose their network, their name server and their time, and are suspended;
 * the sites go down by a script. What was up all the time must never have had an outage. Half of that
 * hour here; all of it by `make fleet-hour`.
 */
const HALF_HOURS = Number(process.env.FLEET_HALF_HOURS ?? 1)
const HALF_HOUR_SECONDS = 120
const CADENCE_SECONDS = 4
const STEADY = 60
const SCRIPTED = 10
/** Two slots and what it takes to look: an outage that lasts longer must be found. */
const OUTAGE_SECONDS = 14
const SOON = { timeout: 30_000, interval: 250 }
/** From a slot to its check, at the most. */
const LOOK_MS = 2_000

type Step = readonly [atSecond: number, what: string, act: () => void]

/** A name server whose answers stop while it is lost. */
function losableZone(): { readonly zone: Zone; isLost: boolean } {
  const state = { isLost: false }
  const answers = { A: [[127, 0, 0, 1]], AAAA: [] }
  const zone = new Proxy<Zone>(
    {},
    {
      get: (_, name) => {
        if (state.isLost) return { A: 'silence', AAAA: 'silence', NS: 'silence' }
        return /^(\w+|\*)\.(up|on)\.test$/.test(String(name)) ? answers : undefined
      },
    },
  )
  return Object.assign(state, { zone })
}

describe.skipIf('missing' in inject('kafka'))('an hour of a fleet, fifteen times as fast', () => {
  let folder: string
  let database: TestDatabase
  let sink: SmtpSink
  let target: ScriptedTarget
  const names = losableZone()
  let nameServers: readonly NameServer[]
  let services: ReadonlyMap<string, ServiceProcess>

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-fleet-'))
    await chmod(folder, 0o755)
    database = await openTestDatabase()
    sink = await startSmtpSink()
    target = await openScriptedTarget()
    // They take their time: a worker that stands still is in the middle of something.
    target.set('/steady', 'slow')
    nameServers = [await startNameServer(losableZone().zone), await startNameServer(names.zone)]
    const env = {
      DATABASE_URL: database.url,
      RESULT_STREAM: 'postgres',
      SMTP_URL: sink.url,
      SMTP_FROM: 'uptick@example.org',
      ALERT_EMAIL_TO: 'ops@example.org',
    }
    const preload = path.join(import.meta.dirname, 'support/worker-faults.ts')
    const dnsOf = (worker: string) => nameServers[worker === 'w3' ? 1 : 0]?.address ?? ''
    services = new Map(
      await Promise.all([
        ...(['scheduler', 'consumer'] as const).map(
          async (service) =>
            [service, await startService(service, service, { env, logFolder: folder })] as const,
        ),
        ...['w1', 'w2', 'w3'].map(async (name) => {
          const own = { ...env, WORKER_NAME: name, DNS_SERVERS: dnsOf(name) }
          const options = { env: own, logFolder: folder, preloads: [preload] }
          return [name, await startService('worker', name, options)] as const
        }),
      ]),
    )
  }, 60_000)

  afterAll(async () => {
    await Promise.all([...services.values()].map((service) => service.stop()))
    await Promise.all([
      target.close(),
      sink.goAway(),
      ...nameServers.map((server) => server.stop()),
    ])
    await database.close()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  const port = () => Number(new URL(target.url).port)
  const harm = (worker: string, fault: WorkerFault['fault'], seconds: number) =>
    services.get(worker)?.send({ fault, forMs: seconds * 1_000, ports: [port()] })
  const signal = (worker: string, name: NodeJS.Signals) => services.get(worker)?.kill(name)
  const sitePath = (n: number) => `/scripted/${String(n).padStart(2, '0')}`

  const faults: readonly Step[] = [
    [8, 'w2 loses its network for 3 minutes', () => harm('w2', 'network_loss', 12)],
    [26, 'w1 stands still', () => harm('w1', 'stall', 2)],
    [33, 'w3 loses its name server for 3 minutes', () => Object.assign(names, { isLost: true })],
    [45, 'and has it back', () => Object.assign(names, { isLost: false })],
    [52, 'w1 is suspended for 2 minutes', () => signal('w1', 'SIGSTOP')],
    [60, 'and goes on', () => signal('w1', 'SIGCONT')],
    [68, 'w1 stands still again', () => harm('w1', 'stall', 3)],
    [76, 'w3 loses its network for 3 minutes', () => harm('w3', 'network_loss', 12)],
    [94, 'w2 is suspended for 2 minutes', () => signal('w2', 'SIGSTOP')],
    [102, 'and goes on', () => signal('w2', 'SIGCONT')],
  ]
  /** Each scripted site is down once in each half, at its own time, whatever happens to the workers then. */
  const begin = (n: number) => 4 + 9 * n
  const outageSteps: readonly Step[] = Array.from({ length: SCRIPTED }, (_, n): Step[] => [
    [begin(n), 'down', () => target.set(sitePath(n), 'failing')],
    [begin(n) + OUTAGE_SECONDS, 'up', () => target.set(sitePath(n), 'ok')],
  ]).flat()

  /** Slots are whole seconds, and a slow site takes half of one: a third into it, looks are under way. */
  const midLook = () => pause((1_350 - (Date.now() % 1_000)) % 1_000)

  /** Plays half an hour, and resolves to when it began. */
  async function playHalf(): Promise<number> {
    const beganMs = Date.now()
    const untilSecond = (second: number) =>
      pause(Math.max(0, beganMs + second * 1_000 - Date.now()))
    for (const [atSecond, , act] of [...faults, ...outageSteps].sort(([a], [b]) => a - b)) {
      await untilSecond(atSecond)
      await midLook()
      act()
    }
    await untilSecond(HALF_HOUR_SECONDS)
    return beganMs
  }

  const addSites = () =>
    sql`
      insert into site_config (name, url, cadence, timeout_ms, recheck_after_s)
      select kind || ' ' || n, 'http://' || case n % 3 when 0 then '127.0.0.1' when 1 then kind || n || '.up.test' else kind || n || '.on.test' end
        || ':' || ${port()}::int || '/' || kind || '/' || to_char(n, 'FM00'), '4s', 1000, 1
      from (select 'steady' as kind, generate_series(0, ${STEADY}::int - 1) as n
        union all select 'scripted', generate_series(0, ${SCRIPTED}::int - 1)) as sites`.execute(
      database.db,
    )

  const countUp = async () =>
    (await database.db.selectFrom('sites').select('site_id').where('status', '=', 'up').execute())
      .length

  type Found = { name: string; started_at: Date; ended_at: Date | null; first_down: Date }
  /** Each outage with the first failed slot among the rows around it. */
  const outagesFound = async () => {
    const { rows } = await sql<Found>`
      select c.name, o.started_at, o.ended_at, (
        select min(p.slot) from ping_status p where p.site_id = o.site_id and p.result = 'down' and p.slot >= coalesce((
          select max(u.slot) from ping_status u
          where u.site_id = o.site_id and u.result = 'up' and u.slot < o.opened_slot), 'epoch')) as first_down
      from outages o join site_config c on c.id = o.site_id order by c.name, o.started_at`.execute(
      database.db,
    )
    return rows
  }

  test('finds every outage of the script once, from its first failed slot on, and no other', {
    timeout: 60_000 + HALF_HOURS * 180_000,
  }, async () => {
    await sql`insert into cadence (name, seconds) values ('4s', ${sql.lit(CADENCE_SECONDS)})`.execute(
      database.db,
    )
    await addSites()
    await vi.waitFor(async () => expect(await countUp()).toBe(STEADY + SCRIPTED), SOON)

    const halvesMs: number[] = []
    while (halvesMs.length < HALF_HOURS) halvesMs.push(await playHalf())
    await vi.waitFor(async () => expect(await countUp()).toBe(STEADY + SCRIPTED), SOON)
    const isTold = async () => {
      const rows = await database.db.selectFrom('notifications').select('sent_at').execute()
      return rows.every(({ sent_at }) => sent_at !== null)
    }
    await vi.waitFor(async () => expect(await isTold()).toBe(true), SOON)

    const told = sink.accepted.map(({ parsed }) => parsed.subject ?? '')
    expect(told.filter((subject) => !/^\[(DOWN|RECOVERED)\] scripted/.test(subject))).toEqual([])
    expect(told).toHaveLength(2 * SCRIPTED * HALF_HOURS)
    const found = await outagesFound()
    const expected = Array.from({ length: SCRIPTED }, (_, n) => halvesMs.map(() => `scripted ${n}`))
    expect(found.map(({ name }) => name)).toEqual(expected.flat())
    for (const [at, { name, started_at, ended_at, first_down }] of found.entries()) {
      const n = Number(name.split(' ')[1])
      const downMs = (halvesMs[at % HALF_HOURS] ?? 0) + begin(n) * 1_000
      const upMs = downMs + OUTAGE_SECONDS * 1_000
      expect(started_at, name).toEqual(first_down)
      // The check of a slot comes a little after it: what was down when looked at may have been up at the slot.
      expect(started_at.getTime()).toBeGreaterThan(downMs - LOOK_MS)
      expect(started_at.getTime()).toBeLessThan(upMs)
      expect(ended_at?.getTime()).toBeGreaterThan(upMs - LOOK_MS)
    }
    expect(await outagesEqualFold(database.db)).toEqual([])

    // The faults did bite. Whom most depends on who had most of the work just then.
    const { rows } = await sql<{ worker: string; count: number }>`
      select worker, count(*) as count from ping_status where result = 'inconclusive' group by 1`.execute(
      database.db,
    )
    expect(rows.reduce((sum, { count }) => sum + Number(count), 0)).toBeGreaterThan(0)
  })
})
