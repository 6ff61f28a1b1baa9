/** One site at one slot, with all that a worker needs to look: it never reads the configuration itself. */
export type Check = {
  readonly siteId: number
  /** The instant the check is due, in epoch milliseconds. */
  readonly slotMs: number
  readonly cadenceSeconds: number
  readonly target: Target
  readonly expectation: Expectation
}

/** What to ask, and how. */
export type Target = {
  /** Absolute http or https URL, WHATWG-normalised, without user info. */
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  /** The whole probe's deadline, redirects and body included. 100 to 60,000. */
  readonly timeoutMs: number
  /** 0: a redirect is an answer like any other, and is not followed. */
  readonly maxRedirects: number
  readonly verifyTls: boolean
}

/** What the answer must be for the site to be `up`. All texts are validated before they get here. */
export type Expectation = {
  /** Codes and ranges, `200-299,301`. */
  readonly expectedStatus: string
  /** Where in a JSON body the value is, `data.items[0].id`. Excludes `bodyRegex`. */
  readonly jsonPath: string | null
  /** What the body must match; its first group, or else the whole match, is the extracted value. */
  readonly bodyRegex: string | null
  /** What the extracted value must be, compared as text. */
  readonly expectedValue: string | null
  /** A total latency above this is recorded as `sla_met = false`; it is not a failure. */
  readonly slaMs: number | null
}
