import path from 'node:path'
import type { App } from './supervise.ts'
import { environmentFor, type Reader, type Variables } from './support/environment.ts'
import type { Command } from './support/start-child.ts'
import type { Places, SupportState } from './support/state.ts'

/** Which processes there are, and how each is run: the one list that all commands share. */

/** A fleet beyond this belongs on more than one machine. */
const MAX_WORKERS = 64
const EVERY_TEN_MINUTES = '*/10 * * * *'

/** Of a caller's environment, what programs need to work at all. */
const systemNames = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'TZ',
  'TMPDIR',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
]

export function postgresApp(command: Command, env: NodeJS.ProcessEnv): App {
  return {
    name: 'postgres',
    namespace: 'support',
    command,
    env: systemEnvironmentFor(env),
    saysReady: false,
  }
}

export function kafkaApp(command: Command, env: NodeJS.ProcessEnv): App {
  return {
    name: 'kafka',
    namespace: 'support',
    command,
    env: systemEnvironmentFor(env),
    saysReady: false,
  }
}

export function mailApp(
  places: Places,
  state: Pick<SupportState, 'ports'>,
  env: NodeJS.ProcessEnv,
): App {
  return {
    name: 'mail',
    namespace: 'support',
    command: nodeCommand(places, 'scripts/run-mail-catcher.ts'),
    env: {
      ...systemEnvironmentFor(env),
      MAIL_FOLDER: path.join(places.state, 'mail'),
      MAIL_SMTP_PORT: String(state.ports.mailSmtp),
      MAIL_HTTP_PORT: String(state.ports.mailHttp),
    },
    saysReady: true,
  }
}

export function prometheusApp(command: Command, env: NodeJS.ProcessEnv): App {
  return {
    name: 'prometheus',
    namespace: 'monitoring',
    command,
    env: systemEnvironmentFor(env),
    saysReady: false,
  }
}

/** Runs for an instant every ten minutes: the supervisor itself lets logs grow for ever. */
export function trimLogsApp(places: Places, env: NodeJS.ProcessEnv): App {
  return {
    name: 'trim-logs',
    namespace: 'support',
    command: nodeCommand(places, 'scripts/trim-logs.ts'),
    env: { ...systemEnvironmentFor(env), UPTICK_STATE: places.state },
    saysReady: false,
    schedule: EVERY_TEN_MINUTES,
  }
}

export type ServiceOptions = {
  readonly places: Places
  readonly state: SupportState
  readonly overrides: Variables
  readonly env: NodeJS.ProcessEnv
  readonly workers: number
  /** Of `/livez`, `/readyz` and `/metrics`, by the name of the process. */
  readonly ports: Readonly<Record<string, number>>
}

/** Those that tell how they are, in the order in which they get a port for it: workers last, for there may be more. */
export function serviceNames(workers: number): string[] {
  return ['scheduler', 'consumer', 'web', ...workerNames(workers)]
}

const workerNames = (count: number) =>
  Array.from({ length: count }, (_, index) => `worker-${index + 1}`)

/** The product's own processes, in the order in which they are shown. */
export function serviceApps(options: ServiceOptions): App[] {
  const workers = workerNames(options.workers).map((name) =>
    service(name, 'worker', { WORKER_NAME: name }, options),
  )
  return [
    service('scheduler', 'scheduler', {}, options),
    ...workers,
    service('consumer', 'consumer', {}, options),
    service('web', 'web', {}, options),
    ...demoTarget(options),
  ]
}

/** @throws when it is no whole number in range. */
export function parseWorkers(text: string): number {
  const workers = Number(text)
  if (/^\d+$/.test(text) && workers >= 0 && workers <= MAX_WORKERS) return workers
  throw new Error(
    `WORKERS: ${JSON.stringify(text)} must be a whole number from 0 to ${MAX_WORKERS}`,
  )
}

function service(
  name: string,
  reader: Reader,
  extra: Variables,
  { places, state, overrides, env, ports }: ServiceOptions,
): App {
  // One for all of them, as the user's HEALTH_PORT would be, could be only the first one's.
  const health = ports[name] === undefined ? {} : { HEALTH_PORT: String(ports[name]) }
  return {
    name,
    namespace: 'uptick',
    command: nodeCommand(places, `${reader}/main.ts`),
    env: {
      ...systemEnvironmentFor(env),
      ...extra,
      ...environmentFor(reader, state, overrides),
      ...health,
    },
    saysReady: true,
  }
}

/** Something to watch on a machine without network; `DEMO_TARGET=off` leaves it out. */
function demoTarget({ places, state, overrides, env }: ServiceOptions): App[] {
  if (overrides.DEMO_TARGET === 'off') return []
  const environment = {
    ...systemEnvironmentFor(env),
    ...environmentFor('demo-target', state, overrides),
  }
  const command = nodeCommand(places, 'scripts/demo-target.ts')
  return [{ name: 'demo-target', namespace: 'uptick', command, env: environment, saysReady: false }]
}

/** Run by the Node that runs us: the one of the lock file, whatever the machine's own is. */
export function nodeCommand(places: Places, script: string): Command {
  return {
    file: process.execPath,
    args: [path.join(places.checkout, script)],
    cwd: places.checkout,
    user: null,
  }
}

export function systemEnvironmentFor(env: NodeJS.ProcessEnv): Variables {
  const present = systemNames.flatMap((name): [string, string][] =>
    env[name] ? [[name, env[name]]] : [],
  )
  return Object.fromEntries(present)
}
