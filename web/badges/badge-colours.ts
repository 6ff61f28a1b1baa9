/** Both dialects' colours, so that badges in one README go together. */
export const badgeColours = {
  label: '#555',
  up: '#40cc11',
  down: '#c7130a',
  maintenance: '#1747f5',
  unknown: '#9f9f9f',
  response: '#1283c9',
} as const

/** From this share of the time on; below the last one it is red. */
const uptimeSteps = [
  [0.975, '#40cc11'],
  [0.95, '#94cc11'],
  [0.9, '#ccd311'],
  [0.8, '#ccb311'],
  [0.65, '#cc8111'],
] as const

export function uptimeColour(share: number): string {
  return uptimeSteps.find(([least]) => share >= least)?.[1] ?? badgeColours.down
}

/** Up to so many milliseconds; above the last one it is red. */
const responseSteps = [
  [50, '#40cc11'],
  [200, '#94cc11'],
  [300, '#ccd311'],
  [500, '#ccb311'],
  [750, '#cc8111'],
] as const

export function responseColour(ms: number): string {
  return responseSteps.find(([most]) => ms <= most)?.[1] ?? badgeColours.down
}
