import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { isAlive } from './support/is-alive.ts'
import { folderNameFor, makeOwnFolder } from './support/own-folder.ts'
import type { Places } from './support/state.ts'

const run = promisify(execFile)

/** How long a process may take to end in order. */
export const STOP_TIMEOUT_MS = 30_000
/** The path of a Unix socket ends at 104 bytes on macOS; `/pub.sock` comes after the folder. */
const MAX_HOME_LENGTH = 90
/** Whoever has lost its supervisor has lost its output as well, and may hang on it. */
const LEFTOVER_STOP_TIMEOUT_MS = 10_000
const POLL_MS = 50

/** Beside the other state, or where that path is too long for a socket, in the system's temporary folder. */
export function supervisorHome(places: Places): string {
  const near = path.join(places.state, 'pm2')
  return near.length <= MAX_HOME_LENGTH ? near : path.join(os.tmpdir(), folderNameFor(near))
}

/** Makes the folder that the supervisor keeps its socket and pid files in; nobody else may enter. */
export async function makeSupervisorHome(places: Places): Promise<string> {
  const home = supervisorHome(places)
  await mkdir(places.state, { recursive: true })
  // Its socket takes orders from everybody who reaches it.
  await makeOwnFolder(home, 0o700)
  return home
}

/** Whether a supervisor of this checkout is alive. */
export async function isSupervised(places: Places): Promise<boolean> {
  const home = supervisorHome(places)
  const pid = Number(await readFile(path.join(home, 'pm2.pid'), 'utf8').catch(() => '0'))
  return pid > 0 && isAlive(pid) && (await commandLine(pid)).includes('God Daemon')
}

/**
 * Ends what a killed supervisor has left behind; nothing happens while one is alive. The number in
 * an old file may belong to a stranger by now: only what mentions one of our folders is ours.
 */
export async function endLeftovers(places: Places, ownFolders: readonly string[]): Promise<void> {
  if (await isSupervised(places)) return
  const pidFolder = path.join(supervisorHome(places), 'pids')
  const files = await readdir(pidFolder).catch(() => [])
  const orphans: number[] = []
  for (const file of files) {
    const pid = Number(await readFile(path.join(pidFolder, file), 'utf8'))
    const line = pid > 0 && isAlive(pid) ? await commandLine(pid) : ''
    if (ownFolders.some((folder) => line.includes(folder))) orphans.push(pid)
  }
  await Promise.all(orphans.map(endProcess))
  await rm(pidFolder, { recursive: true, force: true })
}

async function endProcess(pid: number): Promise<void> {
  const deadline = Date.now() + LEFTOVER_STOP_TIMEOUT_MS
  signal(pid, 'SIGINT')
  while (isAlive(pid) && Date.now() < deadline) await delay(POLL_MS)
  if (isAlive(pid)) signal(pid, 'SIGKILL')
}

/** It may have ended in between. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

async function commandLine(pid: number): Promise<string> {
  return run('ps', ['-ww', '-o', 'args=', '-p', String(pid)]).then(
    ({ stdout }) => stdout,
    () => '',
  )
}
