import { type RawBuilder, sql } from 'kysely'
import type { CheckKind } from '#shared/domain/check.ts'
import type { Failure } from '#shared/domain/failure.ts'
import type { Outcome } from '#shared/domain/result.ts'
import type { Db } from './connect.ts'

/**
 * What an operator sees of a site, worst first. `failing`: the last results speak against `up`, fewer
 * than the threshold. `unknown`: nothing was observed lately, whatever it was before.
 */
export const fleetStates = ['down', 'invalid', 'failing', 'unknown', 'up', 'paused'] as const
export type FleetState = (typeof fleetStates)[number]

export type FleetFilter = {
  /** Each of them is in the name, the URL or a tag, in capitals or not. */
  readonly words: readonly string[]
  readonly tag: string | null
  readonly kind: CheckKind | null
  readonly state: FleetState | null
}

/** The last site of a page, by what pages are ordered by; a site that changes its state may be met again. */
export type FleetCursor = { readonly rank: number; readonly sinceMs: number; readonly id: number }

export type FleetSite = {
  readonly id: number
  readonly name: string
  /** A heartbeat's token is not in it. */
  readonly url: string
  readonly kind: CheckKind
  readonly tags: readonly string[]
  readonly state: FleetState
  readonly sinceMs: number | null
  readonly lastResult: Outcome | null
  readonly lastFailure: Failure | null
  readonly lastMessage: string | null
  readonly lastLatencyMs: number | null
  readonly lastCheckedAtMs: number | null
  readonly invalidReason: string | null
  readonly isPublished: boolean
  /** The last seven days, today among them, as far as they are rolled up; null: not at all. */
  readonly week: SeenTime | null
}

/** Seconds that a site was seen up and down, and watched without being seen. */
export type SeenTime = {
  readonly upS: number
  readonly downS: number
  readonly unseenS: number
}

export type Fleet = {
  /** By the database's clock. */
  readonly nowMs: number
  /** Of the sites that the filter lets through, whatever its state says. */
  readonly counts: Readonly<Record<FleetState, number>>
  readonly sites: readonly FleetSite[]
  /** Null: there are no more. */
  readonly next: FleetCursor | null
}

const WEEK_DAYS = 7

/** As the status page: a result is good for three of its cadences, and a minute for its way here. */
const isSeenLately = sql`s.last_checked_at > now() - make_interval(secs => 3 * cadence.seconds + 60)`

/** For a query over `site_config c`, `sites s` and `cadence`. */
export const fleetState = sql<FleetState>`case
  when not c.enabled then 'paused' when c.validity = 'invalid' then 'invalid'
  when s.status = 'down' then 'down' when not coalesce(${isSeenLately}, false) then 'unknown'
  when (s.status = 'up' and s.streak > 0) or (s.status = 'unknown' and s.last_result = 'down') then 'failing'
  else s.status end`

const rankOf = sql`array_position(${sql.lit(`{${fleetStates.join()}}`)}::text[], ${fleetState})`
/** The newest first: of what is down, what has just gone down is what one looks for. */
const sinceMs = sql`coalesce(extract(epoch from s.status_since) * 1000, 0)::float8`

/** One page of the fleet with the counts of all of it, from one look at `sites`. */
export async function readFleet(
  db: Db,
  filter: FleetFilter,
  { after, limit }: { readonly after: FleetCursor | null; readonly limit: number },
): Promise<Fleet> {
  const isAfter =
    after === null
      ? sql`true`
      : sql`(rank, -since, id) > (${after.rank}::int, ${-after.sinceMs}::float8, ${after.id}::int8)`
  const isWanted = filter.state === null ? sql`true` : sql`state = ${filter.state}`
  const { rows } = await sql<FleetRow>`
    with candidate as materialized (
      select c.id, ${fleetState} as state, ${rankOf} as rank, ${sinceMs} as since
      from site_config c join sites s on s.site_id = c.id join cadence on cadence.name = c.cadence
      where ${conditionsOf(filter)}
    ), page as (
      select * from candidate where ${isWanted} and ${isAfter} order by rank, since desc, id limit ${limit + 1}
    )
    select (extract(epoch from now()) * 1000)::float8 as "nowMs",
      (select coalesce(jsonb_object_agg(state, count), '{}')
        from (select state, count(*) from candidate group by state) as counted) as counts,
      (select coalesce(jsonb_agg(to_jsonb(shown) order by rank, since desc, id), '[]') from (
        select page.*, ${shownColumns} from page
        join site_config c on c.id = page.id join sites s on s.site_id = page.id) as shown) as sites`.execute(
    db,
  )
  const [row] = rows
  if (row === undefined) throw new Error('a query of aggregates without a row')
  return pageOf(row, limit)
}

type FleetRow = {
  readonly nowMs: number
  readonly counts: Partial<Record<FleetState, number>>
  readonly sites: readonly (FleetSite & { readonly rank: number; readonly since: number })[]
}

const shownColumns = sql`coalesce(c.name, s.url) as name, s.url, c.kind, c.tags,
  (extract(epoch from s.status_since) * 1000)::float8 as "sinceMs", s.last_result as "lastResult",
  s.last_failure as "lastFailure", s.last_message as "lastMessage", s.last_latency_ms as "lastLatencyMs",
  (extract(epoch from s.last_checked_at) * 1000)::float8 as "lastCheckedAtMs",
  c.invalid_reason as "invalidReason", c.published as "isPublished", (
    select jsonb_build_object('upS', sum(up_s), 'downS', sum(down_s), 'unseenS', sum(unknown_s - unwatched_s))
    from site_days d
    where d.site_id = page.id and d.day > (now() at time zone 'UTC')::date - ${sql.lit(WEEK_DAYS)}
    having count(*) > 0) as week`

function pageOf({ nowMs, counts, sites }: FleetRow, limit: number): Fleet {
  const shown = sites.slice(0, limit)
  const last = shown.at(-1)
  const hasMore = sites.length > limit && last !== undefined
  return {
    nowMs,
    counts: { down: 0, invalid: 0, failing: 0, unknown: 0, up: 0, paused: 0, ...counts },
    sites: shown,
    next: hasMore ? { rank: last.rank, sinceMs: last.since, id: last.id } : null,
  }
}

/** For a query over `site_config c` and `sites s`. */
export function conditionsOf({
  words,
  tag,
  kind,
}: Omit<FleetFilter, 'state'>): RawBuilder<unknown> {
  const text = sql`lower(concat_ws(' ', c.name, s.url, array_to_string(c.tags, ' ')))`
  return sql.join(
    [
      sql`true`,
      ...words.map((word) => sql`strpos(${text}, lower(${word})) > 0`),
      ...(tag === null ? [] : [sql`${tag} = any(c.tags)`]),
      ...(kind === null ? [] : [sql`c.kind = ${kind}`]),
    ],
    sql` and `,
  )
}

/** The tags of most sites first; `limit` of them, for a choice. */
export async function readTags(db: Db, limit: number): Promise<readonly string[]> {
  const { rows } = await sql<{ tag: string }>`
    select tag from site_config, unnest(tags) as tag
    group by tag order by count(*) desc, tag limit ${limit}`.execute(db)
  return rows.map(({ tag }) => tag)
}
