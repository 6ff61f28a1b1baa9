import { type Document, refuseDocument } from './document.ts'
import { outlineJson } from './json-outline.ts'

/** Reads JSON, strictly; a key that is there twice is an error. */
export function parseJson(text: string): Document {
  const { fault, duplicates, lines } = outlineJson(text)
  if (fault !== null) {
    return refuseDocument([
      { line: fault.line, reason: `is not JSON: ${fault.expected} is expected` },
    ])
  }
  if (duplicates.length > 0) {
    return refuseDocument(
      duplicates.map(({ line, key }) => ({
        line,
        reason: `the key ${JSON.stringify(key)} is there twice`,
      })),
    )
  }
  return { ok: true, value: JSON.parse(text), lineOf: (path) => lines.get(path.join('\n')) ?? 1 }
}
