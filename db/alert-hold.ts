import { sql } from 'kysely'
import type { Trx } from './connect.ts'

/**
 * Why the outages of these sites are not to be told of now, as far as others than the sites
 * themselves say so: planned work, or something above them that is down or begins to fail, that has
 * come back so lately that they have not been looked at since, or that itself has not been looked at
 * since they failed. Sites without a reason are left out.
 */
export async function alertHolds(
  trx: Trx,
  siteIds: readonly number[],
): Promise<ReadonlyMap<number, 'maintenance' | 'dependency'>> {
  if (siteIds.length === 0) return new Map()
  const { rows } = await sql<{ id: number; hold: 'maintenance' | 'dependency' }>`
    select id, hold from (
      select c.id, case
        when is_in_maintenance(c.id, c.tags, now()) then 'maintenance'
        when exists (
          select from depends_on d
          join sites parent on parent.site_id = d.parent_id
          join site_config p on p.id = d.parent_id and p.enabled and p.validity <> 'invalid'
          where d.site_id = c.id and (
            parent.status = 'down' or (parent.streak > 0 and parent.last_result = 'down')
            or (parent.status = 'up'
              and (parent.status_since >= s.last_slot or parent.last_slot < s.status_since)))) then 'dependency'
      end as hold
      from site_config c join sites s on s.site_id = c.id
      where c.id = any(${sql.val([...siteIds])}::int8[])) as judged
    where hold is not null`.execute(trx)
  return new Map(rows.map((row) => [row.id, row.hold]))
}
