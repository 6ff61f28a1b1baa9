import { connect, ping } from '#db/connect.ts'
import { migrate } from '#db/migrate.ts'
import { isRetryable } from '#db/retryable.ts'
import { knownSettingNames } from '#shared/contracts/known-settings.ts'
import { queueDefinitions } from '#shared/contracts/queues.ts'
import { openKafkaAdmin } from '#shared/runtime/kafka-admin.ts'
import type { KafkaSettings } from '#shared/runtime/kafka-client.ts'
import { errorText, type Log } from '#shared/runtime/log.ts'
import { installQueues } from '#shared/runtime/queue.ts'
import { retry } from '#shared/runtime/retry.ts'
import { type Environment, readSettings } from '#shared/runtime/settings.ts'
import { readStreamSettings } from '#shared/runtime/stream-settings.ts'

export type MigrationRun = {
  readonly env: Environment
  readonly log: Log
  /** How long servers are waited for that start at the same time. */
  readonly waitMs: number
}

export type MigrationOutcome = {
  /** By this call. */
  readonly applied: readonly string[]
  /** The topic that is there now; null: results do not go through Kafka, or it is not set here. */
  readonly topic: string | null
}

/**
 * Brings the database to this version of the code, and makes the topic: no service has to have the
 * right to make one.
 * @throws SettingsError, or what the servers say.
 */
export async function runMigration({ env, log, waitMs }: MigrationRun): Promise<MigrationOutcome> {
  const { connectionString, rolePassword, stream, group } = readMigrateSettings(env)
  const db = connect(
    {
      connectionString,
      applicationName: 'uptick migrate',
      maxConnections: 1,
      statementTimeoutMs: 0,
    },
    () => undefined,
  )
  try {
    await retry(() => ping(db), {
      backoff: { firstMs: 200, maxMs: 2_000 },
      signal: AbortSignal.timeout(waitMs),
      isRetryable,
      onFailure: (error) => log.info({ error: errorText(error) }, 'waiting for the database'),
    })
    const applied = await migrate(db, {
      rolePassword,
      installQueues: () => installQueues(connectionString, queueDefinitions, log),
    })
    log.info({ applied }, applied.length === 0 ? 'the schema is up to date' : 'migrated')
    if (stream?.kind !== 'kafka') return { applied, topic: null }
    await prepareTopic(stream.kafka, group, { log, waitMs })
    return { applied, topic: stream.kafka.topic }
  } finally {
    await db.destroy()
  }
}

function readMigrateSettings(env: Environment) {
  return readSettings(env, knownSettingNames, (read) => ({
    connectionString: read.secretUrl('DATABASE_ADMIN_URL', ['postgres:', 'postgresql:']),
    rolePassword: read.optionalText('APP_DB_PASSWORD'),
    stream: isKafkaKnown(env) ? readStreamSettings(read, 'uptick-migrate') : null,
    group: read.text('KAFKA_CONSUMER_GROUP', { default: 'uptick-consumer' }),
  }))
}

const isKafkaKnown = (env: Environment) =>
  env.RESULT_STREAM !== 'postgres' && Boolean(env.KAFKA_BOOTSTRAP_SERVERS)

async function prepareTopic(
  settings: KafkaSettings,
  group: string,
  { log, waitMs }: Omit<MigrationRun, 'env'>,
): Promise<void> {
  const admin = await openKafkaAdmin(settings, log, AbortSignal.timeout(waitMs))
  await admin.prepareTopic(group)
  await admin.close()
  log.info({ topic: settings.topic }, 'the topic is there')
}
