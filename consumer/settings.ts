import { knownSettingNames } from '#shared/contracts/known-settings.ts'
import { logLevels } from '#shared/runtime/log.ts'
import { type Environment, readSettings } from '#shared/runtime/settings.ts'
import { readStreamSettings } from '#shared/runtime/stream-settings.ts'
import { readMailSettings } from './notify/settings.ts'

/** What the consumer, and the notifier inside it, read from their environment. */
export const readConsumerSettings = (env: Environment) =>
  readSettings(env, knownSettingNames, (read) => ({
    databaseUrl: read.secretUrl('DATABASE_URL', ['postgres:', 'postgresql:']),
    stream: readStreamSettings(read, 'uptick-consumer'),
    group: read.text('KAFKA_CONSUMER_GROUP', { default: 'uptick-consumer' }),
    mail: readMailSettings(read),
    logLevel: read.oneOf('LOG_LEVEL', logLevels, { default: 'info' }),
    health: {
      host: read.text('HEALTH_HOST', { default: '127.0.0.1' }),
      port: read.optionalInteger('HEALTH_PORT', { min: 1, max: 65_535 }),
    },
  }))
