const DECIMALS = 3
const SCALE = 10 ** DECIMALS

/**
 * A share of 0 to 1 as a text: `99.95 %`. Never rounded up: 100 % is said of the whole and of nothing
 * less. Null: there is nothing to take a share of, `n/a`.
 */
export function percentText(share: number | null): string {
  if (share === null) return 'n/a'
  if (share >= 1) return '100 %'
  // A hair above what is meant, by the arithmetic of floats, is what is meant.
  const floored = Math.floor(Math.max(0, share) * 100 * SCALE + 1e-7) / SCALE
  return `${Math.min(floored, 100 - 1 / SCALE)} %`
}
