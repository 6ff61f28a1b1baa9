/** Uptime as one would count it by hand: second by second, from what is written down. For tests. */

export type Rule = {
  readonly fromS: number
  readonly seconds: number
  readonly watched: boolean
  readonly tags: readonly string[]
}
export type Span = { readonly fromS: number; readonly toS: number }
export type Look = { readonly slotS: number; readonly result: 'up' | 'down' | 'inconclusive' }

/** All in seconds since the epoch. */
export type SiteStory = {
  /** In order; each until the next, the last for ever. */
  readonly rules: readonly Rule[]
  readonly looks: readonly Look[]
  readonly outages: readonly Span[]
  /** Planned for all sites or this one, or for a tag. */
  readonly maintenance: readonly (Span & { readonly tag: string | null })[]
}

export type Count = {
  upS: number
  downS: number
  unknownS: number
  unwatchedS: number
  unknownInOutageS: number
  maintenanceUpS: number
  maintenanceDownS: number
  maintenanceUnknownS: number
}

export function countSecondBySecond(story: SiteStory, { fromS, toS }: Span): Count {
  const count: Count = {
    upS: 0,
    downS: 0,
    unknownS: 0,
    unwatchedS: 0,
    unknownInOutageS: 0,
    maintenanceUpS: 0,
    maintenanceDownS: 0,
    maintenanceUnknownS: 0,
  }
  const looks = story.looks.toSorted((a, b) => a.slotS - b.slotS)
  for (let second = fromS; second < toS; second++) countSecond(story, looks, second, count)
  return count
}

function countSecond(story: SiteStory, looks: readonly Look[], second: number, count: Count): void {
  const rule = ruleAt(story, second)
  const isWatched = rule?.watched === true
  const isInOutage = story.outages.some((span) => isWithin(span, second))
  const isPlanned =
    rule !== undefined &&
    story.maintenance.some(
      (work) => isWithin(work, second) && (work.tag === null || rule.tags.includes(work.tag)),
    )
  if (isWatched && isSeen(story, looks, second)) {
    count[isInOutage ? 'downS' : 'upS']++
    if (isPlanned) count[isInOutage ? 'maintenanceDownS' : 'maintenanceUpS']++
    return
  }
  count.unknownS++
  if (!isWatched) count.unwatchedS++
  if (isInOutage && rule !== undefined) count.unknownInOutageS++
  if (isPlanned && isWatched) count.maintenanceUnknownS++
}

/** Whether the newest look before or at this second is a good one, and not older than its cadence. */
function isSeen(story: SiteStory, looks: readonly Look[], second: number): boolean {
  const look = looks.findLast(({ slotS }) => slotS <= second)
  if (look === undefined || look.result === 'inconclusive') return false
  const rule = ruleAt(story, look.slotS)
  return rule !== undefined && second < look.slotS + rule.seconds
}

function ruleAt({ rules }: SiteStory, second: number): Rule | undefined {
  return rules.findLast(({ fromS }) => fromS <= second)
}

function isWithin({ fromS, toS }: Span, second: number): boolean {
  return fromS <= second && second < toS
}
