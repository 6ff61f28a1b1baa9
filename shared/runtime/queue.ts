import { fromKysely, type Job, type KyselyTransactionLike, PgBoss } from 'pg-boss'
import { errorText, type Log } from './log.ts'
import { retry } from './retry.ts'

/**
 * The job queue in Postgres, and the only file that knows pg-boss. Jobs are inserted, fetched and
 * settled in bulk: one by one costs thirty times more.
 */

export type NewJob = {
  /** A uuid. The same id twice is one job, as long as the first is still in the table. */
  readonly id: string
  readonly data: object
  /** After which a fetched job that was not settled is given out again. Default: the queue's. */
  readonly expireInSeconds?: number
  /** After which a job that nobody fetched is dropped. Default: the queue's. */
  readonly retentionSeconds?: number
}

/** A job as fetched; settling it is fenced to this attempt. */
export type FetchedJob = Job<unknown>

export type QueueDefinition = {
  readonly name: string
  /** Its own table: for queues whose rows come and go by the thousand. */
  readonly ownTable: boolean
  readonly retryLimit: number
  readonly retryDelaySeconds: number
  readonly retryDelayMaxSeconds: number
  readonly expireInSeconds: number
  readonly retentionSeconds: number
  /** How long a job is kept that failed for good. */
  readonly deleteAfterSeconds: number
}

export type QueueSettings = {
  readonly connectionString: string
  readonly applicationName: string
  /** Connections of this process to the queue. */
  readonly maxConnections: number
  /** Whether this process notices expired jobs and sweeps finished ones. Several may. */
  readonly supervises: boolean
}

/** A lost worker's jobs come back within their expiry plus this. */
const SUPERVISE_INTERVAL_SECONDS = 5
const SWEEP_INTERVAL_SECONDS = 60
/**
 * By a bitmap scan a fetch would read all entries again that were fetched since the last vacuum; an
 * index scan marks them as dead in passing. With few jobs waiting, Postgres takes both for equal.
 */
const PLANNER_OPTIONS = '-c enable_bitmapscan=off'
/** Not as of the beginning of a transaction. */
const CLOCK_QUESTION = `select date_part('epoch', clock_timestamp()) * 1000 as now`
const CONNECT_BACKOFF = { firstMs: 250, maxMs: 5_000 }

export type JobQueue = {
  /** Within a transaction of the caller's: the jobs exist exactly if it commits. Resolves to how many are new. */
  insert(queue: string, jobs: readonly NewJob[], within?: KyselyTransactionLike): Promise<number>
  fetch(queue: string, limit: number): Promise<readonly FetchedJob[]>
  /** Done jobs leave the table at once. Those that were given out again in the meantime are left alone. */
  complete(queue: string, jobs: readonly FetchedJob[]): Promise<void>
  /** Gives jobs back after a failure of ours; they are tried again after the queue's retry delay. */
  release(queue: string, jobs: readonly FetchedJob[], reason: string): Promise<void>
  /** What time it is where the queue is, in epoch milliseconds. */
  nowMs(): Promise<number>
  close(): Promise<void>
}

/** Connects, and keeps trying until Postgres answers or `stopping` is aborted. */
export async function openQueue(
  settings: QueueSettings,
  log: Log,
  stopping: AbortSignal,
): Promise<JobQueue> {
  const boss = await retry(() => startBoss(settings, log), {
    backoff: CONNECT_BACKOFF,
    signal: stopping,
    onFailure: (error, attempt, waitMs) =>
      log.warn(
        { error: errorText(error), attempt, wait_ms: waitMs },
        'the queue does not answer yet',
      ),
  })
  return {
    async insert(queue, jobs, within) {
      if (jobs.length === 0) return 0
      const db = within === undefined ? {} : { db: fromKysely(within) }
      const created = await boss.insert(queue, [...jobs], { ...db, returnId: true })
      return created?.length ?? 0
    },
    fetch: (queue, limit) => boss.fetch(queue, { batchSize: limit }),
    async complete(queue, jobs) {
      // Marked as completed instead, each would be one more version of its row, to be swept later:
      // half as much again for Postgres, and nothing of ours ever reads it.
      if (jobs.length > 0) await boss.deleteJob(queue, attempts(jobs))
    },
    async release(queue, jobs, reason) {
      if (jobs.length > 0) await boss.fail(queue, attempts(jobs), { message: reason })
    },
    nowMs: () => clockOf(boss),
    close: () => boss.stop({ graceful: false, close: true }),
  }
}

async function clockOf(boss: PgBoss): Promise<number> {
  const { rows } = await boss.getDb().executeSql(CLOCK_QUESTION)
  const now: unknown = rows[0]?.now
  if (typeof now !== 'number' || !Number.isFinite(now))
    throw new Error('the queue does not say what time it is')
  return now
}

/** Installs or upgrades the queue's schema and queues. Safe to repeat; run by the migration alone. */
export async function installQueues(
  connectionString: string,
  definitions: readonly QueueDefinition[],
  log: Log,
): Promise<void> {
  const boss = new PgBoss({
    connectionString,
    max: 2,
    supervise: false,
    schedule: false,
    migrate: true,
  })
  boss.on('error', (error) => log.warn({ error: errorText(error) }, 'queue trouble'))
  await boss.start()
  try {
    for (const definition of definitions) {
      await boss.createQueue(definition.name, {
        policy: 'standard',
        partition: definition.ownTable,
      })
      await boss.updateQueue(definition.name, queueOptions(definition))
    }
  } finally {
    await boss.stop({ graceful: false, close: true })
  }
}

async function startBoss(settings: QueueSettings, log: Log): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: settings.connectionString,
    application_name: settings.applicationName,
    options: PLANNER_OPTIONS,
    max: settings.maxConnections,
    // The migration alone may change the schema: the roles of services cannot.
    migrate: false,
    createSchema: false,
    schedule: false,
    supervise: settings.supervises,
    superviseIntervalSeconds: SUPERVISE_INTERVAL_SECONDS,
    monitorIntervalSeconds: SUPERVISE_INTERVAL_SECONDS,
    maintenanceIntervalSeconds: SWEEP_INTERVAL_SECONDS,
  })
  // Without a listener an error of its background loops would end the process.
  boss.on('error', (error) => log.warn({ error: errorText(error) }, 'queue trouble'))
  boss.on('warning', (warning) => log.warn({ warning: warning.message }, 'queue warning'))
  try {
    await boss.start()
  } catch (error) {
    await boss.stop({ graceful: false, close: true }).catch(() => undefined)
    throw error
  }
  return boss
}

function attempts(jobs: readonly FetchedJob[]) {
  return jobs.map(({ id, retryCount }) => ({ id, retryCount }))
}

function queueOptions(definition: QueueDefinition) {
  return {
    retryLimit: definition.retryLimit,
    retryDelay: definition.retryDelaySeconds,
    retryBackoff: true,
    retryDelayMax: definition.retryDelayMaxSeconds,
    expireInSeconds: definition.expireInSeconds,
    retentionSeconds: definition.retentionSeconds,
    deleteAfterSeconds: definition.deleteAfterSeconds,
  }
}
