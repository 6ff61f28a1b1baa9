import type { CheckResult } from '#shared/domain/result.ts'
import type { AssertionVerdict } from './judge.ts'

/** A shorter value would be found where it only happens to stand. */
const SECRET_LENGTH_MIN = 4
const MASK = '***'
/** Where a text was cut: its end, or the mark that stands for the rest. */
const CUT = /^(\.\.\.|…|$)/

/**
 * A result without these values in any of its texts: a site may answer with the token it was sent,
 * as it is or escaped for a URL or for JSON, and a text may be cut in the middle of it.
 */
export function redacted(result: CheckResult, secrets: readonly string[]): CheckResult {
  const values = valuesToMask(secrets)
  if (values.length === 0) return result
  const mask = (text: string | null) => (text === null ? null : masked(text, values))
  return {
    ...result,
    message: mask(result.message),
    extractedValue: mask(result.extractedValue),
    excerpt: mask(result.excerpt),
  }
}

/** The same of how its rules were judged. */
export function redactedAssertions(
  assertions: readonly AssertionVerdict[],
  secrets: readonly string[],
): readonly AssertionVerdict[] {
  const values = valuesToMask(secrets)
  if (values.length === 0) return assertions
  return assertions.map(({ rule, outcome, seen }) => ({
    rule: masked(rule, values),
    outcome,
    seen: seen === null ? null : masked(seen, values),
  }))
}

function valuesToMask(secrets: readonly string[]): readonly string[] {
  if (secrets.length === 0) return secrets
  return spellingsOf(secrets.filter((secret) => secret.length >= SECRET_LENGTH_MIN))
}

/** The longest first: one secret may be a part of another. */
function spellingsOf(secrets: readonly string[]): readonly string[] {
  const all = secrets.flatMap((secret) => {
    const text = secret.toWellFormed()
    const inJson = escaped(text)
    // A message quotes a value that may be JSON itself.
    return [secret, encodeURIComponent(text), inJson, escaped(inJson)]
  })
  return [...new Set(all)].sort((a, b) => b.length - a.length)
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function masked(text: string, values: readonly string[]): string {
  const whole = values.reduce((rest, value) => rest.replaceAll(value, MASK), text)
  return values.reduce(withoutCutValue, whole)
}

/** Masks the beginning of a value where the text was cut behind it. */
function withoutCutValue(text: string, value: string): string {
  const start = value.slice(0, SECRET_LENGTH_MIN)
  for (let at = text.indexOf(start); at >= 0; at = text.indexOf(start, at + 1)) {
    let end = at + SECRET_LENGTH_MIN
    while (end < text.length && text[end] === value[end - at]) end++
    if (CUT.test(text.slice(end))) {
      return withoutCutValue(text.slice(0, at) + MASK + text.slice(end), value)
    }
  }
  return text
}
