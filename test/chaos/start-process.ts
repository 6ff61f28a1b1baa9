import path from 'node:path'
import { freePort } from '../../scripts/support/free-port.ts'
import { type Link, openLink } from '../support/link.ts'
import type { SmtpSink } from '../support/smtp-sink.ts'
import { type ServiceName, type ServiceProcess, startService } from '../support/stack.ts'
import type { DeadManReceiver } from './dead-man-receiver.ts'
import type { Secrets } from './plant-secrets.ts'
import type { ChaosServers } from './start-servers.ts'

/** One process with its own ways to what it leans on. */
/** What an hour is in a chaos run, for those that flap. */
export const FLAPPING_WINDOW_S = 120

export type ChaosProcess = {
  readonly service: ServiceName
  readonly name: string
  readonly process: ServiceProcess
  readonly postgres: Link
  /** Of consumers. */
  readonly smtp: Link | null
  /** Where it tells how it is. */
  readonly health: Address
  /** Of web: its pages and its API. */
  readonly web: Address | null
}

export type Address = { readonly host: string; readonly port: number }

/** What all processes of a run have in common. */
export type Surroundings = {
  readonly servers: ChaosServers
  /** The roles of the services have this run's password; else all log in as the owner. */
  readonly hasOwnRoles: boolean
  readonly sink: SmtpSink
  readonly deadMan: DeadManReceiver
  /** Where connections are always taken, whatever the sites do; out of reach with them. */
  readonly canaryUrl: string
  readonly secrets: Secrets
  readonly secretsDir: string
  readonly logFolder: string
  /** In place of what they get otherwise. */
  readonly env: Readonly<Record<string, string>>
  /** Before all else. */
  readonly preloads: readonly string[]
}

/** Processes are started again hundreds of times, and half of what a start costs is reading the source. */
const compileCache = path.join(import.meta.dirname, '../../node_modules/.cache/uptick-chaos')
const supportFolder = path.join(import.meta.dirname, '../support')
const PRELOADS = [
  path.join(import.meta.dirname, 'fail-points.ts'),
  path.join(supportFolder, 'clock-fault.ts'),
]
const WORKER_PRELOADS = [path.join(supportFolder, 'worker-faults.ts')]

/** A port of a dead process is free for others to take: where there are more loopback addresses, each process has one of its own. */
const byte = () => 1 + Math.floor(Math.random() * 254)
const ownHost = () =>
  process.platform === 'linux' ? `127.${byte()}.${byte()}.${byte()}` : '127.0.0.1'

/** Starts one of the shipped processes, with links of its own to what it leans on; resolves when it is ready. */
export async function startProcess(
  { service, name }: Pick<ChaosProcess, 'service' | 'name'>,
  around: Surroundings,
  cleanup: AsyncDisposableStack,
): Promise<ChaosProcess> {
  const { servers, sink, logFolder } = around
  const postgres = await openLink(Number(new URL(servers.databaseUrl).port))
  cleanup.defer(() => postgres.close())
  const smtp = service === 'consumer' ? await openLink(sink.port) : null
  if (smtp !== null) cleanup.defer(() => smtp.close())
  const health = await freeAddress()
  const web = service === 'web' ? await freeAddress() : null
  const links = { postgres, smtp, web }
  const env = {
    DATABASE_URL: databaseUrlFor(service, postgres, around),
    HEALTH_PORT: String(health.port),
    HEALTH_HOST: health.host,
    LOG_LEVEL: 'debug',
    NODE_COMPILE_CACHE: compileCache,
    ...settings[service](name, links, around),
    ...around.env,
  }
  const own = service === 'worker' ? WORKER_PRELOADS : []
  const preloads = [...around.preloads, ...PRELOADS, ...own]
  const started = await startService(service, name, { env, logFolder, preloads })
  cleanup.defer(async () => void (await started.stop()))
  return { service, name, process: started, postgres, smtp, health, web }
}

async function freeAddress(): Promise<Address> {
  return { host: ownHost(), port: await freePort() }
}

/** Through its own link; with the rights that the service ships with, where the roles are this run's alone. */
function databaseUrlFor(
  service: ServiceName,
  link: Link,
  { servers, secrets, hasOwnRoles }: Surroundings,
): string {
  const url = Object.assign(new URL(servers.databaseUrl), { port: String(link.port) })
  const login = { username: `uptick_${service}`, password: secrets.database }
  return (hasOwnRoles ? Object.assign(url, login) : url).href
}

type Settings = (
  name: string,
  links: Pick<ChaosProcess, 'smtp' | 'web'>,
  around: Surroundings,
) => Readonly<Record<string, string>>

const settings: Readonly<Record<ServiceName, Settings>> = {
  scheduler: () => ({}),
  worker: (name, _, { servers, secretsDir, canaryUrl }) => ({
    ...streamOf(servers),
    KAFKA_BOOTSTRAP_SERVERS: servers.brokersOf.workers,
    WORKER_NAME: name,
    SECRETS_DIR: secretsDir,
    // All sites are on a few hosts, and others may be dead when one worker's network is lost: only by
    // this it knows (ADR 0015).
    ...(canaryUrl === '' ? {} : { CANARY_URLS: canaryUrl }),
  }),
  consumer: (_, { smtp }, { servers, secrets, deadMan }) => ({
    ...streamOf(servers),
    KAFKA_BOOTSTRAP_SERVERS: servers.brokersOf.consumers,
    KAFKA_CONSUMER_GROUP: servers.group,
    SMTP_URL: `smtp://uptick:${secrets.smtp}@127.0.0.1:${smtp?.port}`,
    SMTP_FROM: 'Uptick <uptick@example.org>',
    ALERT_EMAIL_TO: 'ops@example.org',
    DEADMAN_URL: deadMan.url,
    // The defaults are for cadences of a minute: here a minute passes in two seconds.
    FLAPPING_WINDOW_S: String(FLAPPING_WINDOW_S),
    FLAPPING_CALM_S: '60',
  }),
  web: (_, { web }, { secrets }) => ({
    WEB_HOST: web?.host ?? '',
    WEB_PORT: String(web?.port),
    DASHBOARD_PASSWORD: secrets.dashboard,
  }),
}

function streamOf({ topic }: ChaosServers): Readonly<Record<string, string>> {
  return { RESULT_STREAM: 'kafka', KAFKA_STATUS_TOPIC: topic }
}
