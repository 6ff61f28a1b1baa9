import type { ListedSite, SiteList, SiteState } from '#db/site-list.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import type { Paint, Style } from '../paint.ts'
import { cell, type PaintedCell, paintedTable, type TableColumn } from '../painted-table.ts'

type Telling = {
  readonly nowMs: number
  readonly frame: { readonly columns: number; readonly paint: Paint }
}

const stateStyles: Readonly<Record<SiteState, Style>> = {
  down: 'red',
  invalid: 'yellow',
  unknown: 'yellow',
  up: 'green',
  paused: 'dim',
}

/** On a narrower terminal there is room for a name or a URL, and not for both. */
const URL_COLUMNS_MIN = 110

type Column = TableColumn & {
  readonly cellOf: (site: ListedSite, nowMs: number) => PaintedCell
}

const url: Column = {
  title: 'url',
  align: 'left',
  shrinks: true,
  cellOf: (site) => cell(site.url),
}

const columns: readonly Column[] = [
  { title: 'id', align: 'right', cellOf: ({ id }) => cell(String(id)) },
  { title: 'state', align: 'left', cellOf: ({ state }) => cell(state, stateStyles[state]) },
  { title: 'for', align: 'right', cellOf: (site, nowMs) => cell(sinceText(site, nowMs)) },
  { title: 'site', align: 'left', shrinks: true, cellOf: (site) => cell(site.name ?? site.url) },
  url,
  { title: 'every', align: 'right', cellOf: ({ cadence }) => cell(cadence) },
  { title: 'latency', align: 'right', cellOf: (site) => cell(latencyText(site)) },
  { title: 'last', align: 'left', shrinks: true, cellOf: (site) => cell(lastWord(site), 'dim') },
]

/** Sites for people, one per line; ends with a line break. Pure. */
export function renderSiteList({ sites, total }: SiteList, { nowMs, frame }: Telling): string {
  if (total === 0) return 'no such site\n'
  const shown = columns.filter((column) => column !== url || frame.columns >= URL_COLUMNS_MIN)
  const rows = sites.map((site) => shown.map(({ cellOf }) => cellOf(site, nowMs)))
  const count = total === 1 ? '1 site' : `${total} sites`
  const rest =
    sites.length < total ? `${sites.length} of ${count}: --limit 0 shows all, --state some` : count
  return `${[...paintedTable({ columns: shown, rows }, frame), '', rest].join('\n')}\n`
}

function sinceText({ state, since }: ListedSite, nowMs: number): string {
  const isWatched = state === 'up' || state === 'down'
  return isWatched && since !== null ? humanDuration(nowMs - since.getTime()) : ''
}

function latencyText({ lastLatencyMs: ms }: ListedSite): string {
  return ms === null ? '' : `${Math.round(ms)} ms`
}

function lastWord({ state, invalidReason, lastResult, ...last }: ListedSite): string {
  if (state === 'invalid') return invalidReason ?? ''
  if (lastResult === null) return 'never checked'
  if (lastResult === 'up') return last.lastStatusCode === null ? 'up' : `up ${last.lastStatusCode}`
  return [last.lastFailure ?? lastResult, last.lastMessage].filter(Boolean).join(': ')
}

/** All that is known, in snake case; instants in UTC. Described in docs/cli.md. Pure. */
export function siteListJson({ sites, total }: SiteList): string {
  return `${JSON.stringify({ total, sites: sites.map(siteJson) })}\n`
}

function siteJson(site: ListedSite): object {
  return {
    id: site.id,
    slug: site.slug,
    name: site.name,
    url: site.url,
    kind: site.kind,
    cadence: site.cadence,
    state: site.state,
    invalid_reason: site.invalidReason,
    since: site.since,
    last_checked_at: site.lastCheckedAt,
    last_result: site.lastResult,
    last_failure: site.lastFailure,
    last_message: site.lastMessage,
    last_status_code: site.lastStatusCode,
    last_latency_ms: site.lastLatencyMs,
    tags: site.tags,
    published: site.published,
  }
}
