import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Kysely, sql } from 'kysely'
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration'
import type { Db } from './connect.ts'
import { makePartitions } from './ping-status.ts'

const migrationFolder = path.join(import.meta.dirname, 'migrations')
const queueRightsFile = path.join(import.meta.dirname, 'queue-rights.sql')

/** Any number, as long as nothing else in the database uses it: "uptick" on a phone's keys. */
const MIGRATION_LOCK = 878425

export const serviceRoles = [
  'uptick_scheduler',
  'uptick_worker',
  'uptick_consumer',
  'uptick_web',
  'uptick_reader',
] as const

export type MigrateOptions = {
  /** Installs the job queue's own schema and queues: between our tables and our rights on its tables. */
  readonly installQueues: () => Promise<void>
  /** What the roles of the services log in with; null leaves their passwords as they are. */
  readonly rolePassword: string | null
}

/**
 * Brings the database to this version of the code and resolves to the names of the migrations that
 * this call applied. One caller at a time does the work, others wait and find it done; killed
 * half-way, each step is either there or not, and the next call goes on.
 */
export async function migrate(db: Db, options: MigrateOptions): Promise<readonly string[]> {
  return db.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(${sql.lit(MIGRATION_LOCK)})`.execute(connection)
    try {
      const applied = await applyNumberedFiles(connection)
      await options.installQueues()
      await sql.raw(await readFile(queueRightsFile, 'utf8')).execute(connection)
      if (options.rolePassword !== null) await setRolePasswords(connection, options.rolePassword)
      await makePartitions(connection)
      return applied
    } finally {
      await sql`select pg_advisory_unlock(${sql.lit(MIGRATION_LOCK)})`
        .execute(connection)
        .catch(() => undefined)
    }
  })
}

async function applyNumberedFiles(connection: Db): Promise<readonly string[]> {
  const migrator = new Migrator({ db: connection, provider: sqlFiles })
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
  return results
    .filter((result) => result.status === 'Success')
    .map((result) => result.migrationName)
}

export type MigrationState = {
  /** Of this version of the code, and not applied yet. */
  readonly pending: readonly string[]
  /** Applied, and unknown to this version of the code: a newer one has been here. */
  readonly unknown: readonly string[]
}

/**
 * Compares the database with this version of the code; changes nothing. Whoever may not read the
 * list of migrations has a database from before migration 0013, which lets the services do so.
 */
export async function migrationState(db: Db): Promise<MigrationState> {
  const names = Object.keys(await sqlFiles.getMigrations())
  const { rows: tables } = await sql<{ is_readable: boolean }>`
    select coalesce(has_table_privilege(to_regclass('kysely_migration'), 'select'), false) as is_readable`.execute(
    db,
  )
  if (tables[0]?.is_readable !== true) return { pending: names, unknown: [] }
  const { rows } = await sql<{
    name: string
  }>`select name from kysely_migration order by name`.execute(db)
  const applied = rows.map(({ name }) => name)
  return {
    pending: names.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !names.includes(name)),
  }
}

/** `0001_sites.sql` and so on, in the order of their numbers; each runs in a transaction, once. */
const sqlFiles: MigrationProvider = {
  async getMigrations() {
    const files = (await readdir(migrationFolder)).filter((file) => file.endsWith('.sql')).sort()
    const entries = files.map(async (file): Promise<[string, Migration]> => {
      const text = await readFile(path.join(migrationFolder, file), 'utf8')
      return [
        path.basename(file, '.sql'),
        {
          up: (db: Kysely<unknown>) =>
            sql
              .raw(text)
              .execute(db)
              .then(() => undefined),
        },
      ]
    })
    return Object.fromEntries(await Promise.all(entries))
  },
}

async function setRolePasswords(connection: Db, password: string): Promise<void> {
  for (const role of serviceRoles) {
    await sql`alter role ${sql.id(role)} password ${sql.lit(password)}`.execute(connection)
  }
}
