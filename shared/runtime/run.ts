import { errorText, type Log, type LogLevel, openLog } from './log.ts'
import type { Service } from './service.ts'
import { SettingsError } from './settings.ts'

/** sysexits.h: what a supervisor and an operator can tell apart. */
const exitCodes = { ok: 0, failed: 1, notYet: 75, badSettings: 78 } as const

/**
 * Thrown by `wire` where a process must not run on what it finds, and may once somebody has mended
 * it: exit code 75, with the message as the reason.
 */
export class NotYetError extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'NotYetError'
  }
}

/** How long a process may take to put down what it holds, before it is ended hard. */
const DRAIN_MS = 28_000

export type Wiring<Settings> = {
  readonly settings: Settings
  readonly log: Log
  /** Aborted when the process is asked to stop: ends waits, not work. */
  readonly stopping: AbortSignal
  /** Acquires something and names its release; releases run last in, first out. */
  own<T>(
    name: string,
    acquire: () => Promise<T> | T,
    release: (held: T) => Promise<unknown> | unknown,
  ): Promise<T>
  /** Ends the process with a failure, after draining: its supervisor starts a new one. */
  fail(reason: string): void
}

type Release = { readonly name: string; readonly run: () => Promise<unknown> | unknown }

/**
 * Runs a process from settings to exit code: `wire` acquires what it needs and returns its services
 * in the order of their start; they stop in the reverse order, then everything owned is released.
 */
export async function run<Settings extends { readonly logLevel: LogLevel }>(
  name: string,
  readSettings: () => Settings,
  wire: (wiring: Wiring<Settings>) => Promise<readonly Service[]>,
): Promise<void> {
  const settings = readSettingsOrExit(name, readSettings)
  const log = openLog(name, settings.logLevel)
  const stop = new AbortController()
  const releases: Release[] = []
  let exitCode: number = exitCodes.ok

  const end = (reason: string, code: number) => {
    if (stop.signal.aborted) return
    exitCode = code
    log[code === exitCodes.ok ? 'info' : 'error']({ reason }, 'stopping')
    setTimeout(() => {
      log.fatal({ drain_ms: DRAIN_MS }, 'did not stop in time')
      process.exit(exitCodes.failed)
    }, DRAIN_MS).unref()
    stop.abort()
  }
  listenForEnd(end, log)

  try {
    const services = await wire({
      settings,
      log,
      stopping: stop.signal,
      fail: (reason) => end(reason, exitCodes.failed),
      own: async (what, acquire, release) => {
        const held = await acquire()
        releases.push({ name: what, run: () => release(held) })
        return held
      },
    })
    for (const service of services) {
      releases.push({ name: service.name, run: () => service.stop() })
      if (!stop.signal.aborted) await service.start()
    }
    if (!stop.signal.aborted) {
      log.info('ready')
      process.send?.('ready')
      await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }))
    }
  } catch (error) {
    const failure = error instanceof NotYetError ? exitCodes.notYet : exitCodes.failed
    end(errorText(error), stop.signal.aborted ? exitCode : failure)
  }
  await releaseAll(releases, log)
  log.info({ exit_code: exitCode }, 'stopped')
  process.exit(exitCode)
}

function readSettingsOrExit<T>(name: string, readSettings: () => T): T {
  try {
    return readSettings()
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    process.stderr.write(`${name}: ${error.message}\n`)
    process.exit(exitCodes.badSettings)
  }
}

function listenForEnd(end: (reason: string, code: number) => void, log: Log): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => end(signal, exitCodes.ok))
  }
  // A bug: state may be half-changed, so nothing is drained. What was not settled is done again.
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught error')
    process.exit(exitCodes.failed)
  })
}

async function releaseAll(releases: Release[], log: Log): Promise<void> {
  for (const release of releases.reverse()) {
    try {
      await release.run()
    } catch (error) {
      log.error({ what: release.name, error: errorText(error) }, 'could not release')
    }
  }
}
