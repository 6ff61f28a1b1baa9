import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { ProcessDescription, StartOptions } from 'pm2'
import {
  endLeftovers,
  isSupervised,
  makeSupervisorHome,
  STOP_TIMEOUT_MS,
} from './supervisor-home.ts'
import type { Command } from './support/start-child.ts'
import type { Places } from './support/state.ts'

const READY_TIMEOUT_MS = 60_000
/** Doubles by halves up to 15 s, and is forgotten after 30 s of quiet. */
const FIRST_RESTART_DELAY_MS = 100
const NEVER_GIVE_UP = 1_000_000_000

/** Told apart by `make stop`, which ends the services and leaves the others. */
export type Namespace = 'support' | 'uptick' | 'monitoring'

/** A process to keep alive. */
export type App = {
  readonly name: string
  readonly namespace: Namespace
  readonly command: Command
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>
  /** It says `ready` over its channel; until then it counts as starting. */
  readonly saysReady: boolean
  /** Run again and again at these times instead of being kept alive; five fields, as cron has them. */
  readonly schedule?: string
}

export type AppState = {
  readonly name: string
  readonly namespace: string
  readonly phase: 'running' | 'starting' | 'waiting' | 'stopped'
  readonly pid: number | null
  readonly restarts: number
  readonly startedAtMs: number
  readonly memoryBytes: number
  readonly cpuPercent: number
  /** Differs when command or environment do. */
  readonly fingerprint: string
  readonly isScheduled: boolean
}

/** Of a process that never says `ready`, `started` means no more than that. */
export type StartOutcome = 'was running' | 'started' | 'not ready' | 'keeps failing'

export type Supervisor = {
  /** Starts what is not running as described; leaves alone what is. */
  start(app: App): Promise<StartOutcome>
  list(): Promise<readonly AppState[]>
  /** Asks it to end, ends it after 30 s, and forgets it. */
  remove(name: string): Promise<void>
  /** Leaves everything running. */
  disconnect(): void
  /** Ends the supervisor itself, with what it still keeps alive. */
  end(): Promise<void>
}

/**
 * The supervisor of this checkout: pm2, with a daemon of its own under `.uptick`. It is started
 * where it is not running; what a killed one has left behind is ended first, so that nothing ever
 * runs twice.
 */
export async function openSupervisor(
  places: Places,
  ownFolders: readonly string[],
): Promise<Supervisor> {
  await endLeftovers(places, ownFolders)
  const home = await makeSupervisorHome(places)
  await mkdir(places.logs, { recursive: true })
  const pm2 = await loadPm2(home)
  await called((done) => pm2.connect(done))
  const list = async () =>
    (await called<ProcessDescription[]>((done) => pm2.list(done))).map(describe)
  const remove = async (name: string) => void (await called((done) => pm2.delete(name, done)))
  return {
    list,
    remove,
    async start(app) {
      const present = (await list()).find((state) => state.name === app.name)
      if (present?.phase === 'running' && present.fingerprint === fingerprintOf(app))
        return 'was running'
      if (present !== undefined) await remove(app.name)
      const begunAtMs = Date.now()
      await called((done) => pm2.start(startOptions(app, places), done))
      if (Date.now() - begunAtMs >= READY_TIMEOUT_MS) return 'not ready'
      const now = (await list()).find((state) => state.name === app.name)
      return now?.phase === 'running' || now?.isScheduled ? 'started' : 'keeps failing'
    },
    disconnect: () => pm2.disconnect(),
    end: async () => void (await called((done) => pm2.killDaemon(done))),
  }
}

/** The same, where one is running; null where none is, and nothing is started for the question. */
export async function findSupervisor(places: Places): Promise<Supervisor | null> {
  return (await isSupervised(places)) ? openSupervisor(places, []) : null
}

type Pm2 = typeof import('pm2')

/** It reads its environment when it is loaded, and never again. */
async function loadPm2(home: string): Promise<Pm2> {
  Object.assign(process.env, {
    PM2_HOME: home,
    // No question to its maker's servers about newer versions, and no advertisement in our logs.
    PM2_DISABLE_VERSION_CHECK: 'true',
    PM2_DISCRETE_MODE: 'true',
    // Each understands it: Postgres as a fast shutdown, the broker and our services as an orderly end.
    PM2_KILL_SIGNAL: 'SIGINT',
  })
  return (await import('pm2')).default
}

function startOptions(app: App, places: Places): StartOptions {
  const log = path.join(places.logs, `${app.name}.log`)
  const options: StartOptions & Record<string, unknown> = {
    name: app.name,
    namespace: app.namespace,
    script: app.command.file,
    args: [...app.command.args],
    cwd: app.command.cwd,
    interpreter: 'none',
    output: log,
    error: log,
    merge_logs: true,
    env: { ...app.env, ...app.command.env, UPTICK_FINGERPRINT: fingerprintOf(app) },
    // Every name contains the empty text: nothing of our own environment goes along by itself.
    filter_env: [''],
    // Postgres takes a signal to each of its processes for an order to that one.
    treekill: false,
    kill_timeout: STOP_TIMEOUT_MS,
    max_restarts: NEVER_GIVE_UP,
    vizion: false,
    wait_ready: app.saysReady,
    listen_timeout: READY_TIMEOUT_MS,
    ...(app.command.user === null ? {} : { uid: app.command.user.name, gid: app.command.user.gid }),
    ...(app.schedule === undefined
      ? { exp_backoff_restart_delay: FIRST_RESTART_DELAY_MS }
      : { autorestart: false, cron_restart: app.schedule }),
  }
  return options
}

function fingerprintOf({ command, env }: App): string {
  return createHash('sha256')
    .update(JSON.stringify([command, env]))
    .digest('hex')
    .slice(0, 16)
}

function describe({ name = '', pid = 0, monit, pm2_env: env }: ProcessDescription): AppState {
  // Its types leave out most of what it keeps; all of the app's environment is among it.
  const kept: Readonly<Record<string, unknown>> = { ...env }
  const phases: Readonly<Record<string, AppState['phase']>> = {
    online: 'running',
    launching: 'starting',
    'waiting restart': 'waiting',
  }
  return {
    name,
    namespace: String(kept.namespace),
    phase: phases[env?.status ?? ''] ?? 'stopped',
    pid: pid > 0 ? pid : null,
    restarts: env?.restart_time ?? 0,
    startedAtMs: env?.pm_uptime ?? 0,
    memoryBytes: monit?.memory ?? 0,
    cpuPercent: monit?.cpu ?? 0,
    fingerprint: String(kept.UPTICK_FINGERPRINT ?? ''),
    isScheduled: typeof kept.cron_restart === 'string',
  }
}

/** A call in its style, as a promise. What it fails with is not always an Error. */
function called<T>(
  call: (done: (error: Error | null | undefined, result?: unknown) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, result) => {
      if (error)
        reject(error instanceof Error ? error : new Error(`supervisor: ${JSON.stringify(error)}`))
      else resolve(result as T) // pm2 is plain JavaScript: its documentation is the only promise of the shape.
    })
  })
}
