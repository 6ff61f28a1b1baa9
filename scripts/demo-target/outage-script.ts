/**
 * When the page /outage is down. The script begins with the first request after a rest, so that the
 * first outage of a freshly loaded site comes at once; after that an outage comes every five minutes,
 * rare enough not to fill a mailbox over night.
 */
export type OutageScript = {
  readonly startedAtMs: number
  readonly lastRequestAtMs: number
}

/** More than one slot of a 10 s cadence: the site is seen up first, and its email can say for how long. */
const UP_FIRST_MS = 14_000
/** At a cadence of 10 s always two slots, the failure threshold, with 6 s for what comes late. */
const DOWN_MS = 26_000
const ROUND_MS = 5 * 60_000
/** Three slots without a request: nobody watches any more. */
const REST_MS = 30_000

export type OutageStep = { readonly script: OutageScript; readonly answer: 'up' | 'down' }

/** The answer to one request, and the script as it goes on. `null`: there was no request before. */
export function nextAnswer(script: OutageScript | null, nowMs: number): OutageStep {
  const isFresh = script === null || nowMs - script.lastRequestAtMs > REST_MS
  const startedAtMs = isFresh ? nowMs : script.startedAtMs
  const inRoundMs = (nowMs - startedAtMs) % ROUND_MS
  const isDown = inRoundMs >= UP_FIRST_MS && inRoundMs < UP_FIRST_MS + DOWN_MS
  return { script: { startedAtMs, lastRequestAtMs: nowMs }, answer: isDown ? 'down' : 'up' }
}
