import { stripVTControlCharacters, styleText } from 'node:util'

export type LogLine = {
  /** Null where the line does not say; it then belongs to the one before. */
  readonly atMs: number | null
  readonly text: string
}

const nameWidth = 12
const hiddenFields = new Set(['time', 'level', 'service', 'pid', 'hostname', 'msg'])
const levelColours = { warn: 'yellow', error: 'red', fatal: 'red' } as const

/**
 * One line of a log for a person: `09:15:57.123 worker-1     warn message key=value` from JSON,
 * any other line as it is behind the name of its process. Control characters are taken out.
 */
export function formatLogLine(app: string, line: string, colours: 'on' | 'off'): LogLine {
  const record = parseRecord(line)
  const name = app.padEnd(nameWidth)
  if (record === null) {
    return {
      atMs: timeIn(line),
      text: `${' '.repeat(clockWidth)} ${name} ${stripVTControlCharacters(line)}`,
    }
  }
  const atMs = typeof record.time === 'string' ? Date.parse(record.time) : Number.NaN
  const level = String(record.level ?? '')
  const fields = Object.entries(record).filter(([key]) => !hiddenFields.has(key))
  const text = [
    Number.isNaN(atMs) ? ' '.repeat(clockWidth) : new Date(atMs).toISOString().slice(11, 23),
    name,
    level.padEnd(5),
    String(record.msg ?? ''),
    ...fields.map(([key, value]) => `${key}=${fieldText(value)}`),
  ].join(' ')
  const plain = stripVTControlCharacters(text).replaceAll('\n', ' ')
  const colour = Object.entries(levelColours).find(([name]) => name === level)?.[1]
  return {
    atMs: Number.isNaN(atMs) ? null : atMs,
    text: colours === 'on' && colour !== undefined ? styleText(colour, plain) : plain,
  }
}

const clockWidth = '00:00:00.000'.length

function parseRecord(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

function fieldText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /[\s"=]/.test(text) && typeof value === 'string' ? JSON.stringify(text) : text
}

/** `2026-11-21 09:15:57.123 UTC` of Postgres, `2026-11-21T09:15:57.123Z` of Kafka. */
function timeIn(line: string): number | null {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d\.\d{3})(?: UTC|Z)/.exec(line)
  return match === null ? null : Date.parse(`${match[1]}T${match[2]}Z`)
}
