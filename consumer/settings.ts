import { knownSettingNames } from '#shared/contracts/known-settings.ts'
import { logLevels } from '#shared/runtime/log.ts'
import { type Environment, readSettings, type SettingsReader } from '#shared/runtime/settings.ts'
import { readStreamSettings } from '#shared/runtime/stream-settings.ts'
import type { FlappingRule } from './decide-telling.ts'
import { readMailSettings } from './notify/settings.ts'

/** What the consumer, and the notifier inside it, read from their environment. */
export const readConsumerSettings = (env: Environment) =>
  readSettings(env, knownSettingNames, (read) => ({
    databaseUrl: read.secretUrl('DATABASE_URL', ['postgres:', 'postgresql:']),
    stream: readStreamSettings(read, 'uptick-consumer'),
    group: read.text('KAFKA_CONSUMER_GROUP', { default: 'uptick-consumer' }),
    mail: readMailSettings(read),
    flapping: readFlappingRule(read),
    certificateDays: readCertificateDays(read),
    deadManUrl: read.optionalSecretUrl('DEADMAN_URL', ['http:', 'https:']),
    logLevel: read.oneOf('LOG_LEVEL', logLevels, { default: 'info' }),
    health: {
      host: read.text('HEALTH_HOST', { default: '127.0.0.1' }),
      port: read.optionalInteger('HEALTH_PORT', { min: 1, max: 65_535 }),
    },
  }))

function readFlappingRule(read: SettingsReader): FlappingRule {
  const seconds = { min: 1, max: 86_400 }
  return {
    outagesMax: read.integer('FLAPPING_OUTAGES', { min: 0, max: 1_000, default: 3 }),
    windowMs: 1_000 * read.integer('FLAPPING_WINDOW_S', { ...seconds, default: 3_600 }),
    calmMs: 1_000 * read.integer('FLAPPING_CALM_S', { ...seconds, default: 1_800 }),
  }
}

const CERT_DAYS_MAX = 3_650

/** Whole numbers of days, each once; `none` alone for none. */
function readCertificateDays(read: SettingsReader): readonly number[] {
  const texts = read.list('CERT_WARNING_DAYS', {
    default: ['21', '14', '7', '3', '1'],
    problemOf: certificateDaysProblem,
  })
  return [...new Set(texts.filter((text) => text !== 'none').map(Number))]
}

function certificateDaysProblem(text: string): string | null {
  const isNumber = /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= CERT_DAYS_MAX
  const isRead = isNumber || text === 'none'
  return isRead ? null : `must be a whole number of days from 1 to ${CERT_DAYS_MAX}, or none`
}
