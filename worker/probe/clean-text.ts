import { EXCERPT_BYTES_MAX } from '#shared/domain/result.ts'

const TEXT_MAX = 500
const QUOTED_MAX = 80
const RULE_MAX = 200
/** Controls, and the marks that turn the direction of writing: no part of a plain sentence. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu
/** An excerpt keeps its lines. */
const UNPRINTABLE_IN_LINES = /[^\P{Cc}\n\t]/gu

/** One line of at most 500 characters, fit to be stored, sent and shown. */
export function cleanMessage(text: string): string {
  return text
    .slice(0, 2 * TEXT_MAX)
    .replace(UNPRINTABLE, ' ')
    .trim()
    .slice(0, TEXT_MAX)
    .toWellFormed()
}

/** Postgres cannot store U+0000, nor half a surrogate pair that a cut may leave. */
export function cleanValue(text: string): string {
  return text.replaceAll('\u0000', '').slice(0, TEXT_MAX).toWellFormed()
}

/** The beginning of a text, at most 1 KiB of UTF-8, with its lines but without other controls. */
export function cleanExcerpt(text: string): string {
  const lines = text.slice(0, EXCERPT_BYTES_MAX).replace(UNPRINTABLE_IN_LINES, '').toWellFormed()
  const bytes = new Uint8Array(EXCERPT_BYTES_MAX)
  const { read } = new TextEncoder().encodeInto(lines, bytes)
  return lines.slice(0, read)
}

/** A text in quotes, short enough to be part of a message. */
export function quote(text: string): string {
  return JSON.stringify(cut(text, QUOTED_MAX))
}

/** A rule as its owner wrote it, short enough that a message has room for what was seen. */
export function shortRule(text: string): string {
  return cut(text, RULE_MAX)
}

export function cut(text: string, max = QUOTED_MAX): string {
  return text.length > max ? `${text.slice(0, max)}...` : text
}
