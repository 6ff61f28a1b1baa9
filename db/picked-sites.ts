import { sql } from 'kysely'
import type { Db } from './connect.ts'

/** A site that somebody pointed at. */
export type PickedSite = {
  readonly id: number
  /** Its name, or its URL where it has none. */
  readonly title: string
  readonly enabled: boolean
}

/** The sites that one word stands for: by id, slug, name or URL. None or several: it stands for no site. */
export type WordMatch = { readonly word: string; readonly sites: readonly PickedSite[] }

const pickedColumns = sql`c.id, coalesce(c.name, s.url) as title, c.enabled`

/** What each word stands for, in their order. The token of a heartbeat is no name of it. */
export async function sitesByWords(
  db: Db,
  words: readonly string[],
): Promise<readonly WordMatch[]> {
  const { rows } = await sql<PickedSite & { word: string }>`
    select w.word, ${pickedColumns}
    from unnest(${sql.val([...words])}::text[]) as w (word)
    join site_config c on c.slug = w.word or c.name = w.word or (c.url = w.word and c.kind <> 'heartbeat')
      or c.id = case when w.word ~ '^[0-9]{1,15}$' then w.word::bigint end
    join sites s on s.site_id = c.id
    order by c.id`.execute(db)
  const byWord = Map.groupBy(rows, ({ word }) => word)
  return words.map((word) => ({
    word,
    sites: (byWord.get(word) ?? []).map(({ id, title, enabled }) => ({ id, title, enabled })),
  }))
}

/** The sites that have any of the tags, in the order of their ids. */
export async function sitesByTags(db: Db, tags: readonly string[]): Promise<readonly PickedSite[]> {
  if (tags.length === 0) return []
  const { rows } = await sql<PickedSite>`
    select ${pickedColumns} from site_config c join sites s on s.site_id = c.id
    where c.tags && ${sql.val([...tags])}::text[] order by c.id`.execute(db)
  return rows
}

/** Pauses or resumes these sites; those that are so already stay untouched. Resolves to the ids that changed. */
export async function setEnabled(
  db: Db,
  ids: readonly number[],
  enabled: boolean,
): Promise<ReadonlySet<number>> {
  const { rows } = await sql<{ id: number }>`
    update site_config set enabled = ${enabled}
    where id = any(${sql.val([...ids])}::int8[]) and enabled <> ${enabled} returning id`.execute(db)
  return new Set(rows.map(({ id }) => id))
}

/** Removes these sites with their state and outages. Resolves to the ids that were there. */
export async function removeSites(db: Db, ids: readonly number[]): Promise<ReadonlySet<number>> {
  const { rows } = await sql<{ id: number }>`
    delete from site_config where id = any(${sql.val([...ids])}::int8[]) returning id`.execute(db)
  return new Set(rows.map(({ id }) => id))
}
