import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'
import type { Outcome } from '#shared/domain/result.ts'
import type { Span } from './evidence.ts'

/** What the audit log and the tables say of a run, as the invariants take it. Instants are epoch milliseconds. */

/** Of the queues `check` and `recheck`. */
export type AuditedJob = {
  readonly id: string
  readonly siteId: number
  readonly slotMs: number
  readonly cadenceSeconds: number
  readonly expireSeconds: number
  /** Each time that it was inserted as a new job, which should be one time. */
  readonly insertedAtMs: readonly number[]
  /** What became of it, in order. */
  readonly changes: readonly JobChange[]
}

export type JobChange = {
  readonly event: 'active' | 'retry' | 'completed' | 'failed' | 'cancelled' | 'deleted'
  readonly atMs: number
  readonly retryCount: number
}

type JobRow = {
  at: number
  tx: string
  job_id: string
  event: JobChange['event'] | 'created'
  retry_count: number
  expire_seconds: number
  site_id: number | null
  slot: number | null
  cadence_s: number | null
}

export async function readJobs(db: Db): Promise<readonly AuditedJob[]> {
  const { rows } = await sql<JobRow>`
    select ${ms('at')} as at, tx, job_id, event, retry_count, expire_seconds, (data->>'site_id')::int8 as site_id,
      (data->>'slot')::int8 as slot, (data->>'cadence_s')::int4 as cadence_s
    from chaos_job where queue in ('check', 'recheck') order by seq`.execute(db)
  return [...Map.groupBy(rows, (row) => row.job_id)].map(([id, ofJob]) => jobOf(id, ofJob))
}

function jobOf(id: string, rows: readonly JobRow[]): AuditedJob {
  const created = rows.filter(({ event }) => event === 'created')
  const [first] = created
  // To try a job again, the queue takes it out and puts it in again in one transaction.
  const putBack = new Set(
    rows.filter(({ event }) => event === 'retry' || event === 'failed').map(({ tx }) => tx),
  )
  return {
    id,
    siteId: first?.site_id ?? 0,
    slotMs: first?.slot ?? 0,
    cadenceSeconds: first?.cadence_s ?? 0,
    expireSeconds: rows[0]?.expire_seconds ?? 0,
    insertedAtMs: created.map(({ at }) => at),
    changes: rows.flatMap(({ event, at, tx, retry_count }) =>
      event === 'created' || (isTakenOut(event) && putBack.has(tx))
        ? []
        : [{ event, atMs: at, retryCount: retry_count }],
    ),
  }
}

function isTakenOut(event: JobRow['event']): boolean {
  return event === 'deleted' || event === 'completed'
}

/** A move of the hand: the slots `(fromMs, toMs]` got their jobs, of each site the newest. */
export type HandMove = { readonly fromMs: number; readonly toMs: number; readonly atMs: number }

export async function readHandMoves(db: Db): Promise<readonly HandMove[]> {
  const { rows } = await sql<HandMove>`
    select ${ms('from_slot')} as "fromMs", ${ms('to_slot')} as "toMs", ${ms('at')} as "atMs"
    from chaos_hand order by seq`.execute(db)
  return rows
}

/** A time in which the slots of a site were due. */
export type WatchedSpan = {
  readonly siteId: number
  readonly seconds: number
  readonly fromMs: number
  /** Null: still. */
  readonly untilMs: number | null
}

/** In order of site and time; what follows upon another without a change of slots is one. */
export async function readWatchedSpans(db: Db): Promise<readonly WatchedSpan[]> {
  const { rows } = await sql<WatchedSpan>`
    select site_id as "siteId", seconds, ${ms('from_at')} as "fromMs", ${ms('to_at')} as "untilMs"
    from site_config_history where watched order by site_id, from_at`.execute(db)
  const joined: WatchedSpan[] = []
  for (const span of rows) {
    const last = joined.at(-1)
    const goesOn =
      last?.siteId === span.siteId && last.seconds === span.seconds && last.untilMs === span.fromMs
    if (last !== undefined && goesOn) joined.pop()
    joined.push(last !== undefined && goesOn ? { ...span, fromMs: last.fromMs } : span)
  }
  return joined
}

/** Whether a site was watched, by one rule, for the whole of a time. */
export function isWatchedFor(spans: readonly WatchedSpan[], siteId: number, time: Span): boolean {
  return spans.some(
    (span) =>
      span.siteId === siteId &&
      span.fromMs <= time.fromMs &&
      (span.untilMs ?? time.untilMs) >= time.untilMs,
  )
}

/** Of ping_status, as it now stands. */
export type StoredRow = {
  readonly siteId: number
  readonly slotMs: number
  readonly checkedAtMs: number
  readonly result: Outcome
  readonly failure: string | null
  readonly message: string | null
  readonly worker: string
  /** The shortest of its durations; null: none was measured. */
  readonly leastMs: number | null
}

export async function readRows(db: Db): Promise<readonly StoredRow[]> {
  const { rows } = await sql<StoredRow>`
    select site_id as "siteId", ${ms('slot')} as "slotMs", ${ms('checked_at')} as "checkedAtMs", result, failure, message,
      worker, least(latency_ms, dns_ms, connect_ms, tls_ms, ttfb_ms)::float8 as "leastMs"
    from ping_status order by site_id, slot`.execute(db)
  return rows
}

/** A row of history coming, being changed or going. */
export type RowEvent = {
  readonly event: 'stored' | 'changed' | 'deleted'
  readonly atMs: number
  readonly siteId: number
  readonly slotMs: number
  readonly occasion: string
}

export async function readRowEvents(db: Db): Promise<readonly RowEvent[]> {
  const { rows } = await sql<RowEvent>`
    select event, ${ms('at')} as "atMs", site_id as "siteId", ${ms('slot')} as "slotMs", occasion
    from chaos_row order by seq`.execute(db)
  return rows
}

export type OutageEvent = {
  readonly event: 'opened' | 'changed' | 'retracted'
  readonly atMs: number
  readonly id: string
  readonly siteId: number
  readonly startedAtMs: number
  readonly endedAtMs: number | null
}

export async function readOutageEvents(db: Db): Promise<readonly OutageEvent[]> {
  const { rows } = await sql<OutageEvent>`
    select event, ${ms('at')} as "atMs", id, site_id as "siteId", ${ms('started_at')} as "startedAtMs",
      ${ms('ended_at')} as "endedAtMs" from chaos_outage order by seq`.execute(db)
  return rows
}

/** As it now stands. */
export type StoredOutage = {
  readonly id: string
  readonly siteId: number
  readonly startedAtMs: number
  readonly openedSlotMs: number
  readonly detectedAtMs: number
  readonly endedAtMs: number | null
  readonly closedSlotMs: number | null
  readonly heldBy: string | null
}

export async function readOutages(db: Db): Promise<readonly StoredOutage[]> {
  const { rows } = await sql<StoredOutage>`
    select id, site_id as "siteId", ${ms('started_at')} as "startedAtMs", ${ms('opened_slot')} as "openedSlotMs",
      ${ms('detected_at')} as "detectedAtMs", ${ms('ended_at')} as "endedAtMs", ${ms('closed_slot')} as "closedSlotMs",
      held_by as "heldBy" from outages order by site_id, started_at`.execute(db)
  return rows
}

/** About an outage. */
export type StoredNotification = {
  readonly outageId: string
  readonly kind: string
  readonly recipient: string
  readonly messageId: string
  readonly attempts: number
  readonly outcome: 'sent' | 'failed' | 'waiting'
}

export async function readNotifications(db: Db): Promise<readonly StoredNotification[]> {
  const { rows } = await sql<StoredNotification>`
    select outage_id as "outageId", kind, recipient, message_id as "messageId", attempts,
      case when sent_at is not null then 'sent' when failed_at is not null then 'failed' else 'waiting' end as outcome
    from notifications where outage_id is not null order by id`.execute(db)
  return rows
}

export type StoredDeadLetter = {
  readonly place: string | null
  readonly reason: string
  readonly receivedAtMs: number
}

/** Of the stream, by `partition/offset`. */
export async function readDeadLetters(db: Db): Promise<readonly StoredDeadLetter[]> {
  const { rows } = await sql<StoredDeadLetter>`
    select partition || '/' || kafka_offset as place, reason, ${ms('received_at')} as "receivedAtMs"
    from dead_letter where topic <> 'email' order by id`.execute(db)
  return rows
}

/** Sites that are there at the end. */
export async function readSiteIds(db: Db): Promise<ReadonlySet<number>> {
  const { rows } = await sql<{ id: number }>`select id from site_config`.execute(db)
  return new Set(rows.map(({ id }) => id))
}

function ms(column: string) {
  return sql`(extract(epoch from ${sql.ref(column)}) * 1000)::float8`
}
