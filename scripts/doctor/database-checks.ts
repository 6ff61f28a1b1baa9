import { connect, type Db } from '#db/connect.ts'
import {
  databaseClock,
  deadLetters,
  emailFacts,
  handBehindMs,
  missingRoles,
  partitionDaysAhead,
  queueDepth,
  rollupBehindMs,
  siteFacts,
} from '#db/health-facts.ts'
import { migrationState } from '#db/migrate.ts'
import { databaseProblem } from '../database-of-command.ts'
import { type Finding, fail, type HealthCheck, ok, skipped } from './finding.ts'
import {
  judgeClock,
  judgeDeadLetters,
  judgeEmails,
  judgeHand,
  judgeMigrations,
  judgePartitions,
  judgeQueue,
  judgeRecipients,
  judgeRoles,
  judgeRollups,
  judgeSites,
} from './judge-facts.ts'

export type DatabaseAsked = {
  readonly url: string
  /** What ALERT_EMAIL_TO says; null: it is not known here. */
  readonly defaultRecipients: readonly string[] | null
  /** Whether results come through the database. */
  readonly stream: 'kafka' | 'postgres' | null
}

/** Shorter than the deadline of a check, so that the database's own words are told. */
const STATEMENT_TIMEOUT_MS = 4_000
const CONNECTIONS_MAX = 4

/** What is asked of the database. If it does not answer, one of them says so, and the others are skipped. */
export function databaseChecks(asked: DatabaseAsked): readonly HealthCheck[] {
  const db = connect(
    {
      connectionString: asked.url,
      applicationName: 'uptick doctor',
      maxConnections: CONNECTIONS_MAX,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    },
    () => undefined,
  )
  const clock = askClock(db)
  // Whoever waits for it hears of its failure; before that, nobody may.
  clock.catch(() => undefined)
  const check = (name: string, question: (db: Db) => Promise<Finding>): HealthCheck => ({
    name,
    look: () => askIfThere(clock, () => question(db), asked.url),
  })
  return [
    { name: 'database', look: async () => judgeDatabase(clock, asked.url) },
    check('schema', async () => judgeMigrations(await migrationState(db))),
    check('roles', async () => judgeRoles(await missingRoles(db))),
    check('clock', async () => {
      const { nowMs, askedAtMs, answeredAtMs } = await clock
      return judgeClock(nowMs, askedAtMs, answeredAtMs)
    }),
    check('partitions', async () => judgePartitions(await partitionDaysAhead(db))),
    check('scheduler', async () => judgeHand(await handBehindMs(db))),
    check('check jobs', async () =>
      judgeQueue(await queueDepth(db, ['check', 'recheck']), 'more workers: make scale WORKERS=4'),
    ),
    ...(asked.stream === 'postgres' ? [check('results', () => askResults(db))] : []),
    check('rollups', async () => judgeRollups(await rollupBehindMs(db))),
    check('emails', async () => judgeEmails(await emailFacts(db))),
    check('dead letters', async () => judgeDeadLetters(await deadLetters(db))),
    check('sites', async () => judgeSites(await siteFacts(db))),
    check('recipients', async () => judgeRecipients(await siteFacts(db), asked.defaultRecipients)),
  ]
}

async function askResults(db: Db): Promise<Finding> {
  return judgeQueue(await queueDepth(db, ['result']), 'see that a consumer runs: make logs')
}

type Clock = {
  readonly version: string
  readonly nowMs: number
  readonly askedAtMs: number
  readonly answeredAtMs: number
}

/** Twice: the first answer waits for a connection, and would tell nothing of the clocks. */
async function askClock(db: Db): Promise<Clock> {
  await databaseClock(db)
  const askedAtMs = Date.now()
  const answer = await databaseClock(db)
  return { ...answer, askedAtMs, answeredAtMs: Date.now() }
}

async function judgeDatabase(clock: Promise<Clock>, url: string): Promise<Finding> {
  try {
    const { version } = await clock
    return ok(`Postgres ${version} answers at ${new URL(url).host}`)
  } catch (error) {
    const problem = databaseProblem(error, url)
    if (problem === null) throw error
    return fail(problem, 'make start, or see DATABASE_URL')
  }
}

async function askIfThere(
  clock: Promise<Clock>,
  question: () => Promise<Finding>,
  url: string,
): Promise<Finding> {
  const isThere = await clock.then(
    () => true,
    () => false,
  )
  if (!isThere) return skipped('the database does not answer')
  try {
    return await question()
  } catch (error) {
    const problem = databaseProblem(error, url)
    if (problem === null) throw error
    return isForbidden(error) ? skipped(problem) : fail(problem, 'see the schema and the database')
  }
}

/** A login that may only read does not see everything. */
function isForbidden(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '42501'
}
