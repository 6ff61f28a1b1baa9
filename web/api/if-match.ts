export type Condition =
  | { readonly outcome: 'absent' }
  /** `*`: whatever its version is. */
  | { readonly outcome: 'any' }
  | { readonly outcome: 'one_of'; readonly versions: readonly string[] }
  | { readonly outcome: 'malformed' }

const ENTITY_TAG = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`
const LIST = new RegExp(`^\\s*${ENTITY_TAG}\\s*(?:,\\s*${ENTITY_TAG}\\s*)*$`)

/** Reads `If-Match` (RFC 9110). A weak tag is of the form, and matches nothing. Pure. */
export function readIfMatch(header: string | null): Condition {
  if (header === null) return { outcome: 'absent' }
  if (header.trim() === '*') return { outcome: 'any' }
  if (!LIST.test(header)) return { outcome: 'malformed' }
  const tags = [...header.matchAll(/(W\/)?"([^"]*)"/g)]
  return {
    outcome: 'one_of',
    versions: tags.flatMap(([, weak, tag = '']) => (weak === undefined ? [tag] : [])),
  }
}

/** A version as an entity tag. */
export function entityTag(version: string): string {
  return `"${version}"`
}
