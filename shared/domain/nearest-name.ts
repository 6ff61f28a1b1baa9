/** Three slips of the finger make another word. */
const SLIPS_MAX = 2

/** The candidate that was probably meant, or null when none is near. Capital letters do not count. */
export function nearestName(name: string, candidates: Iterable<string>): string | null {
  let nearest: string | null = null
  let fewest = SLIPS_MAX + 1
  for (const candidate of candidates) {
    const slips = slipsBetween(name.toLowerCase(), candidate.toLowerCase())
    // A short name is near to everything: more than half of it must be right.
    if (slips < fewest && slips * 2 < candidate.length) {
      nearest = candidate
      fewest = slips
    }
  }
  return nearest
}

/** `: did you mean X?`, or nothing. */
export function suggestion(name: string, candidates: Iterable<string>): string {
  const nearest = nearestName(name, candidates)
  return nearest === null ? '' : `: did you mean ${nearest}?`
}

/**
 * Letters added, dropped, replaced, or neighbours swapped (optimal string alignment distance).
 * Names that differ too much in length are not compared letter by letter.
 */
function slipsBetween(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > SLIPS_MAX) return SLIPS_MAX + 1
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1]
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current[column] = Math.min(
        at(current, column - 1) + 1,
        at(last, column) + 1,
        at(last, column - 1) + (isSame ? 0 : 1),
        row > 1 && column > 1 && isSwap ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforeLast = last
    last = current
  }
  return at(last, to.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
