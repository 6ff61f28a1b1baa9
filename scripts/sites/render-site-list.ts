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

const columns: readonly TableColumn[] = [
  { title: 'id', align: 'right' },
  { title: 'state', align: 'left' },
  { title: 'for', align: 'right' },
  { title: 'name', align: 'left', shrinks: true },
  { title: 'url', align: 'left', shrinks: true },
  { title: 'every', align: 'right' },
  { title: 'latency', align: 'right' },
  { title: 'last', align: 'left', shrinks: true },
]

/** Sites for people, one per line; ends with a line break. Pure. */
export function renderSiteList({ sites, total }: SiteList, { nowMs, frame }: Telling): string {
  if (total === 0) return 'no such site\n'
  const rows = sites.map((site) => siteCells(site, nowMs))
  const count = total === 1 ? '1 site' : `${total} sites`
  const rest =
    sites.length < total ? `${sites.length} of ${count}: --limit 0 shows all, --state some` : count
  return `${[...paintedTable({ columns, rows }, frame), '', rest].join('\n')}\n`
}

function siteCells(site: ListedSite, nowMs: number): readonly PaintedCell[] {
  const { id, state, since, name, url, cadence, lastLatencyMs } = site
  const isWatched = state === 'up' || state === 'down'
  return [
    cell(String(id)),
    cell(state, stateStyles[state]),
    cell(isWatched && since !== null ? humanDuration(nowMs - since.getTime()) : ''),
    cell(name ?? ''),
    cell(url),
    cell(cadence),
    cell(lastLatencyMs === null ? '' : `${Math.round(lastLatencyMs)} ms`),
    cell(lastWord(site), 'dim'),
  ]
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
