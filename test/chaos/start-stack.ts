import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { connect, type Db } from '#db/connect.ts'
import { migrate } from '#db/migrate.ts'
import { queueDefinitions } from '#shared/contracts/queues.ts'
import { openLog } from '#shared/runtime/log.ts'
import { installQueues } from '#shared/runtime/queue.ts'
import { freePort } from '../../scripts/support/free-port.ts'
import type { TruthOptions } from '../ground-truth/make-truth.ts'
import { type GroundTruth, startGroundTruth } from '../ground-truth/start-ground-truth.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { type ServiceName, type ServiceProcess, startService } from '../support/stack.ts'
import { installAuditLog } from './audit-log.ts'
import { type DeadManReceiver, startDeadManReceiver } from './dead-man-receiver.ts'
import { insertSites } from './insert-sites.ts'
import { type Link, openLink } from './link.ts'
import { MailMoments } from './mail-moments.ts'
import { type ChaosServers, type SharedServers, startServers } from './start-servers.ts'

export type StackOptions = {
  /** Of the target; `sites` of it are watched from the beginning, the spare ones can be added later. */
  readonly truth: TruthOptions
  readonly spareSites: number
  readonly timeoutMs: number
  readonly processes: Readonly<Record<ServiceName, number>>
  /** Null: servers of its own. */
  readonly shared: SharedServers | null
  /** For every process, in place of what it gets otherwise. */
  readonly env?: Readonly<Record<string, string>>
  /** For every process, before all else. */
  readonly preloads?: readonly string[]
}

/** One process with its own ways to what it leans on. */
export type ChaosProcess = {
  readonly service: ServiceName
  readonly name: string
  readonly process: ServiceProcess
  readonly postgres: Link
  /** Of consumers. */
  readonly smtp: Link | null
  readonly healthPort: number
}

export type ChaosStack = {
  readonly options: StackOptions
  /** Empty before, removed by the caller. */
  readonly folder: string
  readonly logFolder: string
  readonly db: Db
  readonly servers: ChaosServers
  readonly sink: SmtpSink
  readonly mailMoments: MailMoments
  readonly truth: GroundTruth
  readonly deadMan: DeadManReceiver
  readonly processes: ReadonlyMap<string, ChaosProcess>
  /** Site ids to numbers of the target's sites, of all that were ever there. */
  readonly siteNumbers: Map<number, number>
  /** What must turn up nowhere. */
  readonly secrets: readonly string[]
  /** For what a run starts besides: a command, as the owner of the database. */
  readonly ownerEnv: Readonly<Record<string, string>>
}

const compileCache = path.join(import.meta.dirname, '../../node_modules/.cache/uptick-chaos')
const supportFolder = path.join(import.meta.dirname, '../support')
const PRELOADS = [
  path.join(import.meta.dirname, 'fail-points.ts'),
  path.join(supportFolder, 'clock-fault.ts'),
]
const LISTENERS_MAX = 100
const WORKER_PRELOADS = [path.join(supportFolder, 'worker-faults.ts')]

/** Starts all of it and resolves when every process is ready and the fleet is in the database. */
export async function startStack(
  folder: string,
  options: StackOptions,
  cleanup: AsyncDisposableStack,
): Promise<ChaosStack> {
  // One for each process and server, all of which end with this one.
  process.setMaxListeners(LISTENERS_MAX)
  const secrets = plantSecrets()
  const logFolder = path.join(folder, 'logs')
  const secretsDir = path.join(folder, 'secrets')
  for (const made of [logFolder, secretsDir]) await mkdir(made, { recursive: true })
  await writeFile(path.join(secretsDir, 'site-token'), secrets.siteToken)
  const { truth: scripts, timeoutMs } = options
  const all = { ...scripts, sites: scripts.sites + options.spareSites }
  const truth = await startGroundTruth({ truth: all, timeoutMs, folder: secretsDir })
  cleanup.defer(() => truth.stop())
  const deadMan = await startDeadManReceiver(secrets.deadMan)
  cleanup.defer(() => deadMan.close())
  const servers = await startServers(folder, options.shared, cleanup)
  const db = connect(
    { connectionString: servers.databaseUrl, applicationName: 'chaos', maxConnections: 4 },
    () => undefined,
  )
  cleanup.defer(() => db.destroy())
  await migrateAndAudit(db, servers, options.shared === null ? secrets.database : null)

  const senders = new Map<Link, ServiceProcess>()
  const mailMoments = new MailMoments(
    (port) => [...senders].find(([link]) => link.isFrom(port))?.[1],
  )
  const login = { user: 'uptick', password: secrets.smtp }
  const sink = await startSmtpSink({ login, onMoment: mailMoments.onMoment })
  cleanup.defer(() => sink.goAway())
  const common = { secrets, secretsDir, servers, options, logFolder, sink, deadMan }
  const started = await Promise.all(
    castOf(options).map(({ service, name }) => startProcess(service, name, common, cleanup)),
  )
  for (const { smtp, process: sender } of started) if (smtp !== null) senders.set(smtp, sender)
  const siteNumbers = new Map<number, number>()
  const stack: ChaosStack = {
    options,
    folder,
    logFolder,
    db,
    servers,
    sink,
    mailMoments,
    truth,
    deadMan,
    processes: new Map(started.map((one) => [one.name, one])),
    siteNumbers,
    secrets: Object.values(secrets),
    ownerEnv: { DATABASE_URL: servers.databaseUrl },
  }
  await insertSites(stack, truth.sites.slice(0, scripts.sites))
  return stack
}

type Secrets = ReturnType<typeof plantSecrets>

/** Each of them would be found by its own name. */
function plantSecrets() {
  const secret = (name: string) => `planted-${name}-${randomBytes(9).toString('hex')}`
  return {
    database: secret('database'),
    smtp: secret('smtp'),
    siteToken: secret('site'),
    deadMan: secret('deadman'),
    dashboard: secret('dashboard'),
  } as const
}

async function migrateAndAudit(
  db: Db,
  { databaseUrl }: ChaosServers,
  rolePassword: string | null,
): Promise<void> {
  const log = openLog('chaos', 'silent')
  await migrate(db, {
    rolePassword,
    installQueues: () => installQueues(databaseUrl, queueDefinitions, log),
  })
  await installAuditLog(db)
}

/** `worker-1`, `worker-2` and so on, of each service as many as there are to be. */
export function castOf({ processes }: Pick<StackOptions, 'processes'>) {
  return (['scheduler', 'worker', 'consumer', 'web'] as const).flatMap((service) =>
    Array.from({ length: processes[service] }, (_, index) => ({
      service,
      name: `${service}-${index + 1}`,
    })),
  )
}

type Common = {
  readonly secrets: Secrets
  readonly secretsDir: string
  readonly servers: ChaosServers
  readonly options: StackOptions
  readonly logFolder: string
  readonly sink: SmtpSink
  readonly deadMan: DeadManReceiver
}

async function startProcess(
  service: ServiceName,
  name: string,
  common: Common,
  cleanup: AsyncDisposableStack,
): Promise<ChaosProcess> {
  const { servers, options, logFolder, sink } = common
  const postgres = await openLink(Number(new URL(servers.databaseUrl).port))
  cleanup.defer(() => postgres.close())
  const smtp = service === 'consumer' ? await openLink(sink.port) : null
  if (smtp !== null) cleanup.defer(() => smtp.close())
  const healthPort = await freePort()
  const env = {
    DATABASE_URL: databaseUrlFor(service, postgres, common),
    HEALTH_PORT: String(healthPort),
    LOG_LEVEL: 'debug',
    // Processes are started again hundreds of times: half of what a start costs is reading the source.
    NODE_COMPILE_CACHE: compileCache,
    ...(await ownSettings(service, name, smtp, common)),
    ...options.env,
  }
  const preloads = [
    ...(options.preloads ?? []),
    ...PRELOADS,
    ...(service === 'worker' ? WORKER_PRELOADS : []),
  ]
  const started = await startService(service, name, { env, logFolder, preloads })
  cleanup.defer(async () => void (await started.stop()))
  return { service, name, process: started, postgres, smtp, healthPort }
}

/** Through its own link; with the rights that the service ships with, where the roles are this run's alone. */
function databaseUrlFor(
  service: ServiceName,
  link: Link,
  { servers, secrets, options }: Common,
): string {
  const url = Object.assign(new URL(servers.databaseUrl), { port: String(link.port) })
  const login = { username: `uptick_${service}`, password: secrets.database }
  return (options.shared === null ? Object.assign(url, login) : url).href
}

async function ownSettings(
  service: ServiceName,
  name: string,
  smtp: Link | null,
  { secrets, secretsDir, servers, deadMan }: Common,
): Promise<Readonly<Record<string, string>>> {
  const stream = { RESULT_STREAM: 'kafka', KAFKA_STATUS_TOPIC: servers.topic }
  if (service === 'worker') {
    const own = { WORKER_NAME: name, SECRETS_DIR: secretsDir }
    return { ...stream, ...own, KAFKA_BOOTSTRAP_SERVERS: servers.brokersOf.workers }
  }
  if (service === 'consumer') {
    return {
      ...stream,
      KAFKA_BOOTSTRAP_SERVERS: servers.brokersOf.consumers,
      KAFKA_CONSUMER_GROUP: servers.group,
      SMTP_URL: `smtp://uptick:${secrets.smtp}@127.0.0.1:${smtp?.port}`,
      SMTP_FROM: 'Uptick <uptick@example.org>',
      ALERT_EMAIL_TO: 'ops@example.org',
      DEADMAN_URL: deadMan.url,
      // The defaults are for cadences of a minute: here a minute passes in two seconds.
      FLAPPING_WINDOW_S: '120',
      FLAPPING_CALM_S: '60',
    }
  }
  const web = { WEB_PORT: String(await freePort()), DASHBOARD_PASSWORD: secrets.dashboard }
  return service === 'web' ? web : {}
}
