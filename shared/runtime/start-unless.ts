import { errorText, type Log } from './log.ts'
import { retry } from './retry.ts'
import { NotYetError } from './run.ts'

export type StartUnless = {
  readonly log: Log
  readonly stopping: AbortSignal
  /** Which errors of the question go away by waiting; others end the process. */
  readonly isRetryable: (error: unknown) => boolean
  /** While nobody answers: wait for whom one cannot work without, or go on and be heard at least. */
  readonly whenAway: 'wait' | 'go_on'
}

const BACKOFF = { firstMs: 250, maxMs: 5_000 }

/**
 * Asks whether something stands against the start of this process.
 * @throws NotYetError with the reason, where there is one.
 */
export async function startUnless(
  ask: () => Promise<string | null>,
  { log, stopping, isRetryable, whenAway }: StartUnless,
): Promise<void> {
  const reason = await retry(ask, {
    backoff: BACKOFF,
    signal: stopping,
    isRetryable: (error) => whenAway === 'wait' && isRetryable(error),
    onFailure: (error, attempt, waitMs) =>
      log.warn(
        { error: errorText(error), attempt, wait_ms: waitMs },
        'the database does not answer yet',
      ),
  }).catch((error: unknown) => {
    if (whenAway === 'wait' || !isRetryable(error)) throw error
    log.warn({ error: errorText(error) }, 'started without the database')
    return null
  })
  if (reason !== null) throw new NotYetError(reason)
}
