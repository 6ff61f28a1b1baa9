import type { Service } from '#shared/runtime/service.ts'

/** Tells whoever shows something that it may have changed. */
export type ChangeFeed = {
  /**
   * Calls back after each change, however many at once, and now and then without one: time passes as
   * well. `onEnd` is called when the process stops. Resolves the way to stop it.
   */
  subscribe(onChange: () => void, onEnd?: () => void): () => void
}

/** Nothing ever changes: for a process without a database to listen to. */
export const noChanges: ChangeFeed = { subscribe: () => () => undefined }

export type ChangeSource = { start(): void; stop(): Promise<void> }

/** How long what is shown may go without another look, whether or not the database says a word. */
const TICK_MS = 30_000

type Subscriber = { readonly onChange: () => void; readonly onEnd: () => void }

/** What the database says, and a tick besides. Stop it before what serves pages: open streams end with it. */
export function changeFeed(
  listenTo: (onNotified: () => void) => ChangeSource,
  tickMs = TICK_MS,
): ChangeFeed & Service {
  const subscribers = new Set<Subscriber>()
  const tell = () => {
    for (const { onChange } of [...subscribers]) onChange()
  }
  const source = listenTo(tell)
  let tick: NodeJS.Timeout | null = null
  return {
    name: 'change feed',
    subscribe(onChange, onEnd = () => undefined) {
      const subscriber = { onChange, onEnd }
      subscribers.add(subscriber)
      return () => void subscribers.delete(subscriber)
    },
    async start() {
      if (tick !== null) return
      tick = setInterval(tell, tickMs)
      source.start()
    },
    async stop() {
      if (tick !== null) clearInterval(tick)
      tick = null
      for (const { onEnd } of [...subscribers]) onEnd()
      subscribers.clear()
      await source.stop()
    },
  }
}
