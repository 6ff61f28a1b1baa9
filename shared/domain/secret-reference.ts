/**
 * `{{secret:NAME}}` in a header's value or a body stands for what a worker's file of that name holds.
 * So the configuration, the queue and the database know names alone.
 */
const REFERENCE = /\{\{secret:([^{}]*)\}\}/g
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/

/** A name that no path can be made of. */
export function isSecretName(text: string): boolean {
  return NAME.test(text)
}

/** The names as they are written, in order, repeated where the text repeats them. */
export function secretNamesIn(text: string): readonly string[] {
  return [...text.matchAll(REFERENCE)].map(([, name = '']) => name)
}

/** The text with each reference replaced by its value. What a value looks like is never looked at again. */
export function withSecrets(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(REFERENCE, (reference, name: string) => values.get(name) ?? reference)
}

/** Why a text's references cannot name secrets, or null. */
export function secretReferenceProblem(text: string): string | null {
  const wrong = secretNamesIn(text).find((name) => !isSecretName(name))
  if (wrong === undefined) return null
  return `names the secret ${JSON.stringify(wrong)}, which is no name of a file: letters, digits, "_", "." and "-", at most 100`
}
