import { overallWords } from './overall-state.ts'
import { stateWords } from './site-state.ts'
import type { SiteFacts, SiteName, StatusFacts } from './status-facts.ts'

/** What the page says, as data: instants as RFC 3339, shares from 0 to 1, seconds, milliseconds. */
export function statusJson(facts: StatusFacts): string {
  const { title, asOfMs, overall, groups, left, outages, incidents, maintenance } = facts
  return JSON.stringify({
    title,
    as_of: iso(asOfMs),
    status: overall.replaceAll(' ', '_'),
    description: overallWords[overall],
    groups: groups.map(({ name, sites }) => ({ name, sites: sites.map(siteJson) })),
    sites_left_out: left,
    outages: outages.map(({ key, site, startedAtMs, endedAtMs }) => ({
      id: key,
      site: nameJson(site),
      started_at: iso(startedAtMs),
      ended_at: iso(endedAtMs),
    })),
    incidents: incidents.map((incident) => ({
      id: incident.slug,
      title: incident.title,
      status: incident.status,
      created_at: iso(incident.createdAtMs),
      resolved_at: iso(incident.resolvedAtMs),
      sites: incident.sites?.map(nameJson) ?? null,
      updates: incident.updates.map(({ postedAtMs, status, body }) => ({
        posted_at: iso(postedAtMs),
        status,
        body,
      })),
    })),
    maintenance: maintenance.map((planned) => ({
      title: planned.title,
      starts_at: iso(planned.startsAtMs),
      ends_at: iso(planned.endsAtMs),
      repeats: planned.repeats,
      under_way: planned.isUnderWay,
      sites: planned.sites?.map(nameJson) ?? null,
    })),
  })
}

function siteJson(site: SiteFacts) {
  return {
    ...nameJson(site),
    status: site.state,
    description: stateWords[site.state],
    observed_at: iso(site.observedAtMs),
    latency_ms: site.latencyMs,
    uptime: site.share.uptime,
    coverage: site.share.coverage,
    days: site.days.map(({ day, upS, downS, unknownS }) => ({
      day,
      up_s: upS,
      down_s: downS,
      unknown_s: unknownS,
    })),
  }
}

const nameJson = ({ slug, name }: SiteName) => ({ slug, name })

function iso(atMs: number): string
function iso(atMs: number | null): string | null
function iso(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString()
}
