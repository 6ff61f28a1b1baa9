import { connect, type Db } from '#db/connect.ts'
import { isRetryable } from '#db/retryable.ts'
import { errorText } from '#shared/runtime/log.ts'
import { type Environment, SettingsReader } from '#shared/runtime/settings.ts'
import { readContext } from './command.ts'
import type { CommandEnd } from './command-end.ts'
import { exitCodes } from './exit-codes.ts'
import type { Variables } from './support/environment.ts'
import { toolEnvironment } from './tool-environment.ts'

export type DatabaseWish = {
  /** For messages and for `pg_stat_activity`: `report uptime`. */
  readonly command: string
  /**
   * Which of two settings comes first: to read, DATABASE_URL (a login that may only read is enough);
   * to change things, DATABASE_ADMIN_URL. The other one stands in for it.
   */
  readonly rights: 'read' | 'change'
  readonly env: Environment
}

const settingNames = {
  read: ['DATABASE_URL', 'DATABASE_ADMIN_URL'],
  change: ['DATABASE_ADMIN_URL', 'DATABASE_URL'],
} as const

/** A report over a year may take longer than what a service would wait for. */
const STATEMENT_TIMEOUT_MS = 60_000

export type Address = { readonly url: string } | { readonly problem: string }

/**
 * Runs the work of a command on the database that the environment or the checkout's `.env` names, or
 * else on the one that runs in this checkout. Where none is known, or it cannot be asked, the command
 * ends with `unreachable` and a line that says what to do. Whatever else the work throws is thrown.
 */
export async function withDatabase(
  wish: DatabaseWish,
  work: (db: Db) => Promise<CommandEnd>,
): Promise<CommandEnd> {
  const address = await addressOf(wish)
  if ('problem' in address) return unreachable(wish, address.problem)
  const db = connect(
    {
      connectionString: address.url,
      applicationName: `uptick ${wish.command}`,
      maxConnections: 1,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    },
    () => undefined,
  )
  try {
    return await work(db)
  } catch (error) {
    const problem = databaseProblem(error, address.url)
    if (problem === null) throw error
    return unreachable(wish, problem)
  } finally {
    await db.destroy()
  }
}

/** Where the database is, or why none is known. */
export async function addressOf({ rights, env }: DatabaseWish): Promise<Address> {
  const context = await readContext(env)
  const said = urlIn(context.overrides, rights)
  if (said !== null) return said
  try {
    const found = urlIn(await toolEnvironment(context), rights)
    return found ?? { problem: 'no database is known: set DATABASE_URL, or make start' }
  } catch (error) {
    return { problem: `no database is known: set DATABASE_URL; ${errorText(error)}` }
  }
}

/** Null: it says nothing of a database. */
function urlIn(variables: Variables, rights: DatabaseWish['rights']): Address | null {
  const read = new SettingsReader(variables)
  const name = settingNames[rights].find((candidate) => read.optionalText(candidate) !== null)
  if (name === undefined) return null
  const url = read.secretUrl(name, ['postgres:', 'postgresql:'])
  return read.problems.length > 0 ? { problem: read.problems.join('; ') } : { url }
}

/** Why the database could not be asked, in a line without its password; null: that is not why it failed. Pure. */
export function databaseProblem(error: unknown, url: string): string | null {
  const where = placeOf(url)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (/^42(P01|883|703)$/.test(code)) {
    return `the database at ${where} is not of this version of the code (${errorText(error)}): make migrate`
  }
  if (/^(28|3D)/.test(code) || code === '42501') {
    return `the database at ${where} does not let us: ${errorText(error)}`
  }
  // A timeout of the statement is no server that is away.
  if (code === '57014') return `the database at ${where} took too long: ${errorText(error)}`
  return isRetryable(error) ? `the database at ${where} does not answer: ${errorText(error)}` : null
}

function placeOf(url: string): string {
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}

function unreachable({ command }: DatabaseWish, problem: string): CommandEnd {
  return { exitCode: exitCodes.unreachable, out: '', err: `uptick ${command}: ${problem}\n` }
}
