import { connect, ping } from '#db/connect.ts'
import { migrate } from '#db/migrate.ts'
import { isRetryable } from '#db/retryable.ts'
import { knownSettingNames } from '#shared/contracts/known-settings.ts'
import { queueDefinitions } from '#shared/contracts/queues.ts'
import { errorText, openLog } from '#shared/runtime/log.ts'
import { installQueues } from '#shared/runtime/queue.ts'
import { retry } from '#shared/runtime/retry.ts'
import { readSettings, SettingsError } from '#shared/runtime/settings.ts'

/** Long enough for a database that starts at the same time; then the caller should hear of it. */
const WAIT_FOR_DATABASE_MS = 60_000

function readMigrateSettings() {
  return readSettings(process.env, knownSettingNames, (read) => ({
    connectionString: read.secretUrl('DATABASE_ADMIN_URL', ['postgres:', 'postgresql:']),
    rolePassword: read.optionalText('APP_DB_PASSWORD'),
  }))
}

async function main(): Promise<void> {
  const { connectionString, rolePassword } = readMigrateSettings()
  const log = openLog('migrate', 'info')
  const db = connect(
    { connectionString, applicationName: 'uptick migrate', maxConnections: 1 },
    () => undefined,
  )
  try {
    await retry(() => ping(db), {
      backoff: { firstMs: 200, maxMs: 2_000 },
      signal: AbortSignal.timeout(WAIT_FOR_DATABASE_MS),
      isRetryable,
      onFailure: (error) => log.info({ error: errorText(error) }, 'waiting for the database'),
    })
    const applied = await migrate(db, {
      rolePassword,
      installQueues: () => installQueues(connectionString, queueDefinitions, log),
    })
    log.info({ applied }, applied.length === 0 ? 'the schema is up to date' : 'migrated')
  } finally {
    await db.destroy()
  }
}

try {
  await main()
} catch (error) {
  console.error(`migrate: ${errorText(error)}`)
  process.exit(error instanceof SettingsError ? 78 : 1)
}
