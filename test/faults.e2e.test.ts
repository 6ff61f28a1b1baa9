import { chmod, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { connect, type Db } from '#db/connect.ts'
import { migrate } from '#db/migrate.ts'
import { queueDefinitions } from '#shared/contracts/queues.ts'
import { openLog } from '#shared/runtime/log.ts'
import { installQueues } from '#shared/runtime/queue.ts'
import { type RunningKafka, startKafka } from '../scripts/support/kafka.ts'
import { type RunningPostgres, startPostgres } from '../scripts/support/postgres.ts'
import {
  acknowledgedAreStored,
  emailsMatchOutages,
  outagesEqualFold,
} from './support/invariants.ts'
import { openScriptedTarget, type ScriptedTarget } from './support/scripted-target.ts'
import { type SmtpSink, startSmtpSink } from './support/smtp-sink.ts'
import { type ServiceName, type ServiceProcess, startService } from './support/stack.ts'

const SITES = 120
const FLAPPING = 40
const SOON = { timeout: 60_000, interval: 250 }

/**
 * Two schedulers, three workers and two consumers on servers of their own, all of them killed while a
 * third of the sites goes down and comes back and the mail server is away. The long form of this
 * with thousands of sites is `make soak`.
 */
describe.skipIf('missing' in inject('kafka'))('kill -9 of everything, once each', () => {
  let folder: string
  let postgres: RunningPostgres
  let kafka: RunningKafka
  let sink: SmtpSink
  let target: ScriptedTarget
  let db: Db
  let services: readonly ServiceProcess[]

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-faults-'))
    await chmod(folder, 0o755)
    postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), durable: false })
    const started = await startKafka({ dir: path.join(folder, 'kafka') })
    if (!started.available) throw new Error(started.reason)
    kafka = started
    sink = await startSmtpSink()
    target = await openScriptedTarget()
    db = connect(
      { connectionString: postgres.url, applicationName: 'test', maxConnections: 2 },
      () => undefined,
    )
    const log = openLog('test', 'silent')
    await migrate(db, {
      rolePassword: null,
      installQueues: () => installQueues(postgres.url, queueDefinitions, log),
    })
    const names: readonly (readonly [ServiceName, string])[] = [
      ['scheduler', 'scheduler-1'],
      ['scheduler', 'scheduler-2'],
      ['worker', 'worker-1'],
      ['worker', 'worker-2'],
      ['worker', 'worker-3'],
      ['consumer', 'consumer-1'],
      ['consumer', 'consumer-2'],
    ]
    const env = {
      DATABASE_URL: postgres.url,
      KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
      SMTP_URL: sink.url,
      SMTP_FROM: 'uptick@example.org',
      ALERT_EMAIL_TO: 'ops@example.org',
    }
    services = await Promise.all(
      names.map(([service, name]) => startService(service, name, { env, logFolder: folder })),
    )
  }, 120_000)

  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()))
    await db.destroy()
    await Promise.all([
      target.close(),
      sink.goAway(),
      kafka.stop({ remove: true }),
      postgres.stop({ remove: true }),
    ])
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  const countOf = async (status: 'up' | 'down') => {
    const rows = await db
      .selectFrom('sites')
      .select('site_id')
      .where('status', '=', status)
      .execute()
    return rows.length
  }

  test('loses no acknowledged result, doubles no row, and tells each outage and each recovery once', {
    timeout: 240_000,
  }, async () => {
    await sql`insert into cadence (name, seconds) values ('2s', 2)`.execute(db)
    await sql`
      insert into site_config (url, cadence, timeout_ms)
      select ${target.url} || case when n <= ${FLAPPING}::int then '/flapping/' else '/steady/' end || n, '2s', 1000
      from generate_series(1, ${SITES}::int) n`.execute(db)
    await vi.waitFor(async () => expect(await countOf('up')).toBe(SITES), SOON)

    await sink.goAway()
    target.set('/flapping', 'failing')
    for (const service of services) {
      service.kill('SIGKILL')
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    await vi.waitFor(async () => expect(await countOf('down')).toBe(FLAPPING), SOON)
    await kafka.kill()
    await kafka.restart()
    target.set('/flapping', 'ok')
    await postgres.kill()
    await postgres.restart()
    await vi.waitFor(async () => expect(await countOf('up')).toBe(SITES), SOON)
    await sink.comeBack()
    await vi.waitFor(() => expect(sink.accepted.length).toBeGreaterThanOrEqual(2 * FLAPPING), {
      timeout: 90_000,
      interval: 500,
    })

    await sql`update site_config set enabled = false`.execute(db)
    const settledRows = async () => {
      const { rows } = await sql<{
        count: number
      }>`select count(*) as count from ping_status`.execute(db)
      return Number(rows[0]?.count)
    }
    await vi.waitFor(async () => {
      const { lost } = await acknowledgedAreStored(db, kafka.bootstrapServers, 'statuses')
      expect(lost).toEqual([])
      expect(await settledRows()).toBeGreaterThan(SITES)
    }, SOON)
    expect(await outagesEqualFold(db)).toEqual([])
    expect(await emailsMatchOutages(db, sink.accepted)).toEqual([])
  })
})
