import { createHash } from 'node:crypto'
import { parseEnv } from 'node:util'
import { knownSettingNames } from '#shared/contracts/known-settings.ts'
import type { SupportState } from './state.ts'

export type Variables = Readonly<Record<string, string>>

/** Those that log in with a role of their own. */
const services = ['scheduler', 'worker', 'consumer', 'web'] as const

/** Processes that have settings of their own; `tools` are commands that a person runs. */
export type Reader = 'migrate' | (typeof services)[number] | 'demo-target' | 'tools'

/** Which variables `make env` prints, so that any program reaches what runs. */
const printedNames = [
  'DATABASE_URL',
  'DATABASE_ADMIN_URL',
  'RESULT_STREAM',
  'KAFKA_BOOTSTRAP_SERVERS',
  'KAFKA_STATUS_TOPIC',
  'SMTP_URL',
  'MAIL_API_URL',
  'DEMO_TARGET_URL',
  'WEB_URL',
  'DASHBOARD_PASSWORD',
]

/** Carries a digest of each printed variable, so that a shell which took them over is known to have set nothing itself. */
const DIGESTS = 'UPTICK_PRINTED'

/** What belongs to the schema's owner; no service gets it. */
const adminNames = ['DATABASE_ADMIN_URL', 'APP_DB_PASSWORD']

/**
 * What a service may be given. Not all of the caller's environment: each new terminal would look
 * like new settings. A misspelt name is still told, by the migration, which gets everything.
 */
const serviceNames = new Set([
  ...knownSettingNames
    .filter((name) => !adminNames.includes(name))
    .flatMap((name) => [name, `${name}_FILE`]),
  'DEMO_TARGET_PORT',
  'NODE_OPTIONS',
])

/**
 * What the user has set: their environment, and beneath it the text of the checkout's `.env`.
 * Empty variables count as absent, and so does what came from `make env`.
 */
export function readOverrides(env: NodeJS.ProcessEnv, envFile: string): Variables {
  const digests = new Set((env[DIGESTS] ?? '').split(','))
  const isOwn = ([name, value]: [string, string | undefined]) =>
    value !== undefined &&
    value.trim() !== '' &&
    name !== DIGESTS &&
    !digests.has(digestOf(name, value))
  const all = [...Object.entries(parseEnv(envFile)), ...Object.entries(env)]
  return Object.fromEntries(all.filter(isOwn)) as Variables
}

/** Whether the user brings this part, by its variable or the file that holds it. */
export function brings(overrides: Variables, ...names: readonly string[]): boolean {
  return names.some((name) => name in overrides || `${name}_FILE` in overrides)
}

/** The whole environment of one process: what we run, then what the user says. Pure. */
export function environmentFor(
  reader: Reader,
  state: SupportState,
  overrides: Variables,
): Variables {
  const defaults = Object.entries(defaultsFor(reader, state, overrides))
  const kept = defaults.filter(([name]) => !brings(overrides, name))
  const all = { ...Object.fromEntries(kept), ...overrides }
  if (reader === 'migrate' || reader === 'tools') return all
  return Object.fromEntries(Object.entries(all).filter(([name]) => serviceNames.has(name)))
}

/** The lines of `make env`. */
export function shellExports(state: SupportState, overrides: Variables): string[] {
  const all = environmentFor('tools', state, overrides)
  const set = printedNames.flatMap((name): [string, string][] =>
    all[name] ? [[name, all[name]]] : [],
  )
  const digests = set.map(([name, value]) => digestOf(name, value)).join(',')
  return [...set, [DIGESTS, digests]].map(
    ([name, value]) => `export ${name}=${quoteForShell(value ?? '')}`,
  )
}

function defaultsFor(
  reader: Reader,
  state: SupportState,
  overrides: Variables,
): Record<string, string> {
  return {
    ...databaseDefaults(reader, state, overrides),
    ...streamDefaults(state),
    ...mailDefaults(state, overrides),
    ...dashboardDefaults(reader, state),
    DEMO_TARGET_PORT: String(state.ports.demoTarget),
    DEMO_TARGET_URL: `http://127.0.0.1:${state.ports.demoTarget}`,
    WEB_PORT: String(state.ports.web),
    WEB_URL: `http://127.0.0.1:${state.ports.web}`,
  }
}

function databaseDefaults(
  reader: Reader,
  state: SupportState,
  overrides: Variables,
): Record<string, string> {
  const admin = overrides.DATABASE_ADMIN_URL ?? overrides.DATABASE_URL ?? state.postgres?.ownerUrl
  if (admin === undefined) return {}
  const isService = services.some((name) => name === reader)
  const password = overrides.APP_DB_PASSWORD ?? state.servicePassword
  return {
    DATABASE_ADMIN_URL: admin,
    DATABASE_URL: isService ? urlAs(admin, `uptick_${reader}`, password) : admin,
    APP_DB_PASSWORD: state.servicePassword,
  }
}

/** No other process has a use for it. */
function dashboardDefaults(
  reader: Reader,
  { dashboardPassword }: SupportState,
): Record<string, string> {
  const isUsed = dashboardPassword !== '' && (reader === 'web' || reader === 'tools')
  return isUsed ? { DASHBOARD_PASSWORD: dashboardPassword } : {}
}

function streamDefaults({ stream }: SupportState): Record<string, string> {
  if (stream === null) return {}
  if (stream.kind === 'postgres') return { RESULT_STREAM: 'postgres' }
  return {
    RESULT_STREAM: 'kafka',
    KAFKA_BOOTSTRAP_SERVERS: stream.bootstrapServers,
    KAFKA_STATUS_TOPIC: 'statuses',
  }
}

function mailDefaults({ mail }: SupportState, overrides: Variables): Record<string, string> {
  const addresses = {
    SMTP_FROM: 'Uptick <uptick@uptick.localhost>',
    ALERT_EMAIL_TO: 'ops@uptick.localhost',
  }
  if (mail === null) return addresses
  if (brings(overrides, 'SMTP_HOST')) return { ...addresses, MAIL_API_URL: mail.apiUrl }
  return { ...addresses, SMTP_URL: mail.smtpUrl, MAIL_API_URL: mail.apiUrl }
}

function urlAs(adminUrl: string, user: string, password: string): string {
  return Object.assign(new URL(adminUrl), { username: user, password }).href
}

function digestOf(name: string, value: string): string {
  return createHash('sha256').update(`${name}=${value}`).digest('hex').slice(0, 16)
}

/** In single quotes nothing has a meaning but the quote itself. */
function quoteForShell(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
}
