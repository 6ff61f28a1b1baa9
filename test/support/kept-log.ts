import type { Log } from '#shared/runtime/log.ts'

export type LogLine = {
  readonly level: keyof Log
  readonly text: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** A log that keeps its lines for a test to read. */
export function keepLog(): { readonly log: Log; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = []
  const at =
    (level: keyof Log) =>
    (fields: unknown, text?: unknown): void => {
      const isPlain = typeof fields !== 'object' || fields === null
      lines.push({
        level,
        text: String(isPlain ? fields : text),
        fields: isPlain ? {} : { ...fields },
      })
    }
  const log: Log = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
  }
  return { log, lines }
}
