import { sql } from 'kysely'
import type { Trx } from './connect.ts'

/**
 * Forgets the requests of sites that are checked anyway now, and resolves to what they were. One
 * that somebody is just changing stays: what it asks for is not to be seen yet.
 */
export async function dropRequests(
  trx: Trx,
  siteIds: readonly number[],
): Promise<readonly CheckRequest[]> {
  if (siteIds.length === 0) return []
  const { rows } = await sql<CheckRequest>`
    delete from check_request where site_id in (
      select site_id from check_request where site_id = any(${sql.val([...siteIds])}::int8[])
      for update skip locked)
    returning site_id as "siteId", occasion, avoid_worker as "avoidWorker"`.execute(trx)
  return rows
}

/** A site that waits for a check outside its slots. */
export type CheckRequest = {
  readonly siteId: number
  readonly occasion: 'request' | 'recheck'
  /** Who had the last look, and should leave this one to somebody else. */
  readonly avoidWorker: string | null
}

/** A second look that is wanted. */
export type RecheckWanted = {
  readonly siteId: number
  readonly afterSeconds: number
  readonly avoidWorker: string | null
}

/** Asks for a second look at sites. A request that waits already stands. */
export async function requestRechecks(trx: Trx, wanted: readonly RecheckWanted[]): Promise<void> {
  if (wanted.length === 0) return
  await sql`
    insert into check_request (site_id, not_before, occasion, avoid_worker)
    select site_id, now() + make_interval(secs => after_s), 'recheck', avoid_worker
    from unnest(${sql.val(wanted.map(({ siteId }) => siteId))}::int8[],
      ${sql.val(wanted.map(({ afterSeconds }) => afterSeconds))}::int[],
      ${sql.val(wanted.map(({ avoidWorker }) => avoidWorker))}::text[]) as wanted (site_id, after_s, avoid_worker)
    order by site_id
    on conflict (site_id) do nothing`.execute(trx)
}

/**
 * Asks for a look now at what these sites depend on, as far as that is not known to be down. In the
 * order of ids, as all who write here: two at once cannot wait for one another.
 */
export async function requestParentChecks(trx: Trx, siteIds: readonly number[]): Promise<void> {
  if (siteIds.length === 0) return
  await sql`
    insert into check_request (site_id, occasion)
    select distinct d.parent_id, 'recheck' from depends_on d join sites parent on parent.site_id = d.parent_id
    where d.site_id = any(${sql.val([...siteIds])}::int8[]) and parent.status <> 'down'
    order by d.parent_id
    on conflict (site_id) do nothing`.execute(trx)
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
