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

/** What may be a reference that was misspelt, with spaces or capitals, counts as one too. */
const BEGINNING = /\{\{\s*secret\s*:/giu
const WHOLE = /\{\{secret:[A-Za-z0-9][A-Za-z0-9_.-]{0,99}\}\}/y

/**
 * Why a text's references cannot be filled in, or null. Names are those of files: letters, digits,
 * and after the first character also `_`, `.` and `-`; at most 100. The text is not shown: it may
 * hold what should have been a secret.
 */
export function secretReferenceProblem(text: string): string | null {
  for (const { index } of text.matchAll(BEGINNING)) {
    WHOLE.lastIndex = index
    if (!WHOLE.test(text)) {
      return `has a placeholder at character ${index + 1} that is not {{secret:NAME}}, with a name of letters, digits, _, . and -`
    }
  }
  return null
}
