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
  outliveReader()
  const options = {
    level,
    base: { service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`]), censor: '***' },
  }
  // Not pino's own destination: at exit that tries for ever to write to a pipe that nobody reads.
  return pino(options, process.stdout)
}

const ignore = () => undefined

/** Whoever reads the log may die before us: what it does not read is lost, and the service goes on. */
function outliveReader(): void {
  if (!process.stdout.listeners('error').includes(ignore)) process.stdout.on('error', ignore)
}

/** An error as one line: what failed, and its code where it has one. Never a stack of ours for expected trouble. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : ''
  const parts = error instanceof AggregateError ? error.errors.map(errorText).join('; ') : ''
  return `${error.message || parts || error.name}${code}`
}
