import type { PublishedOutage, PublishedSite } from '#db/published-sites.ts'
import type { PublishedIncident, PublishedMaintenance } from '#db/published-words.ts'
import { plainLine } from '#shared/domain/plain-line.ts'
import { type Day, shareOf } from './day-bars.ts'
import { overallState } from './overall-state.ts'
import { siteState } from './site-state.ts'
import type {
  GroupFacts,
  MaintenanceFacts,
  SiteFacts,
  SiteName,
  StatusFacts,
} from './status-facts.ts'

/** As it is read of the database. */
export type StatusRows = {
  readonly nowMs: number
  readonly sites: readonly PublishedSite[]
  readonly left: number
  readonly outages: readonly PublishedOutage[]
  readonly incidents: readonly PublishedIncident[]
  readonly maintenance: readonly PublishedMaintenance[]
  readonly days: ReadonlyMap<number, readonly Day[]>
  readonly latencies: ReadonlyMap<number, readonly (number | null)[]>
}

const NAME_MAX = 200

/** What may be said in public of these rows. Texts become plain lines; ids of sites become names. */
export function assembleFacts(rows: StatusRows, title: string): StatusFacts {
  const names = new Map(rows.sites.map((site) => [site.siteId, nameOf(site)]))
  const maintenance = rows.maintenance.map((planned) =>
    maintenanceFacts(planned, rows.nowMs, names),
  )
  const isInMaintenance = (slug: string) =>
    maintenance.some(
      ({ isUnderWay, sites }) =>
        isUnderWay && (sites === null || sites.some((site) => site.slug === slug)),
    )
  const sites = rows.sites.map((site) => siteFacts(site, rows, isInMaintenance(site.slug)))
  return {
    title,
    asOfMs: rows.nowMs,
    overall: overallState(
      sites.map(({ state }) => state),
      maintenance.some(({ isUnderWay }) => isUnderWay),
    ),
    groups: inGroups(sites),
    left: rows.left,
    outages: outageFacts(rows.outages, names),
    incidents: rows.incidents.map(({ siteIds, ...incident }) => ({
      ...incident,
      title: plainLine(incident.title, NAME_MAX),
      sites: namesOf(siteIds, names),
    })),
    maintenance,
  }
}

/** For pages of single sites as well: their outages go further back. */
export function outageFacts(
  outages: readonly PublishedOutage[],
  names: ReadonlyMap<number, SiteName>,
): StatusFacts['outages'] {
  const told = outages.flatMap(({ siteId, ...outage }) => {
    const site = names.get(siteId)
    return site === undefined ? [] : [{ ...outage, site }]
  })
  const isOpen = ({ endedAtMs }: PublishedOutage | StatusFacts['outages'][number]) =>
    endedAtMs === null
  return [...told.filter(isOpen), ...told.filter((outage) => !isOpen(outage))]
}

function siteFacts(site: PublishedSite, rows: StatusRows, isInMaintenance: boolean): SiteFacts {
  const days = rows.days.get(site.siteId) ?? []
  return {
    siteId: site.siteId,
    ...nameOf(site),
    group: site.group === null ? null : plainLine(site.group, NAME_MAX),
    state: siteState(site, isInMaintenance),
    observedAtMs: site.observedAtMs,
    days,
    share: shareOf(days),
    latencyMs: site.observedAtMs === null ? null : site.latencyMs,
    latencies: rows.latencies.get(site.siteId) ?? [],
    certExpiresAtMs: site.certExpiresAtMs,
  }
}

function nameOf({ slug, name }: PublishedSite): SiteName {
  return { slug, name: plainLine(name, NAME_MAX) || slug }
}

function namesOf(
  siteIds: readonly number[] | null,
  names: ReadonlyMap<number, SiteName>,
): readonly SiteName[] | null {
  return siteIds === null ? null : siteIds.flatMap((id) => names.get(id) ?? [])
}

function maintenanceFacts(
  { siteIds, ...planned }: PublishedMaintenance,
  nowMs: number,
  names: ReadonlyMap<number, SiteName>,
): MaintenanceFacts {
  return {
    ...planned,
    title: plainLine(planned.title, NAME_MAX),
    isUnderWay: planned.startsAtMs <= nowMs && nowMs < planned.endsAtMs,
    sites: namesOf(siteIds, names),
  }
}

/** They come sorted by their group. */
function inGroups(sites: readonly SiteFacts[]): readonly GroupFacts[] {
  return [...Map.groupBy(sites, ({ group }) => group)].map(([name, members]) => ({
    name,
    sites: members,
  }))
}
