import { sql } from 'kysely'
import type { CheckResult, Hop, Outcome } from '#shared/domain/result.ts'
import type { Db } from './connect.ts'
import type { Row } from './schema.ts'

/** How far around today there is a partition for every day: results of the last week, slots of the next. */
const DAYS_BEHIND = 7
const DAYS_AHEAD = 7

/** Makes the day partitions that are missing around today. Resolves to how many it made. */
export async function makePartitions(db: Db): Promise<number> {
  const { rows } = await sql<{ made: number }>`
    select make_ping_status_partitions(
      (now() at time zone 'utc')::date - ${sql.lit(DAYS_BEHIND)}::int,
      (now() at time zone 'utc')::date + ${sql.lit(DAYS_AHEAD)}::int) as made`.execute(db)
  return rows[0]?.made ?? 0
}

export type ResultRow = CheckResult & { readonly late: boolean }
export type SlotKey = { readonly siteId: number; readonly slotMs: number }

/**
 * Inserts results and resolves to those that were not there yet. Which these are is asked only where
 * some were: nearly always all are new.
 */
export async function insertResults(
  db: Db,
  rows: readonly ResultRow[],
): Promise<readonly SlotKey[]> {
  const column = <T>(pick: (row: ResultRow) => T) => sql.val(rows.map(pick))
  const { rows: answer } = await sql<{
    count: number
    keys: readonly (readonly number[])[] | null
  }>`
    with inserted as (insert into ping_status (site_id, slot, checked_at, result, failure, message, status_code, latency_ms,
      dns_ms, connect_ms, tls_ms, ttfb_ms, response_bytes, extracted_value, sla_met, worker, late, occasion,
      remote_address, http_version, hops)
    select site_id, to_timestamp(slot_ms / 1000), to_timestamp(checked_at_ms / 1000), result, failure, message,
      status_code, latency_ms, dns_ms, connect_ms, tls_ms, ttfb_ms, response_bytes, extracted_value, sla_met,
      worker, late, occasion, remote_address, http_version, hops::jsonb
    from unnest(
      ${column((row) => row.siteId)}::int8[], ${column((row) => row.slotMs)}::float8[],
      ${column((row) => row.checkedAtMs)}::float8[], ${column((row) => row.result)}::text[],
      ${column((row) => row.failure)}::text[], ${column((row) => row.message)}::text[],
      ${column((row) => row.statusCode)}::int[], ${column((row) => row.latencyMs)}::real[],
      ${column((row) => row.dnsMs)}::real[], ${column((row) => row.connectMs)}::real[],
      ${column((row) => row.tlsMs)}::real[], ${column((row) => row.ttfbMs)}::real[],
      ${column((row) => row.responseBytes)}::int[], ${column((row) => row.extractedValue)}::text[],
      ${column((row) => row.slaMet)}::bool[], ${column((row) => row.worker)}::text[],
      ${column((row) => row.late)}::bool[], ${column((row) => row.occasion)}::text[],
      ${column((row) => row.remoteAddress)}::text[], ${column((row) => row.httpVersion)}::text[],
      ${column((row) => (row.hops.length === 0 ? null : JSON.stringify(row.hops.map(hopColumns))))}::text[]
    ) as result (site_id, slot_ms, checked_at_ms, result, failure, message, status_code, latency_ms, dns_ms,
      connect_ms, tls_ms, ttfb_ms, response_bytes, extracted_value, sla_met, worker, late, occasion,
      remote_address, http_version, hops)
    on conflict (site_id, slot) do nothing
    returning site_id, slot)
    select count(*)::int as count, case when count(*) < ${rows.length}::int
      then jsonb_agg(jsonb_build_array(site_id, date_part('epoch', slot) * 1000)) end as keys
    from inserted`.execute(db)
  const [{ count = 0, keys = null } = {}] = answer
  if (count === rows.length) return rows
  return (keys ?? []).map(([siteId = 0, slotMs = 0]) => ({ siteId, slotMs: Math.round(slotMs) }))
}

/** Far more than from a failure to its second look. */
const CONFIRMED_WITHIN = sql`interval '10 minutes'`

/** A result that is not believed any more, and what to say instead. */
export type Retraction = SlotKey & { readonly message: string }

/**
 * Turns failed results into inconclusive ones, and resolves to those that were there as such. What
 * somebody else has seen as well, with nothing good in between, stands: `workers` are those who do
 * not count as somebody else.
 */
export async function retractResults(
  db: Db,
  retractions: readonly Retraction[],
  workers: readonly string[],
): Promise<readonly SlotKey[]> {
  if (retractions.length === 0) return []
  const { rows } = await sql<{ site_id: number; slot_ms: number }>`
    update ping_status p set result = 'inconclusive', failure = null,
      message = left(taken_back.message || coalesce(p.message, p.failure), 500)
    from unnest(
      ${sql.val(retractions.map(({ siteId }) => siteId))}::int8[],
      ${sql.val(retractions.map(({ slotMs }) => slotMs))}::float8[],
      ${sql.val(retractions.map(({ message }) => message))}::text[]) as taken_back (site_id, slot_ms, message)
    where p.site_id = taken_back.site_id and p.slot = to_timestamp(taken_back.slot_ms / 1000) and p.result = 'down'
      and not exists (
        select from ping_status other
        where other.site_id = p.site_id and other.result = 'down'
          and other.worker <> all (${sql.val([...workers])}::text[])
          and other.slot between p.slot - ${CONFIRMED_WITHIN} and p.slot + ${CONFIRMED_WITHIN}
          and not exists (
            select from ping_status good
            where good.site_id = p.site_id and good.result = 'up'
              and good.slot between least(p.slot, other.slot) and greatest(p.slot, other.slot)))
    returning p.site_id, (extract(epoch from p.slot) * 1000)::float8 as slot_ms`.execute(db)
  return rows.map((row) => ({ siteId: row.site_id, slotMs: Math.round(row.slot_ms) }))
}

/** A hop in the names of the columns beside it. */
function hopColumns(hop: Hop) {
  return {
    dns_ms: hop.dnsMs,
    connect_ms: hop.connectMs,
    tls_ms: hop.tlsMs,
    ttfb_ms: hop.ttfbMs,
    total_ms: hop.totalMs,
    status_code: hop.statusCode,
    remote_address: hop.remoteAddress,
  }
}

/** What the state machine, and an email that gives its evidence, need of a row. */
export type Seen = Pick<
  CheckResult,
  | 'siteId'
  | 'slotMs'
  | 'checkedAtMs'
  | 'result'
  | 'failure'
  | 'message'
  | 'statusCode'
  | 'latencyMs'
  | 'remoteAddress'
  | 'worker'
>

export type From = { readonly siteId: number; readonly fromSlotMs: number }

/** For each of these the site's results from that slot on, oldest first, at most `limit` of each. */
export async function resultsSince(
  db: Db,
  wanted: readonly From[],
  limit: number,
): Promise<readonly (readonly Seen[])[]> {
  if (wanted.length === 0) return []
  const { rows } = await sql<SeenRow & { place: number }>`
    select seen.*, wanted.place from unnest(
      ${sql.val(wanted.map((from) => from.siteId))}::int8[],
      ${sql.val(wanted.map((from) => from.fromSlotMs))}::float8[])
      with ordinality as wanted (site_id, from_ms, place)
    cross join lateral (
      select site_id, slot, checked_at, result, failure, message, status_code, latency_ms, remote_address, worker
      from ping_status p
      where p.site_id = wanted.site_id and p.slot >= to_timestamp(wanted.from_ms / 1000)
      order by p.slot limit ${limit}) as seen
    order by wanted.place, seen.slot`.execute(db)
  const byPlace = Map.groupBy(rows, (row) => row.place)
  return wanted.map((_, index) => (byPlace.get(index + 1) ?? []).map(toSeen))
}

/** The slot of a site's first or last result of a kind within `[fromMs, beforeMs)`, or null. */
export async function edgeSlotWith(
  db: Db,
  edge: 'first' | 'last',
  query: {
    readonly siteId: number
    readonly result: Outcome
    readonly fromMs: number
    readonly beforeMs: number
  },
): Promise<number | null> {
  const row = await db
    .selectFrom('ping_status')
    .select('slot')
    .where('site_id', '=', query.siteId)
    .where('result', '=', query.result)
    .where('slot', '>=', new Date(query.fromMs))
    .where('slot', '<', new Date(query.beforeMs))
    .orderBy('slot', edge === 'first' ? 'asc' : 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.slot.getTime() ?? null
}

type SeenRow = Pick<
  Row<'ping_status'>,
  | 'site_id'
  | 'slot'
  | 'checked_at'
  | 'result'
  | 'failure'
  | 'message'
  | 'status_code'
  | 'latency_ms'
  | 'remote_address'
  | 'worker'
>

function toSeen(row: SeenRow): Seen {
  return {
    siteId: row.site_id,
    slotMs: row.slot.getTime(),
    checkedAtMs: row.checked_at.getTime(),
    result: row.result,
    failure: row.failure,
    message: row.message,
    statusCode: row.status_code,
    latencyMs: row.latency_ms,
    remoteAddress: row.remote_address,
    worker: row.worker,
  }
}
