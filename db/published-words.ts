import { sql } from 'kysely'
import type { Db } from './connect.ts'
import type { IncidentStatus } from './page-tables.ts'

/** What visitors are told in words: incidents, and maintenance that was meant for them. */

export type PublishedIncident = {
  readonly slug: string
  readonly title: string
  readonly status: IncidentStatus
  readonly createdAtMs: number
  readonly resolvedAtMs: number | null
  /** Of the published sites it concerns; null: all of them. */
  readonly siteIds: readonly number[] | null
  /** The newest first. */
  readonly updates: readonly PublishedUpdate[]
}

export type PublishedUpdate = {
  /** A key of its own, in feeds. */
  readonly id: number
  readonly postedAtMs: number
  readonly status: IncidentStatus
  /** Markdown, as it was typed. */
  readonly body: string
}

export type PublishedMaintenance = {
  readonly title: string
  readonly startsAtMs: number
  readonly endsAtMs: number
  readonly repeats: boolean
  /** As of an incident. */
  readonly siteIds: readonly number[] | null
}

const INCIDENTS_MAX = 50
const UPDATES_MAX = 50
const MAINTENANCE_MAX = 50

/** Published sites that something with `site_ids` and `tags` concerns; null: it names none, so all. */
const concernedSites = (what: 'i' | 'm') => sql`
  case when ${sql.ref(`${what}.site_ids`)} = '{}' and ${sql.ref(`${what}.tags`)} = '{}' then null else array(
    select c.id from site_config c
    where c.published and (c.id = any (${sql.ref(`${what}.site_ids`)}) or c.tags && ${sql.ref(`${what}.tags`)})
    order by c.id) end`

/**
 * Incidents that are open, or were resolved within so many days, the newest first. One that concerns
 * only sites that are not published is not for visitors.
 */
export async function readPublishedIncidents(
  db: Db,
  days: number,
): Promise<readonly PublishedIncident[]> {
  const { rows } = await sql<PublishedIncident>`
    select * from (
      select i.slug, i.title, i.status, (extract(epoch from i.created_at) * 1000)::float8 as "createdAtMs",
        (extract(epoch from i.resolved_at) * 1000)::float8 as "resolvedAtMs",
        to_json(${concernedSites('i')}) as "siteIds",
        coalesce((
          select json_agg(u order by u."postedAtMs" desc, u.id desc) from (
            select u.id, (extract(epoch from u.posted_at) * 1000)::float8 as "postedAtMs", u.status, u.body
            from incident_updates u where u.incident_id = i.id
            order by u.posted_at desc, u.id desc limit ${sql.lit(UPDATES_MAX)}) as u), '[]') as updates
      from incidents i
      where i.resolved_at is null or i.resolved_at > now() - make_interval(days => ${days})
    ) as incident
    where "siteIds" is null or json_array_length("siteIds") > 0
    order by "createdAtMs" desc
    limit ${sql.lit(INCIDENTS_MAX)}`.execute(db)
  return rows
}

/**
 * Of each published maintenance what is under way, or else comes next within so many days, the first
 * first.
 */
export async function readPublishedMaintenance(
  db: Db,
  days: number,
): Promise<readonly PublishedMaintenance[]> {
  const { rows } = await sql<PublishedMaintenance>`
    select title, (extract(epoch from starts_at) * 1000)::float8 as "startsAtMs",
      (extract(epoch from ends_at) * 1000)::float8 as "endsAtMs", repeats, "siteIds"
    from (
      select distinct on (m.id) m.id, m.title, lower(span) as starts_at, upper(span) as ends_at,
        m.starts_at is null as repeats, to_json(${concernedSites('m')}) as "siteIds"
      from maintenance m
      cross join lateral maintenance_spans(m, now(), now() + make_interval(days => ${days})) as span
      where m.published
      order by m.id, lower(span)
    ) as planned
    where "siteIds" is null or json_array_length("siteIds") > 0
    order by starts_at, id
    limit ${sql.lit(MAINTENANCE_MAX)}`.execute(db)
  return rows
}
