import { connect, ping } from '#db/connect.ts'
import { knownSettingNames } from '#shared/contracts/known-settings.ts'
import { openKafkaAdmin } from '#shared/runtime/kafka-admin.ts'
import { errorText, openLog } from '#shared/runtime/log.ts'
import { readSettings } from '#shared/runtime/settings.ts'
import { readStreamSettings } from '#shared/runtime/stream-settings.ts'
import { type Context, requireState, runCommand } from './command.ts'
import { type AppState, findSupervisor } from './supervise.ts'
import type { Variables } from './support/environment.ts'
import { findSupportMode, runCompose } from './support-mode.ts'
import { textTable } from './text-table.ts'
import { toolEnvironment } from './tool-environment.ts'

const ANSWER_TIMEOUT_MS = 3_000
const READY = 'yes'

/** `make status`: each process, then whether what the services lean on answers. Exit code 1 where something is wrong. */
await runCommand('status', async (context) => {
  const { places, env } = context
  if ((await findSupportMode(env, places)) === 'docker')
    return runCompose(context, ['--profile', 'demo', 'ps'])
  const { processPorts = {} } = requireState(context)
  const apps = await listApps(context)
  const words = await Promise.all(apps.map((app) => askReady(app, processPorts[app.name])))
  console.log(apps.length === 0 ? 'nothing is running: make start' : table(apps, words, Date.now()))
  const answers = await askAll(await toolEnvironment(context))
  console.log(`\n${answers.map(({ line }) => line).join('\n')}`)
  const isWell =
    apps.length > 0 &&
    apps.every((app) => app.phase === 'running') &&
    words.every((word) => word === READY || word === null) &&
    answers.every((answer) => answer.isWell)
  if (!isWell) process.exitCode = 1
})

async function listApps({ places }: Context): Promise<AppState[]> {
  const supervisor = await findSupervisor(places)
  if (supervisor === null) return []
  try {
    return (await supervisor.list()).filter((app) => !app.isScheduled)
  } finally {
    supervisor.disconnect()
  }
}

/** What a service says of itself at `/readyz`; null: it is not of those that say anything. */
async function askReady(app: AppState, port: number | undefined): Promise<string | null> {
  if (app.namespace !== 'uptick' || port === undefined) return null
  try {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS)
    const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal })
    const word = (await response.text()).trim()
    return response.ok ? READY : word
  } catch {
    return 'no answer'
  }
}

function table(
  apps: readonly AppState[],
  words: readonly (string | null)[],
  nowMs: number,
): string {
  const rows = apps.map((app, index) => [
    app.name,
    app.phase,
    words[index] ?? null,
    app.pid,
    app.restarts,
    app.pid === null ? null : humanSeconds((nowMs - app.startedAtMs) / 1000),
    `${Math.round(app.memoryBytes / 1024 ** 2)} MB`,
    `${Math.round(app.cpuPercent)} %`,
  ])
  const heads = ['process', 'state', 'ready', 'pid', 'restarts', 'up for', 'memory', 'cpu']
  return textTable(heads, rows)
}

type Answer = { readonly line: string; readonly isWell: boolean }

function askAll(env: Variables): Promise<Answer[]> {
  const questions = [
    ask('postgres', () => askPostgres(env)),
    ask('results', () => askStream(env)),
    ask('mail', () => askMail(env)),
  ]
  return Promise.all(questions)
}

async function ask(name: string, question: () => Promise<string>): Promise<Answer> {
  try {
    return { line: `${name.padEnd(9)} ${await question()}`, isWell: true }
  } catch (error) {
    return { line: `${name.padEnd(9)} does not answer: ${errorText(error)}`, isWell: false }
  }
}

async function askPostgres({ DATABASE_URL: url }: Variables): Promise<string> {
  if (url === undefined) throw new Error('DATABASE_URL is not set')
  const db = connect(
    { connectionString: url, applicationName: 'uptick status', maxConnections: 1 },
    () => undefined,
  )
  try {
    await ping(db)
    return `answers at ${new URL(url).host}`
  } finally {
    await db.destroy()
  }
}

async function askStream(env: Variables): Promise<string> {
  const { stream } = readSettings(env, knownSettingNames, (read) => ({
    stream: readStreamSettings(read, 'uptick-status'),
  }))
  if (stream.kind === 'postgres') return 'go through Postgres (RESULT_STREAM=postgres)'
  const admin = await openKafkaAdmin(
    stream.kafka,
    openLog('status', 'silent'),
    AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  )
  try {
    const lag = await admin.lag(env.KAFKA_CONSUMER_GROUP ?? 'uptick-consumer')
    return `Kafka answers at ${stream.kafka.brokers.join(',')}, ${lag.reduce((sum, partition) => sum + partition.lag, 0)} results waiting`
  } finally {
    await admin.close()
  }
}

async function askMail({ MAIL_API_URL: api }: Variables): Promise<string> {
  if (api === undefined) return 'is yours (SMTP_URL)'
  const response = await fetch(`${api}/livez`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) })
  if (!response.ok) throw new Error(`status ${response.status}`)
  return `catcher answers at ${api}`
}

function humanSeconds(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)}s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${Math.floor(seconds % 60)}s`
  return `${Math.floor(seconds / 3_600)}h ${Math.floor((seconds % 3_600) / 60)}m`
}
