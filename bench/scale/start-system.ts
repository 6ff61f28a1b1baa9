import path from 'node:path'
import { connect, type Db } from '#db/connect.ts'
import { migrate } from '#db/migrate.ts'
import { queueDefinitions } from '#shared/contracts/queues.ts'
import { openLog } from '#shared/runtime/log.ts'
import { installQueues } from '#shared/runtime/queue.ts'
import { freePort } from '../../scripts/support/free-port.ts'
import { type RunningKafka, startKafka } from '../../scripts/support/kafka.ts'
import { type RunningPostgres, startPostgres } from '../../scripts/support/postgres.ts'
import { type ServiceName, type ServiceProcess, startService } from '../../test/support/stack.ts'
import type { ScaleOptions } from './scale-options.ts'
import type { Sampled } from './take-sample.ts'

/** All of Uptick on this machine, as it ships. */
export type System = {
  /** As the owner, without a limit of time. */
  readonly db: Db
  readonly kafkaFolder: string
  readonly sampled: Sampled
}

export type SystemOptions = Pick<ScaleOptions, 'workers'> & {
  readonly folder: string
  readonly smtpUrl: string
  /** PEM that the workers trust besides the system's roots; null: none. */
  readonly caFile: string | null
  /** Where each process writes its profile when it ends; null: nobody writes one. */
  readonly profileFolder: string | null
  /** Others that are measured, by name. */
  readonly bystanders: Sampled['pids']
}

/** Resolves when everything is ready. What was started is ended by the stack, last in, first out. */
export async function startSystem(
  options: SystemOptions,
  stack: AsyncDisposableStack,
): Promise<System> {
  const { folder, bystanders } = options
  const postgres = await startPostgres({
    dataDir: path.join(folder, 'postgres'),
    durable: true,
    // The one thing that is not as it ships: each commit leaves its time, which costs some 10 bytes of it.
    settings: { track_commit_timestamp: 'on' },
  })
  stack.defer(() => postgres.stop({ remove: true }))
  const kafkaFolder = path.join(folder, 'kafka')
  const kafka = await startKafka({ dir: kafkaFolder })
  if (!kafka.available) throw new Error(kafka.reason)
  stack.defer(() => kafka.stop({ remove: true }))
  const db = openDatabase(postgres.url)
  stack.defer(() => db.destroy())
  const log = openLog('bench', 'silent')
  await migrate(db, {
    rolePassword: null,
    installQueues: () => installQueues(postgres.url, queueDefinitions, log),
  })
  const services = await startServices(options, { postgres, kafka }, stack)
  const pids = {
    ...Object.fromEntries(services.map(({ process: { name, pid } }) => [name, pid])),
    postgres: postgres.pid,
    kafka: kafka.pid,
    ...bystanders,
  }
  return { db, kafkaFolder, sampled: { pids, metricsUrls: services.map(({ metrics }) => metrics) } }
}

function openDatabase(connectionString: string): Db {
  const settings = { connectionString, applicationName: 'bench', maxConnections: 3 }
  // What is asked after a run reads all of its rows.
  return connect({ ...settings, statementTimeoutMs: 0 }, () => undefined)
}

type Backing = { readonly postgres: RunningPostgres; readonly kafka: RunningKafka }
type Measured = { readonly process: ServiceProcess; readonly metrics: string }

async function startServices(
  options: SystemOptions,
  { postgres, kafka }: Backing,
  stack: AsyncDisposableStack,
): Promise<readonly Measured[]> {
  const env = {
    DATABASE_URL: postgres.url,
    KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
    SMTP_URL: options.smtpUrl,
    SMTP_FROM: 'uptick@example.org',
    ALERT_EMAIL_TO: 'ops@example.org',
    LOG_LEVEL: 'warn',
    ...(options.caFile !== null && { NODE_EXTRA_CA_CERTS: options.caFile }),
  }
  const start = async (service: ServiceName, name: string): Promise<Measured> => {
    const port = String(await freePort())
    const own = {
      ...env,
      HEALTH_PORT: port,
      ...(service === 'worker' && { WORKER_NAME: name }),
      ...(service === 'web' && { WEB_PORT: String(await freePort()) }),
      ...profiling(options.profileFolder, name),
    }
    const process = await startService(service, name, { env: own, logFolder: options.folder })
    stack.defer(async () => void (await process.stop()))
    return { process, metrics: `http://127.0.0.1:${port}/metrics` }
  }
  const names = Array.from({ length: options.workers }, (_, index) => `worker-${index + 1}`)
  const receivers = await Promise.all([start('consumer', 'consumer'), start('web', 'web')])
  const workers = await Promise.all(names.map((name) => start('worker', name)))
  // Last, so that no slot waits for its worker.
  return [await start('scheduler', 'scheduler'), ...workers, ...receivers]
}

function profiling(folder: string | null, name: string): Readonly<Record<string, string>> {
  if (folder === null) return {}
  const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}.cpuprofile`]
  return { NODE_OPTIONS: flags.join(' ') }
}
