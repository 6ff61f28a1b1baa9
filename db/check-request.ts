import { sql } from 'kysely'
import type { Trx } from './connect.ts'

/** Forgets the requests of sites that are checked anyway now. */
export async function dropRequests(trx: Trx, siteIds: readonly number[]): Promise<void> {
  if (siteIds.length === 0) return
  await sql`delete from check_request where site_id = any(${sql.val([...siteIds])}::int8[])`.execute(
    trx,
  )
}

/** Takes the oldest requests out of the table and resolves to their sites. */
export async function takeRequests(trx: Trx, limit: number): Promise<readonly number[]> {
  const { rows } = await sql<{ site_id: number }>`
    delete from check_request where site_id in (
      select site_id from check_request order by requested_at, site_id limit ${limit} for update skip locked)
    returning site_id`.execute(trx)
  return rows.map((row) => row.site_id)
}
