import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { PostgresPlace } from './postgres-binaries.ts'
import { ids } from './start-child.ts'

const MAJOR_VERSION = '18'
const INIT_TIMEOUT_MS = 60_000
/** Text sorts the same on every machine: the locale is the server's own, not the system's. */
const LOCALE = [
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
]

export type PostgresPasswords = { readonly superuser: string; readonly owner: string }

/** In the data folder, so that data and passwords can only come and go together. */
const passwordFile = (folder: string) => path.join(folder, 'uptick-passwords.json')

/**
 * Makes the data folder with role and database `uptick` where there is none. All or nothing: a
 * folder that has the final name is complete.
 * @throws when another version of Postgres has made the folder.
 */
export async function ensurePostgresData(
  place: PostgresPlace,
  durable: boolean,
): Promise<PostgresPasswords> {
  const version = await readVersion(place.dataDir)
  if (version === null) await initialise(place, durable)
  if (version !== null && version !== MAJOR_VERSION) {
    throw new Error(
      `${place.dataDir} was made by Postgres ${version}, this is ${MAJOR_VERSION}: make clean removes it`,
    )
  }
  return JSON.parse(await readFile(passwordFile(place.dataDir), 'utf8'))
}

async function readVersion(dataDir: string): Promise<string | null> {
  try {
    return (await readFile(path.join(dataDir, 'PG_VERSION'), 'utf8')).trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

async function initialise(place: PostgresPlace, durable: boolean): Promise<void> {
  const unfinished = `${place.dataDir}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { mode: 0o700 })
  if (place.user !== null) await chown(unfinished, place.user.uid, place.user.gid)
  await runInitdb(place, unfinished, durable)
  await createRoleAndDatabase(place, unfinished)
  if (place.user !== null) await chown(passwordFile(unfinished), place.user.uid, place.user.gid)
  await rename(unfinished, place.dataDir)
}

async function runInitdb(place: PostgresPlace, folder: string, durable: boolean): Promise<void> {
  // No server ever runs with `trust`: the passwords are set a moment later, and these rules replaced
  // before the folder gets its name. Otherwise initdb wants the password in a file.
  const args = ['-D', folder, '-U', 'postgres', '--auth=trust', ...LOCALE]
  await runTool(place, 'initdb', durable ? args : [...args, '--no-sync'], '')
  const rules = ['127.0.0.1/32', '::1/128'].map((range) => `host all all ${range} scram-sha-256\n`)
  await writeFile(path.join(folder, 'pg_hba.conf'), rules.join(''))
}

async function createRoleAndDatabase(place: PostgresPlace, folder: string): Promise<void> {
  const secret = () => randomBytes(18).toString('base64url')
  const passwords: PostgresPasswords = { superuser: secret(), owner: secret() }
  const statements = [
    `alter role postgres password '${passwords.superuser}'`,
    `create role uptick login createrole createdb password '${passwords.owner}'`,
    'create database uptick owner uptick',
  ]
  // Single-user mode takes one statement a line, and needs neither a port nor a client.
  const args = ['--single', '-D', folder, '-c', 'exit_on_error=true', 'postgres']
  await runTool(place, 'postgres', args, `${statements.join('\n')}\n`)
  await writeFile(passwordFile(folder), JSON.stringify(passwords), { mode: 0o600 })
}

function runTool(
  place: PostgresPlace,
  name: string,
  args: readonly string[],
  input: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { cwd: '/', timeout: INIT_TIMEOUT_MS, ...ids(place.user) }
    const child = execFile(
      path.join(place.binDir, name),
      args,
      options,
      (error, _stdout, stderr) =>
        error === null
          ? resolve()
          : reject(new Error(`${name} failed: ${stderr.trim() || error.message}`)),
    )
    child.stdin?.end(input)
  })
}
