import type { ColumnType, Generated, GeneratedAlways, Selectable } from 'kysely'
import type { Failure } from '#shared/domain/failure.ts'
import type { Outcome } from '#shared/domain/result.ts'

/**
 * The tables as Kysely sees them; `db/migrations` is their source. `int8` arrives as a number:
 * ids stay far below 2^53.
 */
export type Database = {
  cadence: CadenceTable
  site_config: SiteConfigTable
  sites: SitesTable
  check_request: CheckRequestTable
  schedule_hand: ScheduleHandTable
  ping_status: PingStatusTable
  outages: OutagesTable
  notifications: NotificationsTable
  dead_letter: DeadLetterTable
}

/** A row as it is read. */
export type Row<Table extends keyof Database> = Selectable<Database[Table]>

type CadenceTable = { name: string; seconds: number }

type SiteConfigTable = {
  id: Generated<number>
  name: string | null
  url: string
  cadence: Generated<string>
  enabled: Generated<boolean>
  method: Generated<string>
  headers: ColumnType<Record<string, unknown>, string | undefined, string>
  body: string | null
  timeout_ms: Generated<number>
  max_redirects: Generated<number>
  verify_tls: Generated<boolean>
  expected_status: Generated<string>
  json_path: string | null
  body_regex: string | null
  expected_value: string | null
  sla_ms: number | null
  failure_threshold: Generated<number>
  recovery_threshold: Generated<number>
  alert_emails: Generated<string[]>
  tags: Generated<string[]>
  created_at: Generated<Date>
  updated_at: Generated<Date>
  validity: Generated<'pending' | 'valid' | 'invalid'>
  invalid_reason: string | null
  hash: GeneratedAlways<number>
}

type SitesTable = {
  site_id: number
  url: string
  status: Generated<'unknown' | 'up' | 'down'>
  status_since: Date | null
  last_slot: Date | null
  last_checked_at: Date | null
  last_result: Outcome | null
  last_failure: Failure | null
  last_status_code: number | null
  last_latency_ms: number | null
  streak: Generated<number>
  streak_since: Date | null
  cert_expires_at: Date | null
  last_updated: Generated<Date>
}

type CheckRequestTable = { site_id: number; requested_at: Generated<Date> }

type ScheduleHandTable = { only_row: Generated<boolean>; last_slot: Date }

type PingStatusTable = {
  site_id: number
  slot: Date
  checked_at: Date
  result: Outcome
  failure: Failure | null
  message: string | null
  status_code: number | null
  latency_ms: number | null
  dns_ms: number | null
  connect_ms: number | null
  tls_ms: number | null
  ttfb_ms: number | null
  response_bytes: number | null
  extracted_value: string | null
  sla_met: boolean | null
  worker: string
  late: Generated<boolean>
}

type OutagesTable = {
  id: string
  site_id: number
  started_at: Date
  detected_at: Date
  ended_at: Date | null
  failure: Failure
  message: string | null
  opened_slot: Date
  closed_slot: Date | null
}

type NotificationsTable = {
  id: GeneratedAlways<number>
  outage_id: string
  kind: 'outage' | 'recovery' | 'correction'
  channel: 'email'
  recipient: string
  queued_at: Generated<Date>
  sent_at: Date | null
  attempts: Generated<number>
  last_error: string | null
  message_id: string
  facts: ColumnType<Record<string, unknown>, string, never>
  claimed_until: Date | null
  failed_at: Date | null
}

type DeadLetterTable = {
  id: GeneratedAlways<number>
  topic: string
  partition: number | null
  kafka_offset: number | null
  value: string | null
  reason: string
  received_at: Generated<Date>
}
