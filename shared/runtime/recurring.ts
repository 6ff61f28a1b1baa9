import type { Service } from './service.ts'

export type RecurringWork<T> = {
  readonly name: string
  /** From the end of one time to the beginning of the next, and before the first. */
  readonly everyMs: number
  /** A bounded piece of work, which says what it did. */
  readonly runOnce: () => Promise<T>
  readonly onDone: (done: T) => void
  /** It failed: it will be done again the next time. */
  readonly onTrouble: (error: unknown) => void
}

export type RecurringService<T> = Service & { runOnce(): Promise<T> }

/** Does a piece of work again and again, never twice at once; stopping waits for what is under way. */
export function recurring<T>(work: RecurringWork<T>): RecurringService<T> {
  let timer: NodeJS.Timeout | null = null
  let running: Promise<unknown> = Promise.resolve()
  const plan = () => {
    timer = setTimeout(() => {
      running = work
        .runOnce()
        .then(work.onDone, work.onTrouble)
        .then(() => {
          if (timer !== null) plan()
        })
    }, work.everyMs)
  }
  return {
    name: work.name,
    runOnce: work.runOnce,
    async start() {
      if (timer === null) plan()
    },
    async stop() {
      if (timer !== null) clearTimeout(timer)
      timer = null
      await running
    },
  }
}
