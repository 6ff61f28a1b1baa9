import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
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
  nothingIsStuck,
  outagesEqualFold,
} from '../test/support/invariants.ts'
import { type SmtpSink, startSmtpSink } from '../test/support/smtp-sink.ts'
import { type ServiceName, type ServiceProcess, startService } from '../test/support/stack.ts'
import { addFleet, allFleet, measureSlots } from './fleet.ts'
import { usageOf } from './process-usage.ts'
import { startTarget } from './start-target.ts'

/**
 * `make soak`: the real processes under load for minutes, some sites hanging and some going down and
 * coming back, with faults if asked for; then what must hold is checked on all that was stored,
 * acknowledged and mailed. SITES, CADENCE_SECONDS, MINUTES, HANG_PERCENT, FLAP_PERCENT, SCHEDULERS,
 * WORKERS, CONSUMERS, KILLS=1 (kill -9 of each process and server once), SMTP_DOWN=1, NAME.
 */

const number = (name: string, fallback: number) => Number(process.env[name] ?? fallback)
const options = {
  name: process.env.NAME ?? 'soak',
  sites: number('SITES', 5_000),
  cadenceSeconds: number('CADENCE_SECONDS', 60),
  minutes: number('MINUTES', 10),
  hangPercent: number('HANG_PERCENT', 1),
  flapPercent: number('FLAP_PERCENT', 1),
  schedulers: number('SCHEDULERS', 1),
  workers: number('WORKERS', 1),
  consumers: number('CONSUMERS', 1),
  kills: number('KILLS', 0),
  smtpDown: number('SMTP_DOWN', 0),
}
const durationMs = options.minutes * 60_000
const TOPIC = 'statuses'

type Stack = {
  readonly db: Db
  readonly postgres: RunningPostgres
  readonly kafka: RunningKafka
  readonly sink: SmtpSink
  readonly services: readonly ServiceProcess[]
}

const say = (text: string) => process.stdout.write(`${new Date().toISOString()} ${text}\n`)
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))

async function main(): Promise<void> {
  await using cleanup = new AsyncDisposableStack()
  const folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-soak-'))
  await chmod(folder, 0o755)
  if (process.env.KEEP === undefined)
    cleanup.defer(() => rm(folder, { recursive: true, force: true }))
  // Down for the third and fourth tenth of the run: two slots and more of each site at a minute's cadence.
  const flap = { fromMs: durationMs * 0.3, untilMs: durationMs * 0.6 }
  const target = await startTarget(flap)
  cleanup.defer(() => target.end())
  const stack = await startStack(folder, cleanup)
  await addFleet(stack.db, { ...options, port: target.port })
  const startMs = Date.now()
  say(`started ${options.sites} sites in ${folder}`)

  const memory: Record<string, number[]> = {}
  const sampling = setInterval(() => sampleMemory(stack, memory), 30_000)
  await Promise.all([injectFaults(stack), smtpOutage(stack), sleep(durationMs)])
  const endMs = Date.now()
  // No more slots; the last ones settle: hanging probes end, expired jobs come back, emails are sent.
  await sql`update site_config set enabled = false`.execute(stack.db)
  await sleep(90_000)
  clearInterval(sampling)
  const report = await audit(stack, startMs, endMs)
  await publish({ at: new Date().toISOString(), options, ...report, memoryMiB: memory })
}

async function startStack(folder: string, cleanup: AsyncDisposableStack): Promise<Stack> {
  const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), durable: true })
  cleanup.defer(() => postgres.stop({ remove: true }))
  const kafka = await startKafka({ dir: path.join(folder, 'kafka') })
  if (!kafka.available) throw new Error(kafka.reason)
  cleanup.defer(() => kafka.stop({ remove: true }))
  const sink = await startSmtpSink()
  cleanup.defer(() => sink.goAway())
  const db = connect(
    { connectionString: postgres.url, applicationName: 'soak', maxConnections: 2 },
    () => undefined,
  )
  cleanup.defer(() => db.destroy())
  const log = openLog('soak', 'silent')
  await migrate(db, {
    rolePassword: null,
    installQueues: () => installQueues(postgres.url, queueDefinitions, log),
  })
  const env = {
    DATABASE_URL: postgres.url,
    KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
    KAFKA_STATUS_TOPIC: TOPIC,
    SMTP_URL: sink.url,
    SMTP_FROM: 'uptick@example.org',
    ALERT_EMAIL_TO: 'ops@example.org',
  }
  const names = (['consumer', 'worker', 'scheduler'] as const).flatMap((service) =>
    Array.from({ length: options[`${service}s`] }, (_, index) => ({
      service,
      name: `${service}-${index + 1}`,
    })),
  )
  const start = async ({ service, name }: { service: ServiceName; name: string }) => {
    const started = await startService(service, name, { env, logFolder: folder })
    cleanup.defer(async () => {
      say(`${name} stopped with ${await started.stop()}`)
    })
    return started
  }
  return { db, postgres, kafka, sink, services: await Promise.all(names.map(start)) }
}

/** kill -9 of each service, then of Kafka and of Postgres, spread over the middle of the run. */
async function injectFaults({ services, kafka, postgres }: Stack): Promise<void> {
  if (options.kills === 0) return
  const faults = [
    ...services.map((service) => ({
      name: service.name,
      run: async () => service.kill('SIGKILL'),
    })),
    { name: 'kafka', run: () => kafka.kill().then(() => kafka.restart()) },
    { name: 'postgres', run: () => postgres.kill().then(() => postgres.restart()) },
  ]
  const everyMs = (durationMs * 0.7) / faults.length
  await sleep(durationMs * 0.15)
  for (const fault of faults) {
    say(`kill -9 ${fault.name}`)
    await fault.run()
    say(`${fault.name} is back`)
    await sleep(everyMs)
  }
}

/** No mail server for half of the run, around the outages and their recoveries. */
async function smtpOutage({ sink }: Stack): Promise<void> {
  if (options.smtpDown === 0) return
  await sleep(durationMs * 0.3)
  say('the mail server goes away')
  await sink.goAway()
  await sleep(durationMs * 0.5)
  await sink.comeBack()
  say('the mail server is back')
}

function sampleMemory(
  { services, postgres, kafka }: Stack,
  memory: Record<string, number[]>,
): void {
  const pids = [
    ...services.map(({ name, pid }) => ({ name, pid: pid() })),
    { name: 'postgres', pid: postgres.pid() },
    { name: 'kafka', pid: kafka.pid() },
  ]
  for (const { name, pid } of pids) {
    try {
      const series = memory[name] ?? []
      memory[name] = [...series, Math.round(usageOf(pid).rssBytes / 2 ** 20)]
    } catch {
      // It is dead at this very moment, as asked for.
    }
  }
}

async function audit({ db, sink, kafka }: Stack, startMs: number, endMs: number) {
  const slots = await measureSlots(db, {
    cadenceSeconds: options.cadenceSeconds,
    fromMs: startMs,
    toMs: endMs,
  })
  const { acknowledged, lost } = await acknowledgedAreStored(db, kafka.bootstrapServers, TOPIC)
  const outages = await db.selectFrom('outages').select(['ended_at']).execute()
  const late = await db
    .selectFrom('ping_status')
    .select('site_id')
    .where('late', '=', true)
    .execute()
  return {
    rows: await allFleet(db),
    slots,
    acknowledged,
    outages: outages.length,
    ended: outages.filter(({ ended_at }) => ended_at !== null).length,
    emails: sink.accepted.length,
    lateRows: late.length,
    violations: {
      'acknowledged but not stored': lost,
      'outages unlike the fold of the rows': await outagesEqualFold(db),
      'emails unlike the outages': await emailsMatchOutages(db, sink.accepted),
      'jobs forgotten': await nothingIsStuck(db),
    },
  }
}

async function publish(report: object): Promise<void> {
  const folder = path.join(import.meta.dirname, 'results')
  await mkdir(folder, { recursive: true })
  const file = path.join(
    folder,
    `${options.name}-${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}.json`,
  )
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`)
  say(
    JSON.stringify(
      report,
      (_, value) =>
        Array.isArray(value) && value.length > 8
          ? [...value.slice(0, 8), `and ${value.length - 8} more`]
          : value,
      2,
    ),
  )
  say(`written to ${file}`)
}

await main()
process.exit(0)
