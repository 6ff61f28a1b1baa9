/**
 * A pattern in which `*` stands for any text, also none and also line breaks; everything else stands
 * for itself, and the whole text must match. Each piece is looked for once, from left to right.
 */
export function globMatcher(pattern: string): (text: string) => boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return (text) => text === first
  return (text) => {
    if (!text.startsWith(first)) return false
    const end = text.length - last.length
    let at = first.length
    for (const piece of rest) {
      const found = text.indexOf(piece, at)
      if (found === -1) return false
      at = found + piece.length
    }
    return at <= end && text.endsWith(last)
  }
}
