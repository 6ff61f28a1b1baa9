import { connect, ping } from '#db/connect.ts'
import { migrate } from '#db/migrate.ts'
import { isRetryable } from '#db/retryable.ts'
import { knownSettingNames } from '#shared/contracts/known-settings.ts'
import { queueDefinitions } from '#shared/contracts/queues.ts'
import { openKafkaAdmin } from '#shared/runtime/kafka-admin.ts'
import type { KafkaSettings } from '#shared/runtime/kafka-client.ts'
import { errorText, type Log, openLog } from '#shared/runtime/log.ts'
import { installQueues } from '#shared/runtime/queue.ts'
import { retry } from '#shared/runtime/retry.ts'
import { readSettings, SettingsError } from '#shared/runtime/settings.ts'
import { readStreamSettings } from '#shared/runtime/stream-settings.ts'

/** Long enough for servers that start at the same time; then the caller should hear of it. */
const WAIT_FOR_SERVERS_MS = 60_000

function readMigrateSettings() {
  return readSettings(process.env, knownSettingNames, (read) => ({
    connectionString: read.secretUrl('DATABASE_ADMIN_URL', ['postgres:', 'postgresql:']),
    rolePassword: read.optionalText('APP_DB_PASSWORD'),
    // The topic is made here too: no service has to have the right to make one.
    stream: isKafkaKnown(process.env) ? readStreamSettings(read, 'uptick-migrate') : null,
    group: read.text('KAFKA_CONSUMER_GROUP', { default: 'uptick-consumer' }),
  }))
}

const isKafkaKnown = (env: NodeJS.ProcessEnv) =>
  env.RESULT_STREAM !== 'postgres' && Boolean(env.KAFKA_BOOTSTRAP_SERVERS)

async function main(): Promise<void> {
  const { connectionString, rolePassword, stream, group } = readMigrateSettings()
  const log = openLog('migrate', 'info')
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
      signal: AbortSignal.timeout(WAIT_FOR_SERVERS_MS),
      isRetryable,
      onFailure: (error) => log.info({ error: errorText(error) }, 'waiting for the database'),
    })
    const applied = await migrate(db, {
      rolePassword,
      installQueues: () => installQueues(connectionString, queueDefinitions, log),
    })
    log.info({ applied }, applied.length === 0 ? 'the schema is up to date' : 'migrated')
    if (stream?.kind === 'kafka') await prepareTopic(stream.kafka, group, log)
  } finally {
    await db.destroy()
  }
}

async function prepareTopic(settings: KafkaSettings, group: string, log: Log): Promise<void> {
  const admin = await openKafkaAdmin(settings, log, AbortSignal.timeout(WAIT_FOR_SERVERS_MS))
  await admin.prepareTopic(group)
  await admin.close()
  log.info({ topic: settings.topic }, 'the topic is there')
}

try {
  await main()
} catch (error) {
  console.error(`migrate: ${errorText(error)}`)
  process.exit(error instanceof SettingsError ? 78 : 1)
}
