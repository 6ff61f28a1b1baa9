import { errorText, openLog } from '#shared/runtime/log.ts'
import { SettingsError } from '#shared/runtime/settings.ts'
import { runMigration } from './migration/run-migration.ts'

/** `make migrate`, and what a container does before the services begin. */

/** Long enough for servers that start at the same time; then the caller should hear of it. */
const WAIT_FOR_SERVERS_MS = 60_000

try {
  const log = openLog('migrate', 'info')
  await runMigration({ env: process.env, log, waitMs: WAIT_FOR_SERVERS_MS })
} catch (error) {
  console.error(`migrate: ${errorText(error)}`)
  process.exit(error instanceof SettingsError ? 78 : 1)
}
