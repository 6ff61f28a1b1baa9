/** What `uptick` ends with. `crash`: a bug of ours, or an installation that is not whole. */
export const exitCodes = { up: 0, down: 1, usage: 2, inconclusive: 3, crash: 70 } as const
