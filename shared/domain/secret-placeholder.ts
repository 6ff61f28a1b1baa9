/** What may be a placeholder that was misspelt, with spaces or capitals, counts as one too. */
const BEGINNING = /\{\{\s*secret\s*:/giu
const WHOLE = /\{\{secret:[A-Za-z0-9][A-Za-z0-9_.-]{0,99}\}\}/y

/**
 * Why a text's `{{secret:NAME}}` cannot be filled in, or null. Names are those of files: letters,
 * digits, and after the first character also `_`, `.` and `-`; at most 100. The text is not shown:
 * it may hold what should have been a secret.
 */
export function secretPlaceholderProblem(text: string): string | null {
  for (const { index } of text.matchAll(BEGINNING)) {
    WHOLE.lastIndex = index
    if (!WHOLE.test(text)) {
      return `has a placeholder at character ${index + 1} that is not {{secret:NAME}}, with a name of letters, digits, _, . and -`
    }
  }
  return null
}
