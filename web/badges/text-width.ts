/** Widths of printable ASCII in Verdana at 11 px, in tenths of a pixel, from the blank on. */
const WIDTHS = [
  39, 43, 51, 90, 70, 118, 80, 30, 50, 50, 70, 90, 40, 50, 40, 50, 70, 70, 70, 70, 70, 70, 70, 70,
  70, 70, 50, 50, 90, 90, 90, 60, 110, 75, 75, 77, 85, 70, 63, 85, 83, 46, 50, 76, 61, 93, 82, 87,
  66, 87, 76, 75, 68, 81, 75, 109, 75, 68, 75, 50, 50, 50, 90, 70, 70, 66, 69, 57, 69, 66, 39, 69,
  70, 30, 38, 65, 30, 107, 70, 67, 69, 69, 47, 57, 43, 70, 65, 90, 65, 65, 58, 70, 50, 70, 90,
] as const
const FIRST = 32
/** Of whatever else there is: as wide as high. */
const OTHER_WIDTH = 110

/** How wide a text is on a badge, in whole pixels. */
export function textWidth(text: string): number {
  const tenths = Array.from(text).reduce(
    (sum, character) => sum + (WIDTHS[(character.codePointAt(0) ?? 0) - FIRST] ?? OTHER_WIDTH),
    0,
  )
  return Math.ceil(tenths / 10)
}
