import { sql } from 'kysely'
import type { Failure } from '#shared/domain/failure.ts'
import type { FoldedOutage } from '#shared/domain/health.ts'
import { idAfter } from '#shared/domain/identity.ts'
import type { Db, Trx } from './connect.ts'
import type { Row } from './schema.ts'

export type Outage = FoldedOutage & {
  readonly id: string
  readonly siteId: number
  /** When the check that proved it was made. */
  readonly detectedAtMs: number
  readonly failure: Failure
  readonly message: string | null
  /** What else the check saw that proved it: the answer's status, who answered, and how the answer began. */
  readonly statusCode: number | null
  readonly remoteAddress: string | null
  readonly excerpt: string | null
  /** Why nobody has been told of it; null: told. */
  readonly heldBy: AlertHold | null
  /** Since when the site had been up before; null: it was never seen up. */
  readonly upSinceMs: number | null
}

/** What keeps an outage from being told of. */
export type AlertHold = 'maintenance' | 'dependency' | 'flapping'

/**
 * Inserts outages and resolves to them as stored, in the same order. An id follows from a site and
 * a first slot. It is taken where a late result moved another outage away from that very slot, or
 * retracted one that somebody had been told of; then the next is used.
 */
export async function insertOutages(
  trx: Trx,
  outages: readonly Outage[],
): Promise<readonly Outage[]> {
  if (outages.length === 0) return []
  const told = await toldOf(trx, outages)
  const inserted = await insertFree(
    trx,
    outages.filter(({ id }) => !told.has(id)),
  )
  const displaced = outages.filter(({ id }) => !inserted.has(id))
  const again = displaced.map((outage) => ({ ...outage, id: idAfter(outage.id) }))
  const placed = [...(await insertOutages(trx, again))]
  return outages.map((outage) => (inserted.has(outage.id) ? outage : (placed.shift() ?? outage)))
}

async function insertFree(trx: Trx, outages: readonly Outage[]): Promise<ReadonlySet<string>> {
  if (outages.length === 0) return new Set()
  const rows = await trx
    .insertInto('outages')
    .values(outages.map(toRow))
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .execute()
  return new Set(rows.map((row) => row.id))
}

async function toldOf(trx: Trx, outages: readonly Outage[]): Promise<ReadonlySet<string>> {
  const ids = outages.map(({ id }) => id)
  const rows = await trx
    .selectFrom('notifications')
    .select('outage_id')
    .distinct()
    .where('outage_id', 'in', ids)
    .execute()
  return new Set(rows.flatMap(({ outage_id }) => outage_id ?? []))
}

function toRow(outage: Outage) {
  return {
    id: outage.id,
    site_id: outage.siteId,
    started_at: new Date(outage.startedAtMs),
    detected_at: new Date(outage.detectedAtMs),
    ended_at: dateOf(outage.endedAtMs),
    failure: outage.failure,
    message: outage.message,
    status_code: outage.statusCode,
    remote_address: outage.remoteAddress,
    excerpt: outage.excerpt,
    held_by: outage.heldBy,
    up_since: dateOf(outage.upSinceMs),
    opened_slot: new Date(outage.openedSlotMs),
    closed_slot: dateOf(outage.closedSlotMs),
  }
}

export type Closing = {
  readonly siteId: number
  readonly endedAtMs: number
  readonly closedSlotMs: number
}

/** Ends the open outages of these sites and resolves to them as they are now. */
export async function closeOutages(
  trx: Trx,
  closings: readonly Closing[],
): Promise<readonly Outage[]> {
  if (closings.length === 0) return []
  const { rows } = await sql<Row<'outages'>>`
    update outages o set ended_at = to_timestamp(closing.ended / 1000), closed_slot = to_timestamp(closing.slot / 1000)
    from unnest(
      ${sql.val(closings.map((closing) => closing.siteId))}::int8[],
      ${sql.val(closings.map((closing) => closing.endedAtMs))}::float8[],
      ${sql.val(closings.map((closing) => closing.closedSlotMs))}::float8[]) as closing (site_id, ended, slot)
    where o.site_id = closing.site_id and o.ended_at is null
    returning o.*`.execute(trx)
  return rows.map(toOutage)
}

/** All outages of a site, oldest first. */
export async function outagesOf(trx: Trx, siteId: number): Promise<readonly Outage[]> {
  const rows = await trx
    .selectFrom('outages')
    .selectAll()
    .where('site_id', '=', siteId)
    .orderBy('started_at')
    .execute()
  return rows.map(toOutage)
}

export async function deleteOutages(trx: Trx, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await trx.deleteFrom('outages').where('id', 'in', ids).execute()
}

/** Gives an outage other bounds, under the same id: what was said of it stays attached. */
export async function moveOutage(trx: Trx, id: string, bounds: FoldedOutage): Promise<void> {
  await trx
    .updateTable('outages')
    .set({
      started_at: new Date(bounds.startedAtMs),
      opened_slot: new Date(bounds.openedSlotMs),
      ended_at: dateOf(bounds.endedAtMs),
      closed_slot: dateOf(bounds.closedSlotMs),
    })
    .where('id', '=', id)
    .execute()
}

/** Which sites have an open outage that nobody has been told of. */
export async function sitesWithHeldOutages(db: Db, limit: number): Promise<readonly number[]> {
  const rows = await db
    .selectFrom('outages')
    .select('site_id')
    .where('ended_at', 'is', null)
    .where('held_by', 'is not', null)
    .orderBy('site_id')
    .limit(limit)
    .execute()
  return rows.map((row) => row.site_id)
}

/** Lets the open outages of these sites be told of, and resolves to them. */
export async function releaseOutages(
  trx: Trx,
  siteIds: readonly number[],
): Promise<readonly Outage[]> {
  if (siteIds.length === 0) return []
  const { rows } = await sql<Row<'outages'>>`
    update outages set held_by = null
    where site_id = any(${sql.val([...siteIds])}::int8[]) and ended_at is null and held_by is not null
    returning *`.execute(trx)
  return rows.map(toOutage)
}

/** The newest outage of each of these sites. */
export async function newestOutages(
  trx: Trx,
  siteIds: readonly number[],
): Promise<readonly Outage[]> {
  if (siteIds.length === 0) return []
  const { rows } = await sql<Row<'outages'>>`
    select distinct on (site_id) * from outages
    where site_id = any(${sql.val([...siteIds])}::int8[])
    order by site_id, started_at desc`.execute(trx)
  return rows.map(toOutage)
}

/** When the outages of these sites were opened that anybody could have been told of, since an instant. */
export async function openedSlotsSince(
  trx: Trx,
  siteIds: readonly number[],
  sinceMs: number,
): Promise<ReadonlyMap<number, readonly number[]>> {
  if (siteIds.length === 0) return new Map()
  const { rows } = await sql<{ site_id: number; slots_ms: number[] }>`
    select site_id, array_agg((extract(epoch from opened_slot) * 1000)::float8) as slots_ms from outages
    where site_id = any(${sql.val([...siteIds])}::int8[]) and opened_slot > ${new Date(sinceMs)}
      and coalesce(held_by, 'flapping') = 'flapping'
    group by site_id`.execute(trx)
  return new Map(rows.map((row) => [row.site_id, row.slots_ms.map(Math.round)]))
}

function toOutage(row: Row<'outages'>): Outage {
  return {
    id: row.id,
    siteId: row.site_id,
    startedAtMs: row.started_at.getTime(),
    detectedAtMs: row.detected_at.getTime(),
    endedAtMs: row.ended_at?.getTime() ?? null,
    failure: row.failure,
    message: row.message,
    statusCode: row.status_code,
    remoteAddress: row.remote_address,
    excerpt: row.excerpt,
    heldBy: row.held_by,
    upSinceMs: row.up_since?.getTime() ?? null,
    openedSlotMs: row.opened_slot.getTime(),
    closedSlotMs: row.closed_slot?.getTime() ?? null,
  }
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}
