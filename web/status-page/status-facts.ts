import type { PublishedIncident } from '#db/published-words.ts'
import type { Day, Share } from './day-bars.ts'
import type { OverallState } from './overall-state.ts'
import type { SiteState } from './site-state.ts'

/** All that is told in public, in one moment: the page, its JSON, the feeds and the badges are made of it. */
export type StatusFacts = {
  readonly title: string
  /** By the database's clock. */
  readonly asOfMs: number
  readonly overall: OverallState
  readonly groups: readonly GroupFacts[]
  /** Published sites for which there was no room. */
  readonly left: number
  /** Open ones first, then the newest. */
  readonly outages: readonly OutageFacts[]
  readonly incidents: readonly IncidentFacts[]
  /** Under way and to come. */
  readonly maintenance: readonly MaintenanceFacts[]
}

export type GroupFacts = { readonly name: string | null; readonly sites: readonly SiteFacts[] }

export type SiteFacts = {
  /** For questions to the database: not to be shown. */
  readonly siteId: number
  readonly slug: string
  /** One plain line. */
  readonly name: string
  readonly group: string | null
  readonly state: SiteState
  readonly observedAtMs: number | null
  /** The oldest first, today last. */
  readonly days: readonly Day[]
  /** Of all these days. */
  readonly share: Share
  /** Of its newest check; null: there is none, or not lately. */
  readonly latencyMs: number | null
  /** Medians over the last 24 h, the oldest first; null: nothing was observed. */
  readonly latencies: readonly (number | null)[]
  readonly certExpiresAtMs: number | null
}

export type SiteName = { readonly slug: string; readonly name: string }

export type OutageFacts = {
  readonly key: string
  readonly site: SiteName
  readonly startedAtMs: number
  readonly endedAtMs: number | null
}

export type IncidentFacts = Omit<PublishedIncident, 'siteIds'> & {
  /** Null: all sites. */
  readonly sites: readonly SiteName[] | null
}

export type MaintenanceFacts = {
  readonly title: string
  readonly startsAtMs: number
  readonly endsAtMs: number
  readonly repeats: boolean
  readonly isUnderWay: boolean
  readonly sites: readonly SiteName[] | null
}

export function sitesOf(facts: StatusFacts): readonly SiteFacts[] {
  return facts.groups.flatMap(({ sites }) => sites)
}
