import type { LoadedColumn } from '#db/loaded-columns.ts'
import { valueOperators } from '#shared/domain/check.ts'

/** How one column is asked for. `lines`: a list, one item a line. */
export type FormField = {
  readonly column: LoadedColumn
  readonly label: string
  readonly input: 'text' | 'area' | 'lines' | 'number' | 'flag' | 'choice'
  readonly hint?: string
  /** What an empty field means. */
  readonly placeholder?: string
  /** Of a choice; of `cadence` they are in the database. The first is the default. */
  readonly options?: readonly string[]
  /** Of a flag. Default false. */
  readonly isOn?: boolean
}

export type FormGroup = {
  readonly title: string
  readonly isOpen: boolean
  readonly fields: readonly FormField[]
}

const secretHint = 'the name of a file in SECRETS_DIR'

/** Every column of a site, the usual ones first. A test holds it against the list of columns. */
export const formGroups: readonly FormGroup[] = [
  {
    title: 'What is watched',
    isOpen: true,
    fields: [
      {
        column: 'url',
        label: 'Address',
        input: 'text',
        placeholder: 'https://example.com/health',
        hint: 'also tcp://host:port, tls://host, dns:name?type=A, icmp://host, and heartbeat:new for a job that calls us',
      },
      { column: 'name', label: 'Name', input: 'text', hint: 'how emails and reports call it' },
      { column: 'cadence', label: 'Every', input: 'choice' },
      { column: 'tags', label: 'Tags', input: 'lines', hint: 'one a line' },
      { column: 'enabled', label: 'It is checked', input: 'flag', isOn: true },
    ],
  },
  {
    title: 'Who is told, and when',
    isOpen: true,
    fields: [
      {
        column: 'alert_emails',
        label: 'Emails to',
        input: 'lines',
        hint: 'one a line; empty: whom ALERT_EMAIL_TO names',
      },
      {
        column: 'failure_threshold',
        label: 'Down after',
        input: 'number',
        placeholder: '2',
        hint: 'failed checks in a row, 1 to 10',
      },
      {
        column: 'recovery_threshold',
        label: 'Up again after',
        input: 'number',
        placeholder: '2',
        hint: 'good checks in a row, 1 to 10',
      },
      {
        column: 'recheck_after_s',
        label: 'Second look after (seconds)',
        input: 'number',
        placeholder: '10',
        hint: 'after the first result that contradicts the state; 0: at the next slot',
      },
    ],
  },
  {
    title: 'What counts as up',
    isOpen: false,
    fields: [
      {
        column: 'expected_status',
        label: 'Status codes',
        input: 'text',
        placeholder: '200-299',
        hint: 'codes and ranges: 200-299,301',
      },
      { column: 'body_contains', label: 'The body contains', input: 'area' },
      { column: 'body_not_contains', label: 'The body does not contain', input: 'area' },
      { column: 'json_path', label: 'JSON path', input: 'text', placeholder: 'data.items[0].id' },
      {
        column: 'body_regex',
        label: 'Regular expression',
        input: 'area',
        hint: 'RE2, instead of a JSON path; its first group is the value',
      },
      {
        column: 'value_operator',
        label: 'The value is compared by',
        input: 'choice',
        options: valueOperators,
      },
      { column: 'expected_value', label: 'With', input: 'area' },
      {
        column: 'expected_headers',
        label: 'Headers of the answer',
        input: 'area',
        hint: 'JSON: names to a regex, or to null where being there is enough',
        placeholder: '{"content-type": "json"}',
      },
      {
        column: 'conditions',
        label: 'Conditions',
        input: 'area',
        hint: 'one a line',
        placeholder: '[RESPONSE_TIME] < 500',
      },
      { column: 'body_bytes_min', label: 'At least (bytes)', input: 'number' },
      { column: 'body_bytes_max', label: 'At most (bytes)', input: 'number' },
      {
        column: 'heartbeat_max_age_s',
        label: 'The job calls at least every (seconds)',
        input: 'number',
        hint: 'of heartbeats alone',
      },
    ],
  },
  {
    title: 'The request',
    isOpen: false,
    fields: [
      {
        column: 'method',
        label: 'Method',
        input: 'choice',
        options: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      },
      {
        column: 'headers',
        label: 'Headers',
        input: 'area',
        hint: 'JSON: names to texts; a secret as {{secret:NAME}}',
        placeholder: '{"accept": "application/json"}',
      },
      { column: 'body', label: 'Body', input: 'area', hint: 'at most 64 KiB' },
      { column: 'host_header', label: 'Host header', input: 'text' },
      { column: 'timeout_ms', label: 'Timeout (ms)', input: 'number', placeholder: '10000' },
      { column: 'max_redirects', label: 'Redirects at most', input: 'number', placeholder: '5' },
      {
        column: 'ip_family',
        label: 'Addresses',
        input: 'choice',
        options: ['any', 'ipv4', 'ipv6'],
      },
      { column: 'http_version', label: 'HTTP', input: 'choice', options: ['1.1', '2', 'auto'] },
      {
        column: 'kind',
        label: 'Kind',
        input: 'choice',
        options: ['', 'http', 'tcp', 'tls', 'dns', 'icmp', 'heartbeat'],
        hint: 'empty: by the address',
      },
      { column: 'basic_auth_user', label: 'User', input: 'text' },
      {
        column: 'basic_auth_password_secret',
        label: 'Secret of the password',
        input: 'text',
        hint: secretHint,
      },
      {
        column: 'bearer_token_secret',
        label: 'Secret of the bearer token',
        input: 'text',
        hint: secretHint,
      },
    ],
  },
  {
    title: 'Certificates',
    isOpen: false,
    fields: [
      { column: 'verify_tls', label: 'Certificates are verified', input: 'flag', isOn: true },
      {
        column: 'cert_days_min',
        label: 'Valid for (days) at least',
        input: 'number',
        hint: 'fewer are a failure',
      },
      { column: 'tls_server_name', label: 'Name it is for', input: 'text' },
      { column: 'tls_ca_file', label: 'Roots', input: 'text', hint: secretHint },
      {
        column: 'tls_client_cert_file',
        label: 'Client certificate',
        input: 'text',
        hint: secretHint,
      },
      { column: 'tls_client_key_file', label: 'Its key', input: 'text', hint: secretHint },
    ],
  },
  {
    title: 'Promises and the status page',
    isOpen: false,
    fields: [
      {
        column: 'slo_target',
        label: 'Availability promised (%)',
        input: 'number',
        placeholder: '99.9',
      },
      { column: 'sla_ms', label: 'Answer within (ms)', input: 'number' },
      { column: 'sla_is_failure', label: 'Slower is a failure', input: 'flag' },
      {
        column: 'published',
        label: 'The status page shows it',
        input: 'flag',
        hint: 'under its public name, never with its address',
      },
      { column: 'public_name', label: 'Public name', input: 'text', hint: 'empty: its name' },
      { column: 'page_group', label: 'Heading on the page', input: 'text' },
    ],
  },
]

export const formFields: readonly FormField[] = formGroups.flatMap(({ fields }) => fields)
