import { sql } from 'kysely'
import type { Failure } from '#shared/domain/failure.ts'
import type { FoldedOutage } from '#shared/domain/health.ts'
import { idAfter } from '#shared/domain/identity.ts'
import type { Trx } from './connect.ts'
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
}

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
  return new Set(rows.map((row) => row.outage_id))
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
    returning o.id, o.site_id, o.started_at, o.detected_at, o.ended_at, o.failure, o.message, o.opened_slot,
      o.closed_slot, o.status_code, o.remote_address, o.excerpt`.execute(trx)
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
    openedSlotMs: row.opened_slot.getTime(),
    closedSlotMs: row.closed_slot?.getTime() ?? null,
  }
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}
