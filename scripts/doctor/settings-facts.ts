import { type Environment, SettingsError, SettingsReader } from '#shared/runtime/settings.ts'
import { readStreamSettings, type StreamSettings } from '#shared/runtime/stream-settings.ts'
import { readMailSettings, type SmtpServer } from '../../consumer/notify/settings.ts'
import { readConsumerSettings } from '../../consumer/settings.ts'
import { readSchedulerSettings } from '../../scheduler/settings.ts'
import { readWebSettings } from '../../web/settings.ts'
import { readWorkerSettings } from '../../worker/settings.ts'
import { type Finding, fail, ok, skipped, warn } from './finding.ts'

/** What the settings say, as far as they are set here. Null: they do not say it. */
export type SettingsFacts = {
  readonly stream: StreamSettings | null
  readonly group: string
  readonly mailServer: SmtpServer | null
  readonly defaultRecipients: readonly string[] | null
  readonly webUrl: string | null
}

export function settingsFacts(env: Environment): SettingsFacts {
  const mail = readOrNull(env, readMailSettings)
  const read = new SettingsReader(env)
  const isRecipientKnown = read.optionalText('ALERT_EMAIL_TO') !== null
  return {
    stream: readOrNull(env, (reader) => readStreamSettings(reader, 'uptick-doctor')),
    group: read.text('KAFKA_CONSUMER_GROUP', { default: 'uptick-consumer' }),
    mailServer: mail?.server ?? null,
    defaultRecipients: mail !== null && isRecipientKnown ? mail.defaultRecipients : null,
    webUrl: read.optionalText('WEB_URL') ?? read.optionalText('PUBLIC_URL'),
  }
}

function readOrNull<T>(env: Environment, read: (reader: SettingsReader) => T): T | null {
  const reader = new SettingsReader(env)
  const value = read(reader)
  return reader.problems.length === 0 ? value : null
}

const REQUIRED = /^([A-Z_]+) is required.*$/
const readers = [readSchedulerSettings, readWorkerSettings, readConsumerSettings, readWebSettings]

/** Whether each service could begin with these settings. What is not set here may be set where they run. */
export function judgeSettings(env: Environment): Finding {
  const problems = [...new Set(readers.flatMap((read) => problemsOf(() => read(env))))]
  const missing = problems.filter((problem) => REQUIRED.test(problem))
  const wrong = problems.filter((problem) => !missing.includes(problem))
  if (wrong.length > 0) return fail(wrong.join('; '), 'mend them in .env, or where they are set')
  if (missing.length === 0) return ok('every service can read its own')
  const names = missing.map((problem) => problem.replace(REQUIRED, '$1')).join(', ')
  return skipped(`not set here, and so not looked at: ${names}`)
}

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read()
    return []
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
}

/** Whether sites may be inside of our network; whoever may add one could look around there. */
export function judgePrivateTargets(env: Environment): Finding {
  const read = new SettingsReader(env)
  const isAllowed = read.flag('ALLOW_PRIVATE_TARGETS', { default: true })
  if (!isAllowed) return ok('private and loopback addresses are not watched')
  const found = 'private and loopback addresses may be watched'
  if (read.optionalText('PUBLIC_URL') === null) return ok(found)
  return warn(
    `${found}, and the dashboard and the API can be reached from elsewhere`,
    'ALLOW_PRIVATE_TARGETS=false, unless everybody who may add sites is one of yours',
  )
}
