import type { ColumnType, Generated, GeneratedAlways, Selectable } from 'kysely'
import type {
  CheckKind,
  HttpVersionWanted,
  IpFamily,
  Occasion,
  ValueOperator,
} from '#shared/domain/check.ts'
import type { Failure } from '#shared/domain/failure.ts'
import type { Outcome } from '#shared/domain/result.ts'
import type { ApiKeysTable, IncidentsTable, IncidentUpdatesTable } from './page-tables.ts'
import type { SiteConfigHistoryTable } from './uptime-tables.ts'

/**
 * The tables as Kysely sees them; `db/migrations` is their source. `int8` arrives as a number:
 * ids stay far below 2^53.
 */
export type Database = {
  cadence: CadenceTable
  site_config: SiteConfigTable
  site_config_history: SiteConfigHistoryTable
  sites: SitesTable
  check_request: CheckRequestTable
  heartbeats: HeartbeatsTable
  schedule_hand: ScheduleHandTable
  ping_status: PingStatusTable
  outages: OutagesTable
  notifications: NotificationsTable
  maintenance: MaintenanceTable
  depends_on: DependsOnTable
  cert_warnings: CertWarningsTable
  incidents: IncidentsTable
  incident_updates: IncidentUpdatesTable
  api_keys: ApiKeysTable
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
  kind: Generated<CheckKind>
  basic_auth_user: string | null
  basic_auth_password_secret: string | null
  bearer_token_secret: string | null
  host_header: string | null
  tls_server_name: string | null
  tls_ca_file: string | null
  tls_client_cert_file: string | null
  tls_client_key_file: string | null
  ip_family: Generated<IpFamily>
  http_version: Generated<HttpVersionWanted>
  expected_headers: ColumnType<Record<string, unknown>, string | undefined, string>
  body_contains: string | null
  body_not_contains: string | null
  value_operator: Generated<ValueOperator>
  body_bytes_min: number | null
  body_bytes_max: number | null
  cert_days_min: number | null
  sla_is_failure: Generated<boolean>
  conditions: string | null
  recheck_after_s: Generated<number>
  heartbeat_max_age_s: number | null
  slo_target: number | null
  published: Generated<boolean>
  public_name: string | null
  page_group: string | null
  slug: Generated<string>
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
  last_message: string | null
  last_remote_address: string | null
  last_http_version: string | null
  last_worker: string | null
  cert_subject: string | null
  cert_issuer: string | null
  cert_fingerprint: string | null
  cert_error: string | null
  flapping_since: Date | null
  last_updated: Generated<Date>
}

type CheckRequestTable = {
  site_id: number
  requested_at: Generated<Date>
  not_before: Generated<Date>
  occasion: Generated<'request' | 'recheck'>
  avoid_worker: string | null
}

type HeartbeatsTable = {
  site_id: number
  waiting_since: Generated<Date>
  last_beat_at: Date | null
  last_status: 'up' | 'down' | null
  last_message: string | null
  last_ping_ms: number | null
  started_at: Date | null
}

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
  occasion: Generated<Occasion>
  remote_address: string | null
  http_version: string | null
  hops: unknown
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
  status_code: number | null
  remote_address: string | null
  excerpt: string | null
  held_by: 'maintenance' | 'dependency' | 'flapping' | null
  up_since: Date | null
  opened_by_topic: string | null
  opened_by_partition: number | null
  opened_by_offset: number | null
}

type NotificationsTable = {
  id: GeneratedAlways<number>
  outage_id: string | null
  cert_warning_id: string | null
  about_id: GeneratedAlways<string>
  kind: 'outage' | 'recovery' | 'correction' | 'flapping' | 'calm' | 'certificate'
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

type MaintenanceTable = {
  id: GeneratedAlways<number>
  title: string
  site_ids: Generated<number[]>
  tags: Generated<string[]>
  starts_at: Date | null
  ends_at: Date | null
  starts_local: string | null
  duration_minutes: number | null
  time_zone: string | null
  weekdays: number[] | null
  month_days: number[] | null
  first_day: Date | null
  last_day: Date | null
  created_at: Generated<Date>
  published: Generated<boolean>
}

type DependsOnTable = { site_id: number; parent_id: number }

type CertWarningsTable = {
  id: Generated<string>
  fingerprint: string
  days: number
  expires_at: Date
  warned_at: Generated<Date>
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
