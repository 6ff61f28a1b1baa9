import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { nodeCommand, parseWorkers, serviceApps, serviceNames } from './apps.ts'
import type { Context } from './command.ts'
import type { App, AppState, Supervisor } from './supervise.ts'
import { environmentFor } from './support/environment.ts'
import { isPortFree } from './support/free-port.ts'
import { numberedPorts } from './support/numbered-ports.ts'
import { parsePort } from './support/ports.ts'
import { writeTargets } from './support/prometheus-files.ts'
import { type Places, type SupportState, writeState } from './support/state.ts'
import { lastLines } from './tail-log.ts'

const run = promisify(execFile)

const MIGRATE_TIMEOUT_MS = 5 * 60_000
const HEALTH_PORT_FIRST = 9_101

export type ServicesOptions = Context & {
  readonly state: SupportState
  readonly supervisor: Supervisor
}

/** Migrates, then starts the services and as many workers as asked for; resolves to their names when all are ready. */
export async function bringUpServices(options: ServicesOptions): Promise<string[]> {
  const { supervisor, places } = options
  await migrate(options)
  const present = (await supervisor.list()).filter((app) => app.namespace === 'uptick')
  const workers = workerCount(options.env, present)
  const ports = await healthPorts(serviceNames(workers), options, present)
  const apps = serviceApps({ ...options, workers, ports })
  const names = apps.map((app) => app.name)
  for (const extra of present.filter((app) => !names.includes(app.name)))
    await supervisor.remove(extra.name)
  await Promise.all(apps.map((app) => startService(app, supervisor, places)))
  return names
}

/** Where each of these tells how it is: kept in the state, and told to a Prometheus that may run. */
async function healthPorts(
  names: readonly string[],
  { places, state, overrides }: ServicesOptions,
  present: readonly AppState[],
): Promise<Readonly<Record<string, number>>> {
  const said = overrides.HEALTH_PORT_FIRST
  const processPorts = await numberedPorts({
    names,
    first: said ? parsePort('HEALTH_PORT_FIRST', said) : HEALTH_PORT_FIRST,
    remembered: state.processPorts ?? {},
    running: new Set(present.filter((app) => app.pid !== null).map((app) => app.name)),
    isFree: isPortFree,
  })
  await writeState(places, { ...state, processPorts })
  await writeTargets(places, names, processPorts)
  return processPorts
}

/** What `WORKERS` says, else as many as there are, else one. */
function workerCount(env: NodeJS.ProcessEnv, present: readonly AppState[]): number {
  const now = present.filter((app) => app.name.startsWith('worker-')).length
  return env.WORKERS ? parseWorkers(env.WORKERS) : Math.max(1, now)
}

async function migrate({ places, state, overrides }: ServicesOptions): Promise<void> {
  const { file, args, cwd } = nodeCommand(places, 'scripts/migrate.ts')
  const env = { ...process.env, ...environmentFor('migrate', state, overrides) }
  await run(file, args, { cwd, env, timeout: MIGRATE_TIMEOUT_MS }).catch(
    (error: Error & { stderr?: string }) => {
      throw new Error(error.stderr?.trim() || error.message)
    },
  )
}

async function startService(app: App, supervisor: Supervisor, places: Places): Promise<void> {
  const outcome = await supervisor.start(app)
  if (outcome === 'started' || outcome === 'was running') return
  const lines = await lastLines(path.join(places.logs, `${app.name}.log`), 3)
  throw new Error(`${app.name} ${outcome} (make logs shows more):\n  ${lines.join('\n  ')}`)
}
