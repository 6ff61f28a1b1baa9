/** How a site is looked at. A closed list: SQL constrains it, and each has its prober. */
export const checkKinds = ['http', 'tcp', 'tls', 'dns', 'icmp', 'heartbeat'] as const
export type CheckKind = (typeof checkKinds)[number]

/**
 * Why a check is made: its slot came, its owner's change asked for it, or a result that contradicts
 * the site's status is looked at once more.
 */
export const occasions = ['slot', 'request', 'recheck'] as const
export type Occasion = (typeof occasions)[number]

/** One site at one slot, with all that a worker needs to look: it never reads the configuration itself. */
export type Check = {
  readonly siteId: number
  /** The instant the check is due, in epoch milliseconds. */
  readonly slotMs: number
  readonly cadenceSeconds: number
  readonly occasion: Occasion
  /** Who looked last, and should leave this look to another worker if there is one. */
  readonly avoidWorker: string | null
  readonly target: Target
  readonly expectation: Expectation
}

/** What to ask, and how. */
export type Target = {
  readonly kind: CheckKind
  /** WHATWG-normalised, without user info; its scheme and form are those of the kind. */
  readonly url: string
  readonly method: string
  /** Values may hold `{{secret:NAME}}`, which only a worker can fill in; so may the body. */
  readonly headers: Readonly<Record<string, string>>
  /** HTTP: the request's body. TCP: what is sent once connected. */
  readonly body: string | null
  /** The whole probe's deadline, redirects and body included. 100 to 60,000. */
  readonly timeoutMs: number
  /** 0: a redirect is an answer like any other, and is not followed. */
  readonly maxRedirects: number
  readonly verifyTls: boolean
  readonly basicAuthUser: string | null
  /**
   * The name of a secret: a file of the worker's SECRETS_DIR. So are the next, and the TLS files. Either
   * of the two makes the header `Authorization`, in place of one among `headers`.
   */
  readonly basicAuthPasswordSecret: string | null
  readonly bearerTokenSecret: string | null
  /**
   * `host[:port]` in place of the URL's, in the request's Host; its host is also the name that TLS asks
   * for and that the certificate must be for, unless `tlsServerName` says another.
   */
  readonly hostHeader: string | null
  readonly tlsServerName: string | null
  /** PEM, in place of the roots that the worker trusts. */
  readonly tlsCaFile: string | null
  readonly tlsClientCertFile: string | null
  readonly tlsClientKeyFile: string | null
  readonly ipFamily: IpFamily
  readonly httpVersion: HttpVersionWanted
  /** Of a heartbeat alone: what the watched job last said. */
  readonly heartbeat: Heartbeat | null
}

export type IpFamily = 'any' | 'ipv4' | 'ipv6'
/** `2`: over TLS alone. `auto`: what the server prefers of the two over TLS, and 1.1 without it. */
export type HttpVersionWanted = '1.1' | '2' | 'auto'

/** What is known of a watched job when its check was made. Instants are epoch milliseconds. */
export type Heartbeat = {
  /** Null: it never called. */
  readonly lastBeatAtMs: number | null
  readonly lastStatus: 'up' | 'down' | null
  readonly lastMessage: string | null
  /** How long the last run took, if that is known. */
  readonly lastPingMs: number | null
  /** When a run began that has not ended; null: none has. */
  readonly startedAtMs: number | null
  /** A call must not be longer ago than this. */
  readonly maxAgeSeconds: number
  /** Since when it has been waited for: a job that is new has not missed a call yet. */
  readonly waitingSinceMs: number
  /** The slot that the verdict is about: a worker's own clock has no say in what is late. */
  readonly slotMs: number
}

/** What the answer must be for the site to be `up`. All texts are validated before they get here. */
export type Expectation = {
  /** Codes and ranges, `200-299,301`. HTTP only; conditions on `[STATUS]` take its place. */
  readonly expectedStatus: string
  /** Names to what each value must match somewhere, as a regex; null: being there is enough. */
  readonly expectedHeaders: Readonly<Record<string, string | null>>
  readonly bodyContains: string | null
  readonly bodyNotContains: string | null
  /** Where in a JSON body the value is, `data.items[0].id`. Excludes `bodyRegex`. */
  readonly jsonPath: string | null
  /** What the body must match; its first group, or else the whole match, is the extracted value. */
  readonly bodyRegex: string | null
  readonly valueOperator: ValueOperator
  /** What the extracted value is held against. Null: that there is one is enough. */
  readonly expectedValue: string | null
  readonly bodyBytesMin: number | null
  readonly bodyBytesMax: number | null
  /** Days that the certificate must still be valid. */
  readonly certDaysMin: number | null
  /** A total latency above this is recorded as `sla_met = false`. */
  readonly slaMs: number | null
  /** Whether it is also a failure. */
  readonly slaIsFailure: boolean
  /** Rules in Gatus' style, one a line: `[BODY].status == "OK"`. */
  readonly conditions: string | null
}

export const valueOperators = ['==', '!=', '<', '<=', '>', '>=', 'contains', 'exists'] as const
export type ValueOperator = (typeof valueOperators)[number]

/** A plain GET of a page that must answer 2xx: what a row with a URL alone says, all but the URL. */
export const defaultTarget: Omit<Target, 'url'> = {
  kind: 'http',
  method: 'GET',
  headers: {},
  body: null,
  timeoutMs: 10_000,
  maxRedirects: 5,
  verifyTls: true,
  basicAuthUser: null,
  basicAuthPasswordSecret: null,
  bearerTokenSecret: null,
  hostHeader: null,
  tlsServerName: null,
  tlsCaFile: null,
  tlsClientCertFile: null,
  tlsClientKeyFile: null,
  ipFamily: 'any',
  httpVersion: '1.1',
  heartbeat: null,
}

export const defaultExpectation: Expectation = {
  expectedStatus: '200-299',
  expectedHeaders: {},
  bodyContains: null,
  bodyNotContains: null,
  jsonPath: null,
  bodyRegex: null,
  valueOperator: '==',
  expectedValue: null,
  bodyBytesMin: null,
  bodyBytesMax: null,
  certDaysMin: null,
  slaMs: null,
  slaIsFailure: false,
  conditions: null,
}
