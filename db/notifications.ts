import { sql } from 'kysely'
import type { Db, Trx } from './connect.ts'

export const notificationKinds = [
  'outage',
  'recovery',
  'correction',
  'flapping',
  'calm',
  'certificate',
] as const
export type NotificationKind = (typeof notificationKinds)[number]

/** Which message, about what, to whom: at most one row of each. */
export type NotificationKey = {
  /** The outage, or of a `certificate` its warning: what all messages of a thread have in common. */
  readonly aboutId: string
  readonly kind: NotificationKind
  readonly channel: 'email'
  readonly recipient: string
}

export type NewNotification = NotificationKey & {
  /** With angle brackets; the same on each retry, so that a mailbox can fold what was sent twice. */
  readonly messageId: string
  /** What was known when it was queued; its shape is the notifier's. */
  readonly facts: object
}

/** A message that waits to be sent, by its row. */
export type QueuedNotification = NotificationKey & { readonly id: number }

/** Inserts those that are not there yet and resolves to them. */
export async function insertNotifications(
  trx: Trx,
  notifications: readonly NewNotification[],
): Promise<readonly QueuedNotification[]> {
  if (notifications.length === 0) return []
  const rows = await trx
    .insertInto('notifications')
    .values(
      notifications.map((notification) => ({
        outage_id: notification.kind === 'certificate' ? null : notification.aboutId,
        cert_warning_id: notification.kind === 'certificate' ? notification.aboutId : null,
        kind: notification.kind,
        channel: notification.channel,
        recipient: notification.recipient,
        message_id: notification.messageId,
        facts: JSON.stringify(notification.facts),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning(['id', 'about_id', 'kind', 'channel', 'recipient'])
    .execute()
  return rows.map(toQueued)
}

/** Those that have waited this long and that nobody holds: their jobs may have been lost or used up. */
export async function unsentFor(db: Db, minutes: number): Promise<readonly QueuedNotification[]> {
  const rows = await db
    .selectFrom('notifications')
    .select(['id', 'about_id', 'kind', 'channel', 'recipient'])
    .where('sent_at', 'is', null)
    .where('failed_at', 'is', null)
    .where('queued_at', '<', sql<Date>`now() - make_interval(mins => ${minutes})`)
    .where(sql<boolean>`coalesce(claimed_until < now(), true)`)
    .orderBy('queued_at')
    .limit(UNSENT_MAX)
    .execute()
  return rows.map(toQueued)
}

/** More are taken by the next sweep. */
const UNSENT_MAX = 1_000

type QueuedRow = {
  id: number
  about_id: string
  kind: NotificationKind
  channel: 'email'
  recipient: string
}

function toQueued({ id, about_id, kind, channel, recipient }: QueuedRow): QueuedNotification {
  return { id, aboutId: about_id, kind, channel, recipient }
}

/** Drops what was queued about an outage and not yet taken up, and resolves to the recipients already told. */
export async function withdrawNotifications(
  trx: Trx,
  outageId: string,
): Promise<readonly string[]> {
  await sql`
    delete from notifications
    where outage_id = ${outageId} and sent_at is null and failed_at is null and claimed_until is null and attempts = 0`.execute(
    trx,
  )
  const told = await trx
    .selectFrom('notifications')
    .select('recipient')
    .distinct()
    .where('outage_id', '=', outageId)
    .where('kind', '=', 'outage')
    .execute()
  return told.map((row) => row.recipient)
}

/** A notification that is ours to send until its claim ends. */
export type ClaimedNotification = {
  readonly id: number
  readonly kind: NotificationKind
  readonly recipient: string
  readonly messageId: string
  readonly aboutId: string
  readonly attempts: number
  readonly facts: Record<string, unknown>
}

export type Claim =
  | { readonly outcome: 'claimed'; readonly notification: ClaimedNotification }
  /** Another sender holds an earlier message of this thread. */
  | { readonly outcome: 'held' }
  | { readonly outcome: 'nothing_left' }

/**
 * Takes the oldest unsent message of one thread: a recovery is never sent before
 * its outage. A claim outlives only a killed sender, and then by `leaseSeconds` at the most.
 */
export async function claimNext(
  db: Db,
  thread: Pick<NotificationKey, 'aboutId' | 'channel' | 'recipient'>,
  leaseSeconds: number,
): Promise<Claim> {
  return db.transaction().execute(async (trx): Promise<Claim> => {
    const { rows } = await sql<ClaimRow>`
      select id, kind, recipient, message_id, about_id, attempts, facts, coalesce(claimed_until > now(), false) as held
      from notifications
      where about_id = ${thread.aboutId} and channel = ${thread.channel} and recipient = ${thread.recipient}
        and sent_at is null and failed_at is null
      order by id limit 1 for update`.execute(trx)
    const [row] = rows
    if (row === undefined) return { outcome: 'nothing_left' }
    if (row.held) return { outcome: 'held' }
    await sql`
      update notifications set attempts = attempts + 1, claimed_until = now() + make_interval(secs => ${leaseSeconds})
      where id = ${row.id}`.execute(trx)
    return {
      outcome: 'claimed',
      notification: {
        id: row.id,
        kind: row.kind,
        recipient: row.recipient,
        messageId: row.message_id,
        aboutId: row.about_id,
        attempts: row.attempts + 1,
        facts: row.facts,
      },
    }
  })
}

type ClaimRow = {
  id: number
  kind: NotificationKind
  recipient: string
  message_id: string
  about_id: string
  attempts: number
  facts: Record<string, unknown>
  held: boolean
}

/** The claim that a mark belongs to: one that ran out, and was taken again, is left to its new holder. */
export type ClaimKey = Pick<ClaimedNotification, 'id' | 'attempts'>

const isStillOurs = ({ id, attempts }: ClaimKey) => sql`id = ${id} and attempts = ${attempts}`

export async function markSent(db: Db, claim: ClaimKey): Promise<void> {
  // Sent is sent, whoever holds the claim by now.
  await sql`
    update notifications set sent_at = coalesce(sent_at, now()), failed_at = null, claimed_until = null, last_error = null
    where id = ${claim.id}`.execute(db)
}

/** The claim ends and the reason stays to be read; the job tries again later. */
export async function markDeferred(db: Db, claim: ClaimKey, error: string): Promise<void> {
  await sql`
    update notifications set claimed_until = null, last_error = ${error}
    where ${isStillOurs(claim)} and sent_at is null`.execute(db)
}

/** Given up: the reason goes into the row and into dead_letter, together. */
export async function markFailed(
  db: Db,
  notification: ClaimedNotification,
  error: string,
): Promise<void> {
  const { recipient, kind, aboutId } = notification
  await db.transaction().execute(async (trx) => {
    const { numAffectedRows } = await sql`
      update notifications set failed_at = now(), claimed_until = null, last_error = ${error}
      where ${isStillOurs(notification)} and sent_at is null`.execute(trx)
    if (numAffectedRows === 0n) return
    await trx
      .insertInto('dead_letter')
      .values({
        topic: 'email',
        partition: null,
        kafka_offset: null,
        value: JSON.stringify({ to: recipient, kind, about_id: aboutId }),
        reason: error,
      })
      .execute()
  })
}
