/**
 * Which database errors go away by waiting. By SQLSTATE (its class, or the whole code) and never by
 * the text of a message; source: PostgreSQL's appendix "Error Codes".
 */
const retryableClasses: ReadonlySet<string> = new Set([
  '08', // the connection broke
  '40', // deadlock or serialization failure
  '53', // out of connections, memory or disk
  '57', // shutting down, starting up, or cancelled by a timeout
  '58', // the system under Postgres failed
])
const retryableCodes: ReadonlySet<string> = new Set([
  '25006', // read-only: a standby that is about to be promoted
  '25P03', // ended for being idle in a transaction
  '55P03', // a lock was not to be had in time
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
])

/**
 * A plain error of the driver's without any code is a lost connection ("Connection terminated
 * unexpectedly"); one with a code that is not listed is a fault of the statement or its data, and
 * will fail again, as will a TypeError and its like.
 */
export function isRetryable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isRetryable)
  if (!(error instanceof Error)) return false
  if (!('code' in error) || typeof error.code !== 'string') return error.name === 'Error'
  if (isPartitionMissing(error)) return true
  return retryableCodes.has(error.code) || retryableClasses.has(error.code.slice(0, 2))
}

/** Whether the statement's data is at fault (class 22 and 23): then a smaller batch can tell which row. */
export function isDataError(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return /^2[23]/.test(String(error.code)) && !isPartitionMissing(error)
}

/**
 * A row of a day that has no partition yet fails like a CHECK, but without the name of one. The
 * scheduler makes the partitions: it is waited for, like a server that is away.
 */
function isPartitionMissing(error: Error): boolean {
  return 'code' in error && error.code === '23514' && !('constraint' in error && error.constraint)
}
