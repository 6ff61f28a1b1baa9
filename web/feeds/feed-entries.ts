import { createHash } from 'node:crypto'
import { humanDuration } from '#shared/domain/duration.ts'
import { instantText } from '../status-page/instant.ts'
import { markdown } from '../status-page/markdown.ts'
import type { IncidentFacts, OutageFacts, StatusFacts } from '../status-page/status-facts.ts'
import { incidentWords } from '../status-page/told-in-words.ts'
import { escapedText } from './escaped-text.ts'

/** One entry, for all kinds of feeds. */
export type FeedEntry = {
  /** `urn:uuid:...`: the same for as long as it is about the same thing. */
  readonly id: string
  readonly title: string
  /** Below the address of the status page: `/sites/shop`. */
  readonly path: string
  readonly html: string
  readonly publishedAtMs: number
  /** When it last said something else. */
  readonly updatedAtMs: number
}

export type Feed = {
  readonly title: string
  /** Null: not known. Addresses are relative then, where a format allows it, or left out. */
  readonly publicUrl: string | null
  readonly updatedAtMs: number
  /** The newest first. */
  readonly entries: readonly FeedEntry[]
}

const ENTRIES_MAX = 100

/** Outages of published sites, an entry each, and every update of an incident. */
export function feedOf(facts: StatusFacts, publicUrl: string | null): Feed {
  const entries = [...facts.outages.map(outageEntry), ...facts.incidents.flatMap(incidentEntries)]
  entries.sort((one, other) => other.updatedAtMs - one.updatedAtMs)
  return {
    title: facts.title,
    publicUrl,
    updatedAtMs: entries[0]?.updatedAtMs ?? facts.asOfMs,
    entries: entries.slice(0, ENTRIES_MAX),
  }
}

function outageEntry({ key, site, startedAtMs, endedAtMs }: OutageFacts): FeedEntry {
  const lasted = humanDuration((endedAtMs ?? startedAtMs) - startedAtMs)
  const text =
    endedAtMs === null
      ? `${site.name} has been down since ${instantText(startedAtMs)}.`
      : `${site.name} was down for ${lasted}, from ${instantText(startedAtMs)} to ${instantText(endedAtMs)}.`
  return {
    id: urn(`outage ${key}`),
    title: endedAtMs === null ? `${site.name} is down` : `${site.name} was down for ${lasted}`,
    path: `/sites/${site.slug}`,
    html: `<p>${escapedText(text)}</p>`,
    publishedAtMs: startedAtMs,
    updatedAtMs: endedAtMs ?? startedAtMs,
  }
}

function incidentEntries({ slug, title, updates }: IncidentFacts): FeedEntry[] {
  return updates.map(({ id, status, body, postedAtMs }) => ({
    id: urn(`update ${slug} ${id}`),
    title: `${incidentWords[status]}: ${title}`,
    path: `/#incident-${slug}`,
    html: markdown(body),
    publishedAtMs: postedAtMs,
    updatedAtMs: postedAtMs,
  }))
}

/** A version 8 UUID (RFC 9562): 122 bits of a hash of what it is about. */
function urn(about: string): string {
  const hex = createHash('sha256').update(`uptick ${about}`).digest('hex')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
