/** What is known of some of `points` equal stretches of a window, each in its place; null in the others'. */
export function evenly<T extends { readonly atMs: number }>(
  known: readonly T[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  points: number,
): readonly (T | null)[] {
  const stretchMs = (toMs - fromMs) / points
  const places: (T | null)[] = Array.from({ length: points }, () => null)
  for (const one of known) {
    // Where a stretch begins is a rounded number.
    const place = Math.round((one.atMs - fromMs) / stretchMs)
    if (place >= 0 && place < points) places[place] = one
  }
  return places
}
