/** The sites of a seeded history: a shop, its platform, and what only its operators see. */
export type SeededSite = {
  readonly name: string
  readonly url: string
  /** The heading on the status page; null: not published. */
  readonly group: string | null
  readonly cadence: '5m' | '10m'
  /** What it answers in at rest, in milliseconds. */
  readonly paceMs: number
  readonly tags: readonly string[]
  readonly sloTarget?: number
  readonly enabled?: false
  /** Watched only since so many days; since before the history otherwise. */
  readonly sinceDays?: number
}

export const seededSites: readonly SeededSite[] = [
  site('Website', 'https://www.example.com/', 'Shop', 90, { cadence: '5m', sloTarget: 99.9 }),
  site('Checkout', 'https://checkout.example.com/health', 'Shop', 160, {
    cadence: '5m',
    sloTarget: 99.95,
  }),
  site('Product search', 'https://search.example.com/health', 'Shop', 210),
  site('Sign-in', 'https://id.example.com/.well-known/openid-configuration', 'Accounts', 120, {
    sloTarget: 99.9,
  }),
  site('Customer API', 'https://api.example.com/v2/health', 'Accounts', 75, { sloTarget: 99.5 }),
  site('Webhooks', 'https://hooks.example.com/health', 'Platform', 140),
  site('Object storage', 'https://objects.example.com/ready', 'Platform', 45),
  site('Mail delivery', 'tls://mail.example.com:465', 'Platform', 60),
  site('Documentation', 'https://docs.example.com/', 'Help', 110, { sinceDays: 52 }),
  site('Help desk', 'https://help.example.com/', 'Help', 260),
  site('Orders database', 'tcp://db.example.com:5432', null, 4, { tags: ['database'] }),
  site('Resolver', 'dns:www.example.com?type=A', null, 9, { tags: ['network'] }),
  site('Invoice export', 'https://invoices.example.com/health', null, 320, { tags: ['finance'] }),
  site('Staging', 'https://staging.example.com/', null, 180, { tags: ['staging'], enabled: false }),
]

function site(
  name: string,
  url: string,
  group: string | null,
  paceMs: number,
  own: Partial<SeededSite> = {},
): SeededSite {
  const tags = group === null ? [] : ['production', group.toLowerCase()]
  return { name, url, group, paceMs, cadence: '10m', tags, ...own }
}

export type SeededOutage = {
  readonly site: string
  readonly agoMinutes: number
  /** Null: it is open. */
  readonly minutes: number | null
  readonly failure: 'status' | 'timeout' | 'refused' | 'reset' | 'tls_cert'
  readonly message: string
  readonly statusCode?: number
}

const DAY = 1_440

export const seededOutages: readonly SeededOutage[] = [
  {
    site: 'Product search',
    agoMinutes: 38,
    minutes: null,
    failure: 'status',
    message: 'status 503, expected 200-299',
    statusCode: 503,
  },
  outage('Checkout', 3 * DAY + 300, 47, 'timeout', 'no answer within 10 s'),
  outage('Help desk', 5 * DAY + 90, 20, 'tls_cert', 'the certificate has expired'),
  outage('Customer API', 9 * DAY + 700, 30, 'reset', 'the connection was reset'),
  outage('Webhooks', 17 * DAY + 20, 30, 'timeout', 'no answer within 10 s'),
  outage('Invoice export', 21 * DAY + 200, 640, 'refused', 'the connection was refused'),
  outage('Mail delivery', 28 * DAY + 460, 40, 'refused', 'the connection was refused'),
  outage('Customer API', 41 * DAY + 120, 190, 'reset', 'the connection was reset'),
  outage('Webhooks', 63 * DAY + 800, 100, 'timeout', 'no answer within 10 s'),
  outage('Object storage', 74 * DAY + 610, 260, 'refused', 'the connection was refused'),
]

function outage(
  name: string,
  agoMinutes: number,
  minutes: number,
  failure: SeededOutage['failure'],
  message: string,
): SeededOutage {
  return { site: name, agoMinutes, minutes, failure, message }
}

/** When nobody looked, at any of them: the machine that checks was itself down. */
export const seededGap = { agoMinutes: 11 * DAY + 200, minutes: 560 } as const
