import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'
import type { SinkMail } from '../../test/support/smtp-sink.ts'
import { quantile } from '../open-loop.ts'
import type { Spread, Window } from './read-slots.ts'

/** Sites that were made to fail, and what was heard of it. */
export type Detections = {
  readonly sites: number
  readonly outages: number
  /** Of those outages, how many had their email accepted by the mail server. */
  readonly told: number
  /** From the first failed slot of an outage to the acceptance of its email. */
  readonly slotToEmailMs: Spread
  /** From the first failed slot to the beginning of the transaction that opened the outage: the re-check is in it. */
  readonly slotToOutageMs: Spread
}

/** Of the outages that began in the window. */
export async function readDetections(
  db: Db,
  window: Window,
  sites: readonly number[],
  mails: readonly SinkMail[],
): Promise<Detections> {
  const acceptedMs = new Map(mails.map(({ parsed, atMs }) => [parsed.messageId, atMs]))
  const { rows } = await sql<{ started: number; opened: number; message_id: string }>`
    select (extract(epoch from o.started_at) * 1000)::float8 as started, n.message_id,
      (extract(epoch from n.queued_at) * 1000)::float8 as opened
    from outages o join notifications n on n.outage_id = o.id and n.kind = 'outage'
    where o.site_id = any(${sql.val([...sites])}::int8[])
      and o.started_at >= ${new Date(window.fromMs)} and o.started_at < ${new Date(window.untilMs)}`.execute(
    db,
  )
  const toEmail = rows.flatMap(({ started, message_id }) => {
    const accepted = acceptedMs.get(message_id)
    return accepted === undefined ? [] : [accepted - started]
  })
  return {
    sites: sites.length,
    outages: rows.length,
    told: toEmail.length,
    slotToEmailMs: spreadOf(toEmail),
    slotToOutageMs: spreadOf(rows.map(({ started, opened }) => opened - started)),
  }
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => (sorted.length === 0 ? 0 : Math.round(quantile(sorted, share)))
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}
