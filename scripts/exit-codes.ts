/**
 * What `uptick` ends with. Of a check: `up`, `down`, `inconclusive`. Of what asks the database: `done`,
 * `refused` (or not found), `unreachable`. `crash`: a bug of ours, or an installation that is not whole.
 */
export const exitCodes = {
  up: 0,
  done: 0,
  down: 1,
  refused: 1,
  usage: 2,
  inconclusive: 3,
  unreachable: 3,
  crash: 70,
} as const
