import { sql } from 'kysely'
import type { Trx } from './connect.ts'

/**
 * Forgets the requests of sites that are checked anyway now, and resolves to whose they were. One
 * that somebody is just changing stays: what it asks for is not to be seen yet.
 */
export async function dropRequests(
  trx: Trx,
  siteIds: readonly number[],
): Promise<readonly number[]> {
  if (siteIds.length === 0) return []
  const { rows } = await sql<{ siteId: number }>`
    delete from check_request where site_id in (
      select site_id from check_request where site_id = any(${sql.val([...siteIds])}::int8[])
      for update skip locked)
    returning site_id as "siteId"`.execute(trx)
  return rows.map(({ siteId }) => siteId)
}

/** A site that waits for a check outside its slots. */
export type CheckRequest = {
  readonly siteId: number
  readonly occasion: 'request' | 'recheck'
  /** Who had the last look, and should leave this one to somebody else. */
  readonly avoidWorker: string | null
}

/** Takes requests that are due out of the table, those first that have been due for longest. */
export async function takeRequests(trx: Trx, limit: number): Promise<readonly CheckRequest[]> {
  const { rows } = await sql<CheckRequest>`
    delete from check_request where site_id in (
      select site_id from check_request where not_before <= now()
      order by not_before, site_id limit ${limit} for update skip locked)
    returning site_id as "siteId", occasion, avoid_worker as "avoidWorker"`.execute(trx)
  return rows
}
