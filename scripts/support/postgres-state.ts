import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { isAlive, isZombie } from './is-alive.ts'

/** More than any system counts processes to. */
const NO_PROCESS = 2_147_483_646

export type PostgresState = { readonly pid: number; readonly phase: string }

const lockFile = (dataDir: string) => path.join(dataDir, 'postmaster.pid')

/** What the server of this data folder says of itself (`starting`, `ready`, `stopping`); null where none is alive. */
export async function readPostgresState(dataDir: string): Promise<PostgresState | null> {
  const lines = await readLock(dataDir)
  const pid = Number(lines[0])
  return pid > 0 && isAlive(pid) ? { pid, phase: lines[7]?.trim() ?? 'starting' } : null
}

/**
 * Postgres takes a zombie for a running server and does not start. Only the number is replaced:
 * the rest of the lock leads the new server to shared memory that is still in use, if any is.
 */
export async function releaseZombieLock(dataDir: string): Promise<void> {
  const [pid, ...rest] = await readLock(dataDir)
  if (pid === undefined || !isZombie(Number(pid))) return
  await writeFile(lockFile(dataDir), [NO_PROCESS, ...rest].join('\n'))
}

async function readLock(dataDir: string): Promise<string[]> {
  const text = await readFile(lockFile(dataDir), 'utf8').catch(() => null)
  return text?.split('\n') ?? []
}
