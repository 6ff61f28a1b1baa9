import { createLogUpdate } from 'log-update'

/** A few lines at the bottom of a terminal that are written over in place. */
export type LiveText = {
  show(text: string): void
  /** What was shown last stays, and ordinary output goes on below it. */
  keep(): void
  /** What was shown last goes away. */
  clear(): void
}

/** Live text on a stream; nothing at all where that is no terminal. */
export function openLiveText(stream: NodeJS.WriteStream): LiveText {
  if (!stream.isTTY) return { show: () => undefined, keep: () => undefined, clear: () => undefined }
  const update = createLogUpdate(stream)
  return {
    show: (text) => update(text),
    keep: () => update.done(),
    clear: () => {
      update.clear()
      update.done()
    },
  }
}
