import { sql } from 'kysely'
import type { Db } from './connect.ts'

export type ChosenSite = {
  readonly siteId: number
  /** Its URL where it has none. */
  readonly name: string
  /** Without the token of a heartbeat. */
  readonly url: string
  readonly tags: readonly string[]
  readonly cadence: string
}

export type SiteWish = {
  /** Each an id, a slug or a name, in capital letters or small. */
  readonly sites: readonly string[]
  /** All sites with any of these. */
  readonly tags: readonly string[]
}

export type SiteChoice = {
  /** By name. */
  readonly sites: readonly ChosenSite[]
  /** What stands for no site; a tag may be of none. */
  readonly unknown: readonly string[]
}

type ChosenRow = ChosenSite & { readonly wanted: readonly string[] }

/** The sites that somebody means: those that are called so, and those that are tagged so; with neither, all. */
export async function chooseSites(db: Db, { sites, tags }: SiteWish): Promise<SiteChoice> {
  const isAll = sites.length === 0 && tags.length === 0
  const { rows } = await sql<ChosenRow>`
    select c.id as "siteId", coalesce(c.name, s.url) as name, s.url, c.tags, c.cadence,
      array(
        select wanted from unnest(${sql.val([...sites])}::text[]) as wanted
        where wanted = c.id::text or lower(wanted) = c.slug or lower(wanted) = lower(coalesce(c.name, s.url))) as wanted
    from site_config c join sites s on s.site_id = c.id
    where ${isAll}::bool
      or c.tags && ${sql.val([...tags])}::text[]
      or c.id::text = any (${sql.val([...sites])}::text[])
      or c.slug = any (${sql.val(sites.map((site) => site.toLowerCase()))}::text[])
      or lower(coalesce(c.name, s.url)) = any (
        select lower(wanted) from unnest(${sql.val([...sites])}::text[]) as wanted)
    order by lower(coalesce(c.name, s.url)), c.id`.execute(db)
  const found = new Set(rows.flatMap(({ wanted }) => wanted))
  return {
    sites: rows.map(({ wanted, ...site }) => site),
    unknown: sites.filter((site) => !found.has(site)),
  }
}

/** How sites are called, to find what was meant by a name that none has. */
export async function siteNames(db: Db, limit: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('site_config')
    .select('name')
    .where('name', 'is not', null)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.flatMap(({ name }) => name ?? [])
}
