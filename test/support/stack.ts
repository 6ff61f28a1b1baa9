import { type ChildProcess, spawn } from 'node:child_process'
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
  /** Ends it for good, in good order. Resolves to its exit code. */
  stop(): Promise<number | null>
}

const root = path.join(import.meta.dirname, '../..')
const RESTART_AFTER_MS = 300
const READY_WITHIN_MS = 30_000

export type ServiceOptions = {
  readonly env: Readonly<Record<string, string>>
  /** Where its output goes, one file for each name. */
  readonly logFolder: string
  /** A module that is loaded before the service's own code. */
  readonly preload?: string
}

/** Starts a service and resolves when it says that it is ready. */
export async function startService(
  service: ServiceName,
  name: string,
  options: ServiceOptions,
): Promise<ServiceProcess> {
  let isWanted = true
  const log = createWriteStream(path.join(options.logFolder, `${name}.log`), { flags: 'a' })
  const preload = options.preload === undefined ? [] : ['--import', options.preload]
  const launch = (): ChildProcess => {
    const child = spawn(process.execPath, [...preload, path.join(root, service, 'main.ts')], {
      cwd: root,
      env: { PATH: process.env.PATH ?? '', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    child.stdout?.pipe(log, { end: false })
    child.stderr?.pipe(log, { end: false })
    child.once('exit', () => {
      if (!isWanted) return
      setTimeout(() => {
        if (isWanted) current = launch()
      }, RESTART_AFTER_MS)
    })
    return child
  }
  let current = launch()
  await isReady(current, name)
  const endWithUs = () => current.kill('SIGKILL')
  process.once('exit', endWithUs)
  return {
    name,
    pid: () => current.pid ?? 0,
    kill: (signal) => void current.kill(signal),
    send: (message) => void current.send(message),
    async stop() {
      isWanted = false
      process.off('exit', endWithUs)
      const exited = new Promise<number | null>((resolve) => {
        if (current.exitCode !== null || current.signalCode !== null) resolve(current.exitCode)
        else current.once('exit', resolve)
      })
      current.kill('SIGTERM')
      const code = await exited
      log.end()
      return code
    },
  }
}

async function isReady(child: ChildProcess, name: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${name} is not ready after ${READY_WITHIN_MS} ms`)),
      READY_WITHIN_MS,
    )
    child.once('message', () => {
      clearTimeout(timer)
      resolve()
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`${name} ended with ${code} before it was ready`))
    })
  })
}
