import { knownSettingNames } from '#shared/contracts/known-settings.ts'
import { logLevels } from '#shared/runtime/log.ts'
import { type Environment, readSettings } from '#shared/runtime/settings.ts'

/** What the web process reads from its environment. */
export const readWebSettings = (env: Environment) =>
  readSettings(env, knownSettingNames, (read) => ({
    databaseUrl: read.secretUrl('DATABASE_URL', ['postgres:', 'postgresql:']),
    web: {
      host: read.text('WEB_HOST', { default: '127.0.0.1' }),
      port: read.integer('WEB_PORT', { min: 1, max: 65_535, default: 8_070 }),
    },
    pages: {
      title: read.text('STATUS_TITLE', { default: 'Status' }),
      publicUrl: read.optionalUrl('PUBLIC_URL', ['http:', 'https:']),
      dashboardPassword: read.optionalText('DASHBOARD_PASSWORD'),
    },
    probeMetrics: read.flag('PROBE_METRICS', { default: false }),
    logLevel: read.oneOf('LOG_LEVEL', logLevels, { default: 'info' }),
    health: {
      host: read.text('HEALTH_HOST', { default: '127.0.0.1' }),
      port: read.optionalInteger('HEALTH_PORT', { min: 1, max: 65_535 }),
    },
  }))
