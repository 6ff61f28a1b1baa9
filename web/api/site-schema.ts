import { type LoadedColumn, loadedColumns } from '#db/loaded-columns.ts'
import { checkKinds, valueOperators } from '#shared/domain/check.ts'
import type { JsonSchema } from './parameter.ts'

/**
 * What each setting of a site is, for those who read the OpenAPI document. The rules are enforced
 * elsewhere (`site-file/read-site-values.ts`); a test holds the two together, bound by bound.
 */
export const columnSchemas: Readonly<Record<LoadedColumn, JsonSchema>> = {
  name: text(200, 'How emails and pages call it; null: its URL.'),
  url: {
    type: 'string',
    maxLength: 2_048,
    description: 'What to check, in the form of its kind. No user and password in it.',
    examples: [
      'https://shop.example.com/health',
      'tcp://db.example.com:5432',
      'dns:example.com?type=MX',
    ],
  },
  kind: {
    enum: checkKinds,
    default: 'http',
    description: 'By the scheme of the URL: need not be given.',
  },
  cadence: {
    type: 'string',
    default: '5m',
    description: 'How often: the name of a row of cadence. 1m, 5m, 10m and 1h are there.',
  },
  enabled: flag(true, 'False: it is kept, and not checked.'),
  method: {
    enum: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    default: 'GET',
    description: 'Of HTTP.',
  },
  headers: map('At most 32. {{secret:NAME}} in a value stands for a file of SECRETS_DIR.', {
    type: ['string', 'number'],
  }),
  body: text(65_536, 'At most 64 KiB: what is sent. For HTTP not with GET or HEAD.'),
  timeout_ms: whole(100, 60_000, 10_000, 'For the whole probe.'),
  max_redirects: whole(0, 20, 5, '0: a redirect is an answer like any other.'),
  basic_auth_user: text(200, 'Without colons; needs basic_auth_password_secret.'),
  basic_auth_password_secret: secret('The password: the name of a file of SECRETS_DIR.'),
  bearer_token_secret: secret('The token: the name of a file of SECRETS_DIR.'),
  host_header: text(255, 'In place of the host of the URL in the request.'),
  verify_tls: flag(true, 'False: an invalid certificate is noted and is no failure.'),
  tls_server_name: text(
    253,
    'The name that the certificate must be for; null: the host of the URL.',
  ),
  tls_ca_file: secret('PEM in place of the usual roots: the name of a file of SECRETS_DIR.'),
  tls_client_cert_file: secret('PEM; with tls_client_key_file or not at all.'),
  tls_client_key_file: secret('PEM; with tls_client_cert_file or not at all.'),
  ip_family: {
    enum: ['any', 'ipv4', 'ipv6'],
    default: 'any',
    description: 'Only such addresses of the name.',
  },
  http_version: {
    enum: ['1.1', '2', 'auto'],
    default: '1.1',
    description: '2: HTTP/2 or failed; auto: what the server prefers.',
  },
  expected_status: {
    type: 'string',
    maxLength: 500,
    default: '200-299',
    description: 'Codes and ranges.',
    examples: ['200-299,301'],
  },
  expected_headers: map(
    'Names to a regex (RE2) that one of its values must match; an empty one: being there is enough.',
    { type: ['string', 'null'] },
  ),
  body_contains: text(1_000, 'A text that must be in the body.'),
  body_not_contains: text(1_000, 'A text that must not be in the body.'),
  json_path: text(1_000, 'A value of a JSON body, such as data.items[0].id: it must be there.'),
  body_regex: text(
    1_000,
    'RE2, in place of json_path: the first group is the value. It must match.',
  ),
  value_operator: {
    enum: valueOperators,
    default: '==',
    description: 'How the value is compared.',
  },
  expected_value: text(1_000, 'With what it is compared; null: it is only stored.'),
  body_bytes_min: optionalWhole(0, 1_048_576, 'The body must have as many bytes.'),
  body_bytes_max: optionalWhole(0, 1_048_576, 'The body may have as many bytes.'),
  cert_days_min: optionalWhole(0, 3_650, 'The certificate must be valid for as many days.'),
  sla_ms: optionalWhole(1, 2_147_483_647, 'Slower is stored as sla_met: false.'),
  sla_is_failure: flag(false, 'True: slower than sla_ms is a failure.'),
  conditions: text(4_000, 'Rules in one line each, such as [STATUS] == 200.'),
  heartbeat_max_age_s: optionalWhole(
    1,
    31_536_000,
    'Heartbeats alone: how long ago the last call may be; null: two cadences.',
  ),
  failure_threshold: whole(1, 10, 2, 'Failed results in a row that make an outage.'),
  recovery_threshold: whole(1, 10, 2, 'Good results in a row that end it.'),
  recheck_after_s: whole(
    0,
    3_600,
    10,
    'How soon to look again after a result that contradicts the status; 0: at the next slot.',
  ),
  alert_emails: list(254, 'Who is told; none: ALERT_EMAIL_TO.'),
  tags: list(100, 'Yours.'),
  slo_target: {
    type: ['number', 'null'],
    exclusiveMinimum: 0,
    exclusiveMaximum: 100,
    default: null,
    description: 'Per cent of the time that is promised.',
    examples: [99.9],
  },
  published: flag(false, 'Whether the status page, its feeds and badges show it.'),
  public_name: text(200, 'How it is called there; null: its name.'),
  page_group: text(100, 'The heading under which it stands there.'),
}

/** As the column's constraint. */
export const slugPattern = /^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/

/** Set by the API, and not in files. */
const slugSchema: JsonSchema = {
  type: 'string',
  pattern: slugPattern.source,
  description:
    'What it is called in the addresses of pages and badges; without one it is given one.',
}

export const settingSchemas: Readonly<Record<string, JsonSchema>> = {
  ...Object.fromEntries(loadedColumns.map((column) => [column, columnSchemas[column]])),
  slug: slugSchema,
}

function text(maxLength: number, description: string): JsonSchema {
  return { type: ['string', 'null'], maxLength, default: null, description }
}

function secret(description: string): JsonSchema {
  const pattern = '^[A-Za-z0-9][A-Za-z0-9_.-]*$'
  return { type: ['string', 'null'], pattern, maxLength: 100, default: null, description }
}

function flag(value: boolean, description: string): JsonSchema {
  return { type: 'boolean', default: value, description }
}

function whole(minimum: number, maximum: number, value: number, description: string): JsonSchema {
  return { type: 'integer', minimum, maximum, default: value, description }
}

function optionalWhole(minimum: number, maximum: number, description: string): JsonSchema {
  return { type: ['integer', 'null'], minimum, maximum, default: null, description }
}

function list(maxLength: number, description: string): JsonSchema {
  return {
    type: 'array',
    items: { type: 'string', maxLength },
    maxItems: 100,
    default: [],
    description,
  }
}

function map(description: string, values: JsonSchema): JsonSchema {
  return { type: 'object', additionalProperties: values, default: {}, description }
}
