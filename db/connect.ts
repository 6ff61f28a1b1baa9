import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import { Pool, types } from 'pg'
import type { Database } from './schema.ts'

export type DatabaseSettings = {
  readonly connectionString: string
  readonly applicationName: string
  readonly maxConnections: number
  /** How long a statement may take; 15 s by default, 0: as long as it needs. */
  readonly statementTimeoutMs?: number
}

export type Db = Kysely<Database>
/** Proof of being inside a transaction, for what is only right in one. */
export type Trx = Transaction<Database>

/** Longer than any statement of ours takes; a half-open connection is noticed by it. */
const STATEMENT_TIMEOUT_MS = 15_000
const CONNECT_TIMEOUT_MS = 5_000
/** A transaction that waits for its client holds back vacuum of the whole cluster. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000

/** Opens a pool; nothing is connected before the first query. Release with `destroy()`. */
export function connect(settings: DatabaseSettings, onLost: (error: Error) => void): Db {
  const statementTimeoutMs = settings.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS
  const pool = new Pool({
    connectionString: settings.connectionString,
    application_name: settings.applicationName,
    max: settings.maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: statementTimeoutMs,
    // The client's own clock is for a server that says nothing any more.
    query_timeout: statementTimeoutMs === 0 ? 0 : statementTimeoutMs + 5_000,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
    types: { getTypeParser },
  })
  // A connection that is lost while idle has no query to fail: without a listener the process ends.
  pool.on('error', onLost)
  // One that is lost while lent out fails its query, and tells its own listeners as well.
  pool.on('connect', (client) => void client.on('error', () => undefined))
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
}

/** `int8` as a number; all else as the driver does. */
const getTypeParser: typeof types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format as 'text')

/** Resolves when the database answers. */
export async function ping(db: Db): Promise<void> {
  await sql`select 1`.execute(db)
}
