import { sql } from 'kysely'
import type { Failure } from '#shared/domain/failure.ts'
import type { CheckResult, Hop } from '#shared/domain/result.ts'
import type { Db } from './connect.ts'
import type { NotificationKind } from './notifications.ts'
import type { AlertHold } from './outages.ts'
import type { Row } from './schema.ts'

/** An outage as it is stored, and what its site is called. Instants are epoch milliseconds. */
export type OutageFound = {
  readonly id: string
  readonly siteId: number
  readonly siteName: string
  /** Without the token of a heartbeat. */
  readonly siteUrl: string
  readonly startedAtMs: number
  readonly detectedAtMs: number
  readonly openedSlotMs: number
  readonly endedAtMs: number | null
  readonly closedSlotMs: number | null
  readonly failure: Failure
  readonly message: string | null
  readonly statusCode: number | null
  readonly remoteAddress: string | null
  readonly excerpt: string | null
  readonly heldBy: AlertHold | null
  readonly upSinceMs: number | null
  /** Where the record that opened it is; null: not known. */
  readonly openedBy: { topic: string; partition: number; offset: string } | null
}

export type Email = {
  readonly id: number
  readonly kind: NotificationKind
  readonly recipient: string
  readonly queuedAtMs: number
  readonly sentAtMs: number | null
  readonly failedAtMs: number | null
  readonly attempts: number
  readonly lastError: string | null
  readonly messageId: string
}

/** Something that lay over an outage when it was opened. */
export type Circumstance =
  | { readonly kind: 'maintenance'; readonly title: string }
  | {
      readonly kind: 'parent'
      readonly siteId: number
      readonly name: string
      readonly isDown: boolean
    }

const ms = (column: string) => sql`(extract(epoch from ${sql.ref(column)}) * 1000)::float8`

const outageColumns = sql`
  o.id, o.site_id as "siteId", coalesce(c.name, s.url) as "siteName", s.url as "siteUrl",
  ${ms('o.started_at')} as "startedAtMs", ${ms('o.detected_at')} as "detectedAtMs",
  ${ms('o.opened_slot')} as "openedSlotMs", ${ms('o.ended_at')} as "endedAtMs",
  ${ms('o.closed_slot')} as "closedSlotMs", o.failure, o.message, o.status_code as "statusCode",
  o.remote_address as "remoteAddress", o.excerpt, o.held_by as "heldBy", ${ms('o.up_since')} as "upSinceMs",
  case when o.opened_by_topic is not null then json_build_object('topic', o.opened_by_topic,
    'partition', o.opened_by_partition, 'offset', o.opened_by_offset::text) end as "openedBy"`

const FIRST_ID = '00000000-0000-0000-0000-000000000000'
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** The outages whose id begins like this, `limit` at most. The prefix must be of the form of an id. */
export async function outagesByPrefix(
  db: Db,
  prefix: string,
  limit: number,
): Promise<readonly OutageFound[]> {
  const from = prefix + FIRST_ID.slice(prefix.length)
  const to = prefix + LAST_ID.slice(prefix.length)
  const { rows } = await sql<OutageFound>`
    select ${outageColumns}
    from outages o join sites s on s.site_id = o.site_id join site_config c on c.id = o.site_id
    where o.id between ${from}::uuid and ${to}::uuid
    order by o.started_at desc limit ${limit}`.execute(db)
  return rows
}

export async function newestOutageOf(db: Db, siteId: number): Promise<OutageFound | null> {
  const { rows } = await sql<OutageFound>`
    select ${outageColumns}
    from outages o join sites s on s.site_id = o.site_id join site_config c on c.id = o.site_id
    where o.site_id = ${siteId}
    order by o.started_at desc limit 1`.execute(db)
  return rows[0] ?? null
}

/** A site's results whose slots lie in `[fromMs, toMs]`, oldest first: the first `limit`. */
export async function resultsBetween(
  db: Db,
  siteId: number,
  fromMs: number,
  toMs: number,
  limit: number,
): Promise<readonly CheckResult[]> {
  const rows = await db
    .selectFrom('ping_status')
    .selectAll()
    .where('site_id', '=', siteId)
    .where('slot', '>=', new Date(fromMs))
    .where('slot', '<=', new Date(toMs))
    .orderBy('slot')
    .limit(limit)
    .execute()
  return rows.map(toResult)
}

/** The last `limit` of a site's results in `[fromMs, beforeMs)`, oldest first. */
export async function resultsBefore(
  db: Db,
  siteId: number,
  fromMs: number,
  beforeMs: number,
  limit: number,
): Promise<readonly CheckResult[]> {
  const rows = await db
    .selectFrom('ping_status')
    .selectAll()
    .where('site_id', '=', siteId)
    .where('slot', '>=', new Date(fromMs))
    .where('slot', '<', new Date(beforeMs))
    .orderBy('slot', 'desc')
    .limit(limit)
    .execute()
  return rows.map(toResult).reverse()
}

/** What was sent, or is to be, about an outage, in the order of queueing. */
export async function emailsAbout(db: Db, outageId: string): Promise<readonly Email[]> {
  const { rows } = await sql<Email>`
    select id, kind, recipient, ${ms('queued_at')} as "queuedAtMs", ${ms('sent_at')} as "sentAtMs",
      ${ms('failed_at')} as "failedAtMs", attempts, last_error as "lastError", message_id as "messageId"
    from notifications where outage_id = ${outageId} order by id`.execute(db)
  return rows
}

/** Planned work that lay over a site at an instant, and what the site depends on. */
export async function circumstancesAt(
  db: Db,
  siteId: number,
  atMs: number,
): Promise<readonly Circumstance[]> {
  const at = new Date(atMs)
  const { rows: planned } = await sql<{ title: string }>`
    select m.title from maintenance m join site_config c on c.id = ${siteId}
    where ((m.site_ids = '{}' and m.tags = '{}') or c.id = any (m.site_ids) or m.tags && c.tags)
      and exists (select from maintenance_occurrences(m, ${at}))
    order by m.id`.execute(db)
  const { rows: parents } = await sql<{ siteId: number; name: string; isDown: boolean }>`
    select d.parent_id as "siteId", coalesce(c.name, s.url) as name,
      exists (select from outages o where o.site_id = d.parent_id
        and o.started_at <= ${at} and coalesce(o.ended_at, 'infinity') > ${at}) as "isDown"
    from depends_on d join site_config c on c.id = d.parent_id join sites s on s.site_id = d.parent_id
    where d.site_id = ${siteId} order by d.parent_id`.execute(db)
  return [
    ...planned.map(({ title }) => ({ kind: 'maintenance', title }) as const),
    ...parents.map((parent) => ({ kind: 'parent', ...parent }) as const),
  ]
}

/** As far as a row keeps it: the certificate, and how the answer began, are not in it. */
function toResult(row: Row<'ping_status'>): CheckResult {
  return {
    siteId: row.site_id,
    slotMs: row.slot.getTime(),
    occasion: row.occasion,
    checkedAtMs: row.checked_at.getTime(),
    result: row.result,
    failure: row.failure,
    message: row.message,
    statusCode: row.status_code,
    latencyMs: row.latency_ms,
    dnsMs: row.dns_ms,
    connectMs: row.connect_ms,
    tlsMs: row.tls_ms,
    ttfbMs: row.ttfb_ms,
    hops: hopsOf(row.hops),
    remoteAddress: row.remote_address,
    httpVersion: row.http_version,
    responseBytes: row.response_bytes,
    extractedValue: row.extracted_value,
    slaMet: row.sla_met,
    certExpiresAtMs: null,
    certificate: null,
    excerpt: null,
    worker: row.worker,
  }
}

type StoredHop = {
  readonly dns_ms: number | null
  readonly connect_ms: number | null
  readonly tls_ms: number | null
  readonly ttfb_ms: number | null
  readonly total_ms: number
  readonly status_code: number | null
  readonly remote_address: string | null
}

/** As ping-status.ts writes them. */
function hopsOf(stored: unknown): readonly Hop[] {
  if (!Array.isArray(stored)) return []
  return stored.map((hop: StoredHop) => ({
    dnsMs: hop.dns_ms,
    connectMs: hop.connect_ms,
    tlsMs: hop.tls_ms,
    ttfbMs: hop.ttfb_ms,
    totalMs: hop.total_ms,
    statusCode: hop.status_code,
    remoteAddress: hop.remote_address,
  }))
}
