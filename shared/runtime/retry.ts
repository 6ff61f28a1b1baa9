import { setTimeout as delay } from 'node:timers/promises'

export type Backoff = { readonly firstMs: number; readonly maxMs: number }

/** Doubles from `firstMs` to `maxMs`, the upper half of it by chance, so that replicas do not march in step. */
export function backoffMs(attempt: number, { firstMs, maxMs }: Backoff): number {
  const ceiling = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 16))
  return ceiling / 2 + (Math.random() * ceiling) / 2
}

/** Waits, unless the signal ends it early. Never throws. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
}

export type RetryOptions = {
  readonly backoff: Backoff
  readonly signal: AbortSignal
  /** Told before each wait: the place to log, and to show that one is alive. */
  readonly onFailure: (error: unknown, attempt: number, waitMs: number) => void
  /** Which errors are worth another try; all by default. */
  readonly isRetryable?: (error: unknown) => boolean
}

/** Tries until it succeeds. Throws the last error when it is not retryable or the signal is aborted. */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (options.signal.aborted || options.isRetryable?.(error) === false) throw error
      const waitMs = backoffMs(attempt, options.backoff)
      options.onFailure(error, attempt + 1, Math.round(waitMs))
      await pause(waitMs, options.signal)
      if (options.signal.aborted) throw error
    }
  }
}
