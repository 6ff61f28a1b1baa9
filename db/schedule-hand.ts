import { sql } from 'kysely'
import type { Trx } from './connect.ts'

/** The slots `(lastSlotMs, nowMs]` have no jobs yet. `nowMs` is the database's clock, in whole seconds. */
export type HandWindow = { readonly lastSlotMs: number; readonly nowMs: number }

/** Takes the hand for this transaction; null when another scheduler holds it. */
export async function takeHand(trx: Trx): Promise<HandWindow | null> {
  const { rows } = await sql<{ last: number; now: number }>`
    select extract(epoch from last_slot)::float8 as last, floor(extract(epoch from clock_timestamp()))::float8 as now
    from schedule_hand for update skip locked`.execute(trx)
  const [hand] = rows
  return hand === undefined ? null : { lastSlotMs: hand.last * 1000, nowMs: hand.now * 1000 }
}

/** Moves the hand, forward only: a clock that was set back opens no slot again. */
export async function moveHand(trx: Trx, toMs: number): Promise<void> {
  await sql`update schedule_hand set last_slot = greatest(last_slot, to_timestamp(${toMs / 1000}))`.execute(
    trx,
  )
}
