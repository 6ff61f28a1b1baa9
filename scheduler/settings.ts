import type { Retention } from '#db/rollups.ts'
import { knownSettingNames } from '#shared/contracts/known-settings.ts'
import { logLevels } from '#shared/runtime/log.ts'
import { type Environment, readSettings, type SettingsReader } from '#shared/runtime/settings.ts'

/** What the scheduler reads from its environment. */
export const readSchedulerSettings = (env: Environment) =>
  readSettings(env, knownSettingNames, (read) => ({
    databaseUrl: read.secretUrl('DATABASE_URL', ['postgres:', 'postgresql:']),
    keep: readRetention(read),
    logLevel: read.oneOf('LOG_LEVEL', logLevels, { default: 'info' }),
    health: {
      host: read.text('HEALTH_HOST', { default: '127.0.0.1' }),
      port: read.optionalInteger('HEALTH_PORT', { min: 1, max: 65_535 }),
    },
  }))

const DAYS_MAX = 36_500

/** What is coarser is kept for at least as long as what it was made of: it could not be counted again. */
function readRetention(read: SettingsReader): Retention {
  const rawDays = read.integer('RETENTION_RAW_DAYS', { min: 8, max: DAYS_MAX, default: 30 })
  const hourlyDays = read.integer('RETENTION_HOURLY_DAYS', {
    min: rawDays,
    max: DAYS_MAX,
    default: Math.max(90, rawDays),
  })
  const forEver = { min: 0, max: DAYS_MAX, default: 0 }
  const isForEver = read.integer('RETENTION_DAILY_DAYS', forEver) === 0
  const dailyDays = isForEver
    ? 0
    : read.integer('RETENTION_DAILY_DAYS', { ...forEver, min: hourlyDays })
  return { rawDays, hourlyDays, dailyDays }
}
