/** Turns text right to left or hides it: a name could show as another one. */
const BIDI_AND_INVISIBLE =
  /[\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF]/gu
/** Control characters, line and paragraph separators, and runs of blanks. */
const BREAKS_AND_BLANKS = /[\p{Cc}\p{Z}]+/gu

/**
 * Text from elsewhere (names, URLs, messages of servers) as one harmless line of at most `max`
 * characters: it can neither start a header or a line of its own nor reorder what stands around it.
 */
export function plainLine(text: string, max: number): string {
  const line = text
    .toWellFormed()
    .replace(BIDI_AND_INVISIBLE, '')
    .replace(BREAKS_AND_BLANKS, ' ')
    .trim()
  const characters = Array.from(line)
  return characters.length <= max ? line : `${characters.slice(0, max - 1).join('')}…`
}
