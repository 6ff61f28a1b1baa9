/** Where a list goes on, as one word for an address. What is in it is ours: nobody needs to read it. */
export function writeCursor(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/** The parts of a cursor, or null where it is none of ours. */
export function readCursor(text: string): readonly unknown[] | null {
  if (!/^[A-Za-z0-9_-]{1,200}$/.test(text)) return null
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    return Array.isArray(parts) ? parts : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
