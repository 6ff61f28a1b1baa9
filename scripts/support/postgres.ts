import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { retry } from '#shared/runtime/retry.ts'
import { freePort } from './free-port.ts'
import { findPostgresPlace, type PostgresPlace } from './postgres-binaries.ts'
import { ensurePostgresData } from './postgres-data.ts'
import { readPostgresState, releaseZombieLock } from './postgres-state.ts'
import { type Child, type Command, startChild } from './start-child.ts'

/** Replaying the WAL of a killed server takes longest: 2 GB of it at most. */
const READY_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 20_000
const POLL_MS = 20

export type PostgresOptions = {
  /** Absolute. Made when it is not there. */
  readonly dataDir: string
  /** 0 or absent: any free one. */
  readonly port?: number
  /** False only for tests: no fsync. A killed server still loses nothing, a killed machine does. Default true. */
  readonly durable?: boolean
  /** Settings of the server in place of ours: a small disk wants less WAL kept. */
  readonly settings?: Readonly<Record<string, string>>
}

export type PreparedPostgres = {
  readonly command: Command
  /** Database `uptick` as the role `uptick`, which owns it and may make roles and databases. */
  readonly url: string
  /** Database `postgres` as its superuser. */
  readonly superuserUrl: string
  readonly place: PostgresPlace
}

export type RunningPostgres = {
  readonly url: string
  readonly superuserUrl: string
  readonly port: number
  pid(): number
  /** SIGKILL, as a power cut would. Resolves when it is gone. */
  kill(): Promise<void>
  /** Starts it again on the same port and data, after `kill` or instead of what runs. */
  restart(): Promise<void>
  /** Fast shutdown. `remove` deletes the data too. */
  stop(options?: { readonly remove?: boolean }): Promise<void>
}

const START_BACKOFF = { firstMs: 200, maxMs: 1_000 }

/** A real Postgres 18 on 127.0.0.1, ready for connections. It ends with this process at the latest. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const port = options.port || (await freePort())
  const { command, url, superuserUrl, place } = await preparePostgres({ ...options, port })
  const logFile = `${options.dataDir}.log`
  const start = () =>
    retry(
      async () => {
        const child = await startChild(command, logFile)
        await waitUntilReady(place.dataDir, child, logFile)
        return child
      },
      // The backends of a killed server outlive it for a moment, and hold its memory until then.
      {
        backoff: START_BACKOFF,
        signal: AbortSignal.timeout(READY_TIMEOUT_MS),
        onFailure: () => undefined,
      },
    )
  let child = await start()
  const end = async (signal: NodeJS.Signals) => void (await child.stop(signal, STOP_TIMEOUT_MS))
  return {
    url,
    superuserUrl,
    port,
    pid: () => child.pid,
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGINT')
      child = await start()
    },
    async stop({ remove = false } = {}) {
      await end('SIGINT')
      if (remove) await removePostgres(options.dataDir, place)
    },
  }
}

/** Makes the data folder where there is none, and says how to run the server in the foreground. */
export async function preparePostgres(
  options: PostgresOptions & { readonly port: number },
): Promise<PreparedPostgres> {
  const durable = options.durable ?? true
  const place = await findPostgresPlace(options.dataDir)
  const passwords = await ensurePostgresData(place, durable)
  await releaseZombieLock(place.dataDir)
  const at = `127.0.0.1:${options.port}`
  return {
    command: {
      file: path.join(place.binDir, 'postgres'),
      args: ['-D', place.dataDir, ...serverArguments(options.port, durable, options.settings)],
      cwd: '/',
      user: place.user,
    },
    url: `postgres://uptick:${passwords.owner}@${at}/uptick`,
    superuserUrl: `postgres://postgres:${passwords.superuser}@${at}/postgres`,
    place,
  }
}

/** The server's settings, as arguments: they are visible in `ps`, and no file of the data folder is edited. */
export function serverArguments(
  port: number,
  durable: boolean,
  own: Readonly<Record<string, string>> = {},
): string[] {
  const settings: Record<string, string> = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    // A socket file would clash with another Postgres of the machine, and nothing of ours uses it.
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: durable ? '256MB' : '64MB',
    wal_compression: 'on',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    // Also without fsync: what is committed then survives a killed server, though not a killed machine.
    synchronous_commit: 'on',
    // Compiling costs more than any of our short statements takes.
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
    ...own,
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

async function waitUntilReady(dataDir: string, child: Child, logFile: string): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS
  while (Date.now() < deadline && !child.hasExited()) {
    const state = await readPostgresState(dataDir)
    if (state?.pid === child.pid && state.phase === 'ready') return
    await delay(POLL_MS)
  }
  await child.stop('SIGQUIT', STOP_TIMEOUT_MS)
  const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n')
  throw new Error(`Postgres did not start: ${lines.slice(-3).join(' | ')}`)
}

/** Removes the data, and what was needed beside it for the server's user to reach it. */
async function removePostgres(dataDir: string, place: PostgresPlace): Promise<void> {
  const folders = [dataDir, `${dataDir}.log`, ...(place.movedTo === null ? [] : [place.movedTo])]
  for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}
