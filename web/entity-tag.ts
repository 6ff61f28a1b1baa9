import { createHash } from 'node:crypto'

/** A tag that changes with the content, in quotes. */
export function contentTag(content: string | Uint8Array): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
}

/**
 * Whether whoever sent this `If-None-Match` has it already. A proxy that compresses by itself
 * weakens the tag: it is still about the same content.
 */
export function hasAlready(ifNoneMatch: string | null, tag: string): boolean {
  const tags = ifNoneMatch?.split(',') ?? []
  return tags.some((one) => ['*', tag].includes(one.trim().replace(/^W\//, '')))
}
