import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { connect, type Db } from '#db/connect.ts'
import { migrate } from '#db/migrate.ts'
import { queueDefinitions } from '#shared/contracts/queues.ts'
import { openLog } from '#shared/runtime/log.ts'
import { installQueues } from '#shared/runtime/queue.ts'
import type { TruthOptions } from '../ground-truth/make-truth.ts'
import { type GroundTruth, startGroundTruth } from '../ground-truth/start-ground-truth.ts'
import type { Link } from '../support/link.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import type { ServiceName, ServiceProcess } from '../support/stack.ts'
import { installAuditLog } from './audit-log.ts'
import { type DeadManReceiver, startDeadManReceiver } from './dead-man-receiver.ts'
import { insertSites } from './insert-sites.ts'
import { MailMoments } from './mail-moments.ts'
import { plantSecrets } from './plant-secrets.ts'
import { type ChaosProcess, startProcess } from './start-process.ts'
import { type ChaosServers, type SharedServers, startServers } from './start-servers.ts'

export type StackOptions = {
  /** Of the target; `sites` of it are watched from the beginning, the spare ones can be added later. */
  readonly truth: TruthOptions
  readonly spareSites: number
  readonly timeoutMs: number
  readonly processes: Readonly<Record<ServiceName, number>>
  /** Whether workers can ask what is certainly up; false by default: then only others' looks contradict them. */
  readonly hasCanary?: boolean
  /** Null: servers of its own. */
  readonly shared: SharedServers | null
  /** For every process, in place of what it gets otherwise. */
  readonly env?: Readonly<Record<string, string>>
  /** For every process, before all else. */
  readonly preloads?: readonly string[]
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
  /** Where workers go out to: lost with their network. */
  readonly outsidePorts: readonly number[]
  readonly processes: ReadonlyMap<string, ChaosProcess>
  /** Site ids to numbers of the target's sites, of all that were ever there. */
  readonly siteNumbers: Map<number, number>
  /** What must turn up nowhere. */
  readonly secrets: readonly string[]
  /** For what a run starts besides: a command, as the owner of the database. */
  readonly ownerEnv: Readonly<Record<string, string>>
}

const LISTENERS_MAX = 100

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
  const around = {
    ...{ secrets, secretsDir, servers, logFolder, sink, deadMan },
    hasOwnRoles: options.shared === null,
    env: options.env ?? {},
    canaryUrl: options.hasCanary === true ? truth.origin.replace('http:', 'tcp:') : '',
    preloads: options.preloads ?? [],
  }
  const started = await Promise.all(
    castOf(options).map((part) => startProcess(part, around, cleanup)),
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
    outsidePorts: portsOf(truth),
    processes: new Map(started.map((one) => [one.name, one])),
    siteNumbers,
    secrets: Object.values(secrets),
    ownerEnv: { DATABASE_URL: servers.databaseUrl },
  }
  await insertSites(stack, truth.sites.slice(0, scripts.sites))
  return stack
}

function portsOf({ origin, sites }: GroundTruth): readonly number[] {
  return [
    ...new Set(
      [origin, ...sites.map(({ row }) => row.url)].map((url) => Number(new URL(url).port)),
    ),
  ]
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
