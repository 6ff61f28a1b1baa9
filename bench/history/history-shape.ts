/** How large the generated history is. */
export type HistoryShape = {
  readonly sites: number
  /** Of them, these look every five minutes, all others every ten. */
  readonly fiveMinuteSites: number
  readonly publishedSites: number
  /** Days of which every single result is there. */
  readonly rawDays: number
  readonly hourlyDays: number
  readonly dailyDays: number
  /** 00:00 UTC of the day after the last whole one; results go on from there until `nowMs`. */
  readonly todayMs: number
  readonly nowMs: number
}

export const DAY_MS = 86_400_000
const ROWS_PER_TEN_MINUTE_SITE = 30 * 144
/** One site in six at five minutes: 10,000 sites then make 50 million rows of 30 days, gaps taken off. */
const FIVE_MINUTE_SHARE = 0.166

/** For about so many rows of 30 days. */
export function shapeOf(rows: number, nowMs: number): HistoryShape {
  const sites = Math.round(rows / (ROWS_PER_TEN_MINUTE_SITE * (1 + FIVE_MINUTE_SHARE) * 0.9926))
  return {
    sites,
    fiveMinuteSites: Math.round(sites * FIVE_MINUTE_SHARE),
    publishedSites: Math.min(200, Math.ceil(sites / 10)),
    rawDays: 30,
    hourlyDays: 90,
    dailyDays: 365,
    todayMs: Math.floor(nowMs / DAY_MS) * DAY_MS,
    nowMs,
  }
}
