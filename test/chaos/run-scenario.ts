import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'
import { openKafkaAdmin } from '#shared/runtime/kafka-admin.ts'
import { openBrokers } from '#shared/runtime/kafka-client.ts'
import { openLog } from '#shared/runtime/log.ts'
import { type GroundTruth, startGroundTruth } from '../ground-truth/start-ground-truth.ts'
import { readTopic } from '../support/invariants.ts'
import { ownStream } from '../support/make-topic.ts'
import { type SmtpMoment, type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { type ServiceName, type ServiceProcess, startService } from '../support/stack.ts'
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts'
import { installAuditLog } from './audit-log.ts'
import type { ArrivedMail, Evidence, InjectedFault } from './evidence.ts'
import type { PlantedBugName } from './planted-bugs.ts'
import type { Stage } from './stage.ts'

/** A few processes, a few sites and a few faults in a fixed order: short, for one bug. */
export type Scenario = {
  readonly name: string
  readonly processes: readonly (readonly [ServiceName, string])[]
  readonly sites: number
  readonly play: (stage: Stage) => Promise<void>
}

export type ScenarioOptions = {
  readonly brokers: string
  /** In every process of the run. */
  readonly bug?: PlantedBugName
  /** How long the queue and the stream may take to run empty at the end. */
  readonly drainMs: number
}

const CADENCE_SECONDS = 2
const TIMEOUT_MS = 1_000
const SECRET = 'planted-secret-5c1d7a90'
const LOOK_EVERY_MS = 250
const here = import.meta.dirname

/**
 * Plays a scenario on servers that others may share, with a database, a topic, a mail server and a
 * target of its own, and hands what it left behind to `judge` before all of it is removed.
 */
export async function runScenario<T>(
  scenario: Scenario,
  options: ScenarioOptions,
  judge: (evidence: Evidence) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-bug-'))
  await using owned = new AsyncDisposableStack()
  owned.defer(() => rm(folder, { recursive: true, force: true }))
  await writeFile(path.join(folder, 'token'), SECRET)
  const database = await openTestDatabase()
  owned.defer(() => database.close())
  await installAuditLog(database.db)
  const stream = await ownStream(options.brokers)
  let mailHook = async () => {}
  const onMoment = async (moment: SmtpMoment) => {
    if (moment === 'mail_read') await mailHook()
    return 'answer' as const
  }
  const sink = await startSmtpSink({ onMoment })
  owned.defer(() => sink.goAway())
  const truth = await startGroundTruth({ truth: truthOf(scenario), timeoutMs: TIMEOUT_MS, folder })
  owned.defer(() => truth.stop())
  const topic = await openTopic(stream)
  owned.defer(() => topic.close())

  const env = {
    ...stream,
    ...mailOf(sink),
    SECRETS_DIR: folder,
    LOG_LEVEL: 'debug',
  }
  const services = await startAll(scenario, database, env, folder, options.bug)
  owned.defer(() => stopAll(services))
  await insertSites(database.db, truth)
  const fromMs = Date.now()
  const faults: InjectedFault[] = []
  const brokerPort = Number(new URL(`kafka://${options.brokers}`).port)
  await scenario.play({
    ...{ services, truth, sink, brokerPort, faults, ...topic },
    breakConnections: (kind) => breakConnections(database.db, kind),
    onMail: (hook) => {
      mailHook = hook
    },
  })

  await sql`update site_config set enabled = false`.execute(database.db)
  const untilMs = Date.now()
  const drainedAtMs = await drained(database.db, topic, options.drainMs)
  return await judge({
    seed: 0,
    db: database.db,
    window: { fromMs, untilMs },
    drainedAtMs,
    fleet: await fleetOf(truth),
    faults,
    served: await truth.served(),
    records: await readTopic(options.brokers, stream.KAFKA_STATUS_TOPIC),
    mails: mailsOf(sink),
    deadManPingsMs: [],
    memory: [],
    counters: [],
    logFolder: folder,
    secrets: [SECRET],
  })
}

function truthOf({ sites }: Scenario) {
  return {
    seed: 1,
    sites,
    durationMs: 600_000,
    cadenceSeconds: CADENCE_SECONDS,
    mix: { wandering: 0, edgy: 0, flapping: 0, broken: 0 },
    httpsPercent: 0,
    doors: 0,
  }
}

function mailOf({ url }: SmtpSink) {
  return { SMTP_URL: url, SMTP_FROM: 'uptick@example.org', ALERT_EMAIL_TO: 'ops@example.org' }
}

async function insertSites(db: Db, { sites }: GroundTruth): Promise<void> {
  await sql`insert into cadence (name, seconds) values ('2s', ${CADENCE_SECONDS})`.execute(db)
  await db
    .insertInto('site_config')
    .values(sites.map(({ row }) => ({ ...row, cadence: '2s', bearer_token_secret: 'token' })))
    .execute()
}

async function startAll(
  { processes }: Scenario,
  database: TestDatabase,
  env: Readonly<Record<string, string>>,
  logFolder: string,
  bug: PlantedBugName | undefined,
): Promise<ReadonlyMap<string, ServiceProcess>> {
  const modules = ['fail-points.ts', 'cut-link.ts', '../support/worker-faults.ts']
  const preloads = [...(bug === undefined ? [] : ['plant-bug.ts']), ...modules]
  const services = await Promise.all(
    processes.map(([service, name]) =>
      startService(service, name, {
        env: {
          ...env,
          ...(bug === undefined ? {} : { PLANTED_BUG: bug }),
          ...(service === 'worker' ? { WORKER_NAME: name } : {}),
          DATABASE_URL: database.urlAs(`uptick_${service}`),
        },
        logFolder,
        preloads: preloads.map((file) => path.join(here, file)),
      }),
    ),
  )
  return new Map(services.map((service) => [service.name, service]))
}

async function stopAll(services: ReadonlyMap<string, ServiceProcess>): Promise<void> {
  await Promise.all([...services.values()].map((service) => service.stop()))
}

async function breakConnections(db: Db, kind: string): Promise<void> {
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name like ${`uptick ${kind}%`}`.execute(db)
}

type Topic = Pick<Stage, 'produce' | 'readTopic'> & {
  readonly lag: () => Promise<number>
  readonly close: () => Promise<void>
}

async function openTopic(stream: Awaited<ReturnType<typeof ownStream>>): Promise<Topic> {
  const { KAFKA_BOOTSTRAP_SERVERS: brokers, KAFKA_STATUS_TOPIC: topic } = stream
  const admin = await openKafkaAdmin(
    openBrokers([brokers], topic, 'auditor'),
    openLog('test', 'silent'),
    new AbortController().signal,
  )
  const producer = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).producer()
  await producer.connect()
  return {
    async produce(records) {
      await producer.send({ topic, acks: -1, messages: [...records] })
    },
    readTopic: () => readTopic(brokers, topic),
    async lag() {
      const partitions = await admin.lag(stream.KAFKA_CONSUMER_GROUP)
      return partitions.reduce((sum, { lag }) => sum + lag, 0)
    },
    async close() {
      await producer.disconnect()
      await admin.close()
    },
  }
}

/** When neither the queue nor the stream had anything left, or null. */
async function drained(db: Db, topic: Topic, withinMs: number): Promise<number | null> {
  const endMs = Date.now() + withinMs
  while (Date.now() < endMs) {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from pgboss.job where state in ('created', 'retry', 'active')`.execute(
      db,
    )
    if (Number(rows[0]?.count) === 0 && (await topic.lag()) === 0) return Date.now()
    await pause(LOOK_EVERY_MS)
  }
  return null
}

async function fleetOf(truth: GroundTruth): Promise<Evidence['fleet']> {
  const sites = await truth.sitesAsTheyWere()
  return {
    cadenceSeconds: CADENCE_SECONDS,
    timeoutMs: TIMEOUT_MS,
    failureThreshold: 2,
    recoveryThreshold: 2,
    sites: new Map(sites.map((site) => [site.number, site])),
    truthStartMs: truth.startMs,
  }
}

function mailsOf({ accepted, dropped }: SmtpSink): readonly ArrivedMail[] {
  const answered = accepted.map((mail) => ({ ...mail, answer: 'accepted' as const }))
  const unclear = dropped.map((mail) => ({ ...mail, answer: 'unclear' as const }))
  return [...answered, ...unclear].sort((a, b) => a.atMs - b.atMs)
}
