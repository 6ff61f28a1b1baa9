import { type Logger, pino } from 'pino'

/** JSON lines on standard output: `time`, `level`, `service`, `msg` and the fields of the event. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>

export const logLevels = ['debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** What a field may be called when its value must never be printed. */
const secretFields = [
  'password',
  'headers',
  'authorization',
  'cookie',
  'connectionString',
  'databaseUrl',
]

export function openLog(service: string, level: LogLevel): Log {
  return pino({
    level,
    base: { service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`]), censor: '***' },
  })
}

/** An error as one line: what failed, and its code where it has one. Never a stack of ours for expected trouble. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : ''
  const parts = error instanceof AggregateError ? error.errors.map(errorText).join('; ') : ''
  return `${error.message || parts || error.name}${code}`
}
