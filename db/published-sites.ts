import { sql } from 'kysely'
import type { Db } from './connect.ts'

/** What is published of a site, and what is needed to say it. Ids are for further questions, not for visitors. */
export type PublishedSite = {
  readonly siteId: number
  readonly slug: string
  /** As its owner typed it. */
  readonly name: string
  readonly group: string | null
  readonly isWatched: boolean
  readonly cadenceS: number
  readonly status: 'unknown' | 'up' | 'down'
  /** Its newest conclusive result within the last `OBSERVED_CADENCES`; null: there was none. */
  readonly observedAtMs: number | null
  readonly latencyMs: number | null
  readonly certExpiresAtMs: number | null
}

export type PublishedOutage = {
  /** A key of the outage that says nothing of it, in feeds: 32 hexadecimal digits. */
  readonly key: string
  readonly siteId: number
  readonly startedAtMs: number
  readonly endedAtMs: number | null
}

/** Who has not been seen for so many of its cadences has not been observed. */
const OBSERVED_CADENCES = 3
/** A page of more is no page; the rest is told as a number. */
export const PUBLISHED_SITES_MAX = 1_000
const OUTAGES_MAX = 200

/** The sites that are published, those without a group first, and the database's clock. */
export async function readPublishedSites(db: Db): Promise<{
  readonly nowMs: number
  readonly sites: readonly PublishedSite[]
  readonly left: number
}> {
  const { rows } = await sql<PublishedSite & { nowMs: number; total: number }>`
    select c.id as "siteId", c.slug, coalesce(c.public_name, c.name) as name, c.page_group as "group",
      c.enabled and c.validity <> 'invalid' as "isWatched", cadence.seconds as "cadenceS", s.status,
      (extract(epoch from seen.slot) * 1000)::float8 as "observedAtMs", s.last_latency_ms as "latencyMs",
      (extract(epoch from s.cert_expires_at) * 1000)::float8 as "certExpiresAtMs",
      floor(extract(epoch from now()) * 1000)::float8 as "nowMs", count(*) over () as total
    from site_config c
    join cadence on cadence.name = c.cadence
    join sites s on s.site_id = c.id
    left join lateral (
      select p.slot from ping_status p
      where p.site_id = c.id and p.slot > now() - make_interval(secs => ${sql.lit(OBSERVED_CADENCES)} * cadence.seconds)
        and p.result <> 'inconclusive'
      order by p.slot desc limit 1) as seen on true
    where c.published
    order by c.page_group nulls first, lower(coalesce(c.public_name, c.name)), c.id
    limit ${sql.lit(PUBLISHED_SITES_MAX)}`.execute(db)
  const [first] = rows
  if (first === undefined) return { nowMs: await readNowMs(db), sites: [], left: 0 }
  return {
    nowMs: first.nowMs,
    sites: rows.map(({ nowMs: _, total: __, ...site }) => site),
    left: first.total - rows.length,
  }
}

async function readNowMs(db: Db): Promise<number> {
  const { rows } = await sql<{ nowMs: number }>`
    select floor(extract(epoch from now()) * 1000)::float8 as "nowMs"`.execute(db)
  return rows[0]?.nowMs ?? 0
}

/**
 * Outages of these sites that are open or ended within so many days, the newest first, at most 200.
 * Why a site was down stays with its operator.
 */
export async function readPublishedOutages(
  db: Db,
  siteIds: readonly number[],
  days: number,
): Promise<readonly PublishedOutage[]> {
  const { rows } = await sql<PublishedOutage>`
    select md5(o.id::text) as key, o.site_id as "siteId",
      (extract(epoch from o.started_at) * 1000)::float8 as "startedAtMs",
      (extract(epoch from o.ended_at) * 1000)::float8 as "endedAtMs"
    from outages o
    where o.site_id = any (${sql.val(siteIds)}::int8[])
      and (o.ended_at is null or o.ended_at > now() - make_interval(days => ${days}))
    order by o.started_at desc, o.id
    limit ${sql.lit(OUTAGES_MAX)}`.execute(db)
  return rows
}
