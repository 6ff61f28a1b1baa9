import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { errorText } from '#shared/runtime/log.ts'
import { kafkaApp, mailApp, postgresApp, trimLogsApp } from './apps.ts'
import type { App, Supervisor } from './supervise.ts'
import { brings, type Variables } from './support/environment.ts'
import { isPortFree } from './support/free-port.ts'
import { prepareKafka } from './support/kafka.ts'
import { makeKafkaReady } from './support/kafka-ready.ts'
import { findKafkaRuntime } from './support/kafka-runtime.ts'
import { choosePorts, type SupportPorts } from './support/ports.ts'
import { preparePostgres } from './support/postgres.ts'
import { readPostgresState } from './support/postgres-state.ts'
import {
  newPassword,
  type Places,
  readState,
  type StreamChoice,
  type SupportState,
  writeState,
} from './support/state.ts'
import { lastLines } from './tail-log.ts'

/** A killed Postgres replays its log, a killed broker checks its segments. */
const READY_TIMEOUT_MS = 120_000
const POLL_MS = 50
/** The first may be to blame on a server before it that is not quite gone. */
const MAX_RESTARTS = 5

export type BringUpOptions = {
  readonly places: Places
  readonly supervisor: Supervisor
  readonly overrides: Variables
  readonly env: NodeJS.ProcessEnv
}

/**
 * Brings up what the services need and the user does not bring: Postgres, Kafka (or the reason why
 * not), the mail catcher. Leaves alone what already runs. Resolves when all of it does its work.
 */
export async function bringUpSupport(options: BringUpOptions): Promise<SupportState> {
  const { places, overrides } = options
  const before = await readState(places)
  const ports = await portsFor(before, options)
  const [postgres, stream, mail] = await Promise.all([
    brings(overrides, 'DATABASE_URL', 'DATABASE_ADMIN_URL')
      ? null
      : bringUpPostgres(ports, options),
    bringUpStream(ports, options),
    brings(overrides, 'SMTP_URL', 'SMTP_HOST') ? null : bringUpMail(ports, options),
    options.supervisor.start(trimLogsApp(places, options.env)),
  ])
  const state = {
    ports,
    servicePassword: before?.servicePassword ?? newPassword(),
    dashboardPassword: before?.dashboardPassword ?? newPassword(),
    postgres,
    stream,
    mail,
    processPorts: before?.processPorts ?? {},
  }
  await writeState(places, state)
  return state
}

async function portsFor(
  before: SupportState | null,
  { supervisor, overrides }: BringUpOptions,
): Promise<SupportPorts> {
  const running = new Set(
    (await supervisor.list()).filter((app) => app.phase !== 'stopped').map((app) => app.name),
  )
  return choosePorts({
    env: overrides,
    remembered: before?.ports ?? null,
    held: before === null ? new Set() : heldPorts(before.ports, running),
    isFree: isPortFree,
  })
}

function heldPorts(ports: SupportPorts, running: ReadonlySet<string>): Set<number> {
  const holders: readonly [string, readonly number[]][] = [
    ['postgres', [ports.postgres]],
    ['kafka', [ports.kafka, ports.kafkaController]],
    ['mail', [ports.mailSmtp, ports.mailHttp]],
    ['demo-target', [ports.demoTarget]],
    ['web', [ports.web]],
  ]
  return new Set(holders.flatMap(([name, held]) => (running.has(name) ? held : [])))
}

async function bringUpPostgres(
  ports: SupportPorts,
  { places, supervisor, env }: BringUpOptions,
): Promise<SupportState['postgres']> {
  const wanted = path.join(places.state, 'postgres')
  const { command, url, place } = await preparePostgres({ dataDir: wanted, port: ports.postgres })
  const app = postgresApp(command, env)
  await supervisor.start(app)
  await waitFor(
    app,
    { places, supervisor },
    async () => (await readPostgresState(place.dataDir))?.phase === 'ready',
  )
  return { ownerUrl: url, dataDir: place.dataDir, movedTo: place.movedTo }
}

async function bringUpStream(
  ports: SupportPorts,
  options: BringUpOptions,
): Promise<StreamChoice | null> {
  const { overrides, places, supervisor, env } = options
  if (overrides.RESULT_STREAM === 'postgres')
    return { kind: 'postgres', reason: 'RESULT_STREAM=postgres' }
  if (brings(overrides, 'KAFKA_BOOTSTRAP_SERVERS')) return null
  const runtime = await findKafkaRuntime()
  if (!runtime.available && overrides.RESULT_STREAM === 'kafka')
    throw new Error(`RESULT_STREAM=kafka, but ${runtime.reason}`)
  if (!runtime.available) return { kind: 'postgres', reason: runtime.reason }
  const bootstrapServers = `127.0.0.1:${ports.kafka}`
  const kafkaPorts = { broker: ports.kafka, controller: ports.kafkaController }
  const command = await prepareKafka(runtime, {
    dir: path.join(places.state, 'kafka'),
    ports: kafkaPorts,
  })
  const app = kafkaApp(command, env)
  await supervisor.start(app)
  const topic = overrides.KAFKA_STATUS_TOPIC ?? 'statuses'
  await makeKafkaReady(bootstrapServers, topic, AbortSignal.timeout(READY_TIMEOUT_MS)).catch(
    async (error) => {
      throw await startFailure(app, places, errorText(error))
    },
  )
  return { kind: 'kafka', bootstrapServers }
}

async function bringUpMail(
  ports: SupportPorts,
  { places, supervisor, env }: BringUpOptions,
): Promise<SupportState['mail']> {
  const app = mailApp(places, { ports }, env)
  const outcome = await supervisor.start(app)
  if (outcome !== 'started' && outcome !== 'was running')
    throw await startFailure(app, places, outcome)
  return {
    smtpUrl: `smtp://127.0.0.1:${ports.mailSmtp}`,
    apiUrl: `http://127.0.0.1:${ports.mailHttp}`,
  }
}

async function waitFor(
  app: App,
  { places, supervisor }: Pick<BringUpOptions, 'places' | 'supervisor'>,
  isReady: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS
  const restarts = async () =>
    (await supervisor.list()).find((found) => found.name === app.name)?.restarts ?? 0
  const restartsBefore = await restarts()
  while (!(await isReady())) {
    const keepsEnding = (await restarts()) > restartsBefore + MAX_RESTARTS
    if (keepsEnding) throw await startFailure(app, places, 'it keeps ending')
    if (Date.now() > deadline) throw await startFailure(app, places, 'it is not ready in time')
    await delay(POLL_MS)
  }
}

async function startFailure(app: App, places: Places, reason: string): Promise<Error> {
  const lines = await lastLines(path.join(places.logs, `${app.name}.log`), 2)
  return new Error(
    `${app.name} did not start (${reason}): ${lines.join(' | ') || 'its log is empty'}`,
  )
}
