import { type RawBuilder, sql } from 'kysely'
import type { Failure } from '#shared/domain/failure.ts'
import type { Outcome } from '#shared/domain/result.ts'
import type { Db } from './connect.ts'
import { conditionsOf, type FleetFilter, type FleetState, fleetState } from './fleet.ts'
import { type LoadedColumn, loadedColumns, type SiteValues } from './loaded-columns.ts'

/** A site with all that is set of it and what was last seen of it. Instants are epoch milliseconds. */
export type SiteRecord = {
  readonly id: number
  readonly slug: string
  /** As of `StoredSite`: another one after each change of what is set. */
  readonly version: string
  readonly values: SiteValues
  /** Its URL without the token of a heartbeat. */
  readonly maskedUrl: string
  readonly state: FleetState
  /** Of being up or down; null: neither yet. */
  readonly stateSinceMs: number | null
  readonly invalidReason: string | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly last: LastResult | null
  readonly certificate: ShownCertificate | null
}

export type LastResult = {
  readonly slotMs: number
  readonly checkedAtMs: number
  readonly result: Outcome
  readonly failure: Failure | null
  readonly message: string | null
  readonly statusCode: number | null
  readonly latencyMs: number | null
  readonly remoteAddress: string | null
  readonly httpVersion: string | null
  readonly worker: string | null
}

export type ShownCertificate = {
  readonly subject: string | null
  readonly issuer: string | null
  readonly fingerprint: string
  readonly expiresAtMs: number | null
  /** Why it is not trusted; null: it is. */
  readonly problem: string | null
}

const ms = (column: string) => sql`(extract(epoch from ${sql.ref(column)}) * 1000)::float8`

const columns = sql`c.id, c.slug, ((extract(epoch from c.updated_at) * 1000000)::bigint)::text as version,
  ${sql.join(loadedColumns.map((column) => sql.ref(`c.${column}`)))},
  s.url as "maskedUrl", ${fleetState} as state, ${ms('s.status_since')} as "stateSinceMs",
  c.invalid_reason as "invalidReason", ${ms('c.created_at')} as "createdAtMs", ${ms('c.updated_at')} as "updatedAtMs",
  case when s.last_result is not null then jsonb_build_object(
    'slotMs', ${ms('s.last_slot')}, 'checkedAtMs', ${ms('s.last_checked_at')}, 'result', s.last_result,
    'failure', s.last_failure, 'message', s.last_message, 'statusCode', s.last_status_code,
    'latencyMs', s.last_latency_ms, 'remoteAddress', s.last_remote_address,
    'httpVersion', s.last_http_version, 'worker', s.last_worker) end as last,
  case when s.cert_fingerprint is not null then jsonb_build_object(
    'subject', s.cert_subject, 'issuer', s.cert_issuer, 'fingerprint', s.cert_fingerprint,
    'expiresAtMs', ${ms('s.cert_expires_at')}, 'problem', s.cert_error) end as certificate`

const joined = sql`site_config c join sites s on s.site_id = c.id join cadence on cadence.name = c.cadence`

type RecordRow = SiteValues & Omit<SiteRecord, 'values'>

/** Sites in the order of their ids, from after one of them on: whoever is added meanwhile comes last. */
export async function readSiteRecords(
  db: Db,
  filter: FleetFilter,
  { afterId, limit }: { readonly afterId: number; readonly limit: number },
): Promise<readonly SiteRecord[]> {
  const { state } = filter
  const isWanted = state === null ? sql`true` : sql`${fleetState} = ${state}`
  const { rows } = await sql<RecordRow>`
    select ${columns} from ${joined}
    where c.id > ${afterId} and ${conditionsOf(filter)} and ${isWanted}
    order by c.id limit ${limit}`.execute(db)
  return rows.map(recordOf)
}

/** By its id or its slug; where a slug is also the id of another, the id counts. */
export async function readSiteRecord(db: Db, word: string): Promise<SiteRecord | null> {
  const { rows } = await sql<RecordRow>`select ${columns} from ${joined} ${calledSo(word)}`.execute(
    db,
  )
  return rows[0] === undefined ? null : recordOf(rows[0])
}

/** The id of the site that is called so. */
export async function findSiteId(db: Db, word: string): Promise<number | null> {
  const { rows } = await sql<{ id: number }>`
    select c.id from site_config c ${calledSo(word)}`.execute(db)
  return rows[0]?.id ?? null
}

function calledSo(word: string): RawBuilder<unknown> {
  const id = /^\d{1,15}$/.test(word) ? Number(word) : null
  // A text that Postgres could not even compare is nobody's slug.
  const slug = /^[a-z0-9-]{1,64}$/.test(word) ? word : null
  return sql`where c.id = ${id}::int8 or c.slug = ${slug}::text
    order by c.id is not distinct from ${id}::int8 desc limit 1`
}

function recordOf(row: RecordRow): SiteRecord {
  const record = Object.entries(row).filter(([name]) => !isColumn(name))
  const values = loadedColumns.map((column) => [column, row[column]] as const)
  // The row has exactly the columns and the fields of a record.
  return Object.fromEntries([...record, ['values', Object.fromEntries(values)]]) as SiteRecord
}

function isColumn(name: string): name is LoadedColumn {
  return loadedColumns.some((column) => column === name)
}
