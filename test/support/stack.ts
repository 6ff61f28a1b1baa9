import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import path from 'node:path'

/**
 * Uptick's own processes, as they ship, started and killed at will: for end-to-end tests and
 * benchmarks. A process that dies is started again after a moment, as its supervisor would.
 */

export type ServiceName = 'scheduler' | 'worker' | 'consumer' | 'web'

export type ServiceProcess = {
  readonly name: string
  pid(): number
  /** Sends a signal; a supervised process comes back after its death. */
  kill(signal: NodeJS.Signals): void
  /** To a module that was preloaded, see worker-faults.ts. */
  send(message: object): void
  /** Resolves when the incarnation that runs, or the one that comes next, has said that it is ready. */
  ready(): Promise<void>
  /** Resolves to how the incarnation that runs ends; at once where it is dead already. */
  exited(): Promise<Ended>
  /** Each end of each incarnation so far. */
  readonly ends: readonly Ended[]
  /** Ends it for good, in good order. Resolves to its exit code. */
  stop(): Promise<number | null>
  /** After `stop`. Resolves when it is ready. */
  start(): Promise<void>
}

export type Ended = {
  readonly atMs: number
  readonly pid: number
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const root = path.join(import.meta.dirname, '../..')
const RESTART_AFTER_MS = 300
const READY_WITHIN_MS = 30_000

export type ServiceOptions = {
  readonly env: Readonly<Record<string, string>>
  /** Where its output goes, one file for each name. */
  readonly logFolder: string
  /** Modules that are loaded before the service's own code, in this order. */
  readonly preloads?: readonly string[]
}

type Incarnation = {
  readonly child: ChildProcess
  readonly ready: Promise<void>
  readonly exited: Promise<Ended>
}

/** Starts a service and resolves when it says that it is ready. */
export async function startService(
  service: ServiceName,
  name: string,
  options: ServiceOptions,
): Promise<ServiceProcess> {
  const ends: Ended[] = []
  let isWanted = true
  let restart: NodeJS.Timeout | undefined
  /** Stays the same for whoever waits, however often a start fails. */
  let risen = Promise.withResolvers<void>()
  let isUp = false
  const launch = (): Incarnation => {
    const launched = incarnate(service, name, options)
    void launched.ready.then(() => {
      isUp = true
      risen.resolve()
    })
    void launched.exited.then((ended) => {
      ends.push(ended)
      if (isUp) risen = Promise.withResolvers()
      isUp = false
      if (!isWanted) return
      restart = setTimeout(() => {
        current = launch()
      }, RESTART_AFTER_MS)
    })
    return launched
  }
  let current = launch()
  const endWithUs = () => current.child.kill('SIGKILL')
  process.once('exit', endWithUs)
  await firstReady(current, name)
  return {
    name,
    ends,
    pid: () => current.child.pid ?? 0,
    kill: (signal) => void current.child.kill(signal),
    // Nobody listens any more where it has just died.
    send: (message) => void current.child.send(message, () => undefined),
    ready: () => risen.promise,
    exited: () => current.exited,
    async stop() {
      isWanted = false
      clearTimeout(restart)
      process.off('exit', endWithUs)
      current.child.kill('SIGTERM')
      // What is suspended hears of it only now.
      current.child.kill('SIGCONT')
      return (await current.exited).code
    },
    async start() {
      isWanted = true
      process.once('exit', endWithUs)
      current = launch()
      await firstReady(current, name)
    },
  }
}

function incarnate(service: ServiceName, name: string, options: ServiceOptions): Incarnation {
  const preloads = (options.preloads ?? []).flatMap((file) => ['--import', file])
  const child = spawn(process.execPath, [...preloads, path.join(root, service, 'main.ts')], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const log = createWriteStream(path.join(options.logFolder, `${name}.log`), { flags: 'a' })
  child.stdout?.pipe(log, { end: false })
  child.stderr?.pipe(log, { end: false })
  child.once('close', () => log.end())
  const ready = new Promise<void>((resolve) => {
    child.on('message', (message) => message === 'ready' && resolve())
  })
  const exited = once(child, 'exit').then(([code, signal]) => ({
    atMs: Date.now(),
    pid: child.pid ?? 0,
    code,
    signal,
  }))
  return { child, ready, exited }
}

async function firstReady({ ready, exited }: Incarnation, name: string): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`${name} is not ready after ${READY_WITHIN_MS} ms`)),
    READY_WITHIN_MS,
  )
  const ended = exited.then(({ code }) => {
    throw new Error(`${name} ended with ${code} before it was ready`)
  })
  try {
    await Promise.race([ready, ended, late.promise])
  } finally {
    clearTimeout(timer)
    // Whoever comes second is nobody's business any more.
    ended.catch(() => undefined)
  }
}
