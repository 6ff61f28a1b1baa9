import type { Row } from './schema.ts'

/** The columns of a site that a file may set, each with its type in SQL: the one list of them. */
const columnTypes = {
  name: 'text',
  url: 'text',
  kind: 'text',
  cadence: 'text',
  enabled: 'boolean',
  method: 'text',
  headers: 'jsonb',
  body: 'text',
  timeout_ms: 'int',
  max_redirects: 'int',
  basic_auth_user: 'text',
  basic_auth_password_secret: 'text',
  bearer_token_secret: 'text',
  host_header: 'text',
  verify_tls: 'boolean',
  tls_server_name: 'text',
  tls_ca_file: 'text',
  tls_client_cert_file: 'text',
  tls_client_key_file: 'text',
  ip_family: 'text',
  http_version: 'text',
  expected_status: 'text',
  expected_headers: 'jsonb',
  body_contains: 'text',
  body_not_contains: 'text',
  json_path: 'text',
  body_regex: 'text',
  value_operator: 'text',
  expected_value: 'text',
  body_bytes_min: 'int',
  body_bytes_max: 'int',
  cert_days_min: 'int',
  sla_ms: 'int',
  sla_is_failure: 'boolean',
  conditions: 'text',
  heartbeat_max_age_s: 'int',
  failure_threshold: 'int',
  recovery_threshold: 'int',
  recheck_after_s: 'int',
  alert_emails: 'text[]',
  tags: 'text[]',
  slo_target: 'float8',
  published: 'boolean',
  public_name: 'text',
  page_group: 'text',
} as const satisfies Partial<Record<keyof Row<'site_config'>, string>>

export type LoadedColumn = keyof typeof columnTypes

/** What a file may set of a site; `name` and `url` together say which site is meant. */
export type SiteValues = {
  readonly [Column in LoadedColumn]: Unchanging<Row<'site_config'>[Column]>
}

type Unchanging<T> = T extends readonly (infer Item)[] ? readonly Item[] : T

export const loadedColumns: readonly LoadedColumn[] = Object.keys(columnTypes).filter(isLoaded)

export function typeOf(column: LoadedColumn): string {
  return columnTypes[column]
}

function isLoaded(name: string): name is LoadedColumn {
  return Object.hasOwn(columnTypes, name)
}
