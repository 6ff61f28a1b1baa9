import type { CheckResult } from '#shared/domain/result.ts'

/** A shorter value would be found where it only happens to stand. */
const SECRET_LENGTH_MIN = 4
const MASK = '***'

/** A result without these values in any of its texts: a site may answer with the token it was sent. */
export function redacted(result: CheckResult, secrets: readonly string[]): CheckResult {
  const values = secrets.filter((secret) => secret.length >= SECRET_LENGTH_MIN)
  if (values.length === 0) return result
  const mask = (text: string | null) =>
    text === null ? null : values.reduce((masked, value) => masked.replaceAll(value, MASK), text)
  return {
    ...result,
    message: mask(result.message),
    extractedValue: mask(result.extractedValue),
    excerpt: mask(result.excerpt),
  }
}
