import { sql } from 'kysely'
import type { Db } from './connect.ts'

/** What sites of these ids are called; one that is not there is not in it. */
export async function siteNames(
  db: Db,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ id: number; name: string }>`
    select c.id, coalesce(c.name, s.url) as name from site_config c join sites s on s.site_id = c.id
    where c.id = any(${sql.val([...ids])}::int8[])`.execute(db)
  return new Map(rows.map(({ id, name }) => [id, name]))
}
