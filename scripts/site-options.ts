import type { LoadedColumn } from '#db/loaded-columns.ts'
import type { CommandOption } from './command-shape.ts'

/** What an option says of a site, in the columns that files have as well. */
export type Saying =
  /** The column's value, as it would stand in a CSV. */
  | { readonly column: LoadedColumn; readonly as: 'text' }
  /** One line of several. */
  | { readonly column: 'conditions'; readonly as: 'line' }
  /** One item of a list. */
  | { readonly column: 'alert_emails' | 'tags'; readonly as: 'item' }
  /** `Name: value`. */
  | { readonly column: 'headers'; readonly as: 'header' }
  /** `name`, or `name=regex`. */
  | { readonly column: 'expected_headers'; readonly as: 'expected_header' }
  /** The option has no value: that it is there says this. */
  | { readonly column: LoadedColumn; readonly as: 'true' | 'false' }

export type SiteOption = CommandOption & { readonly says: Saying }

function column(name: LoadedColumn, value: string, help: string): SiteOption {
  return { name: name.replaceAll('_', '-'), value, help, says: { column: name, as: 'text' } }
}

function flag(name: string, column: LoadedColumn, as: 'true' | 'false', help: string): SiteOption {
  return { name, value: null, help, says: { column, as } }
}

function item(
  name: string,
  value: string,
  column: 'alert_emails' | 'tags',
  help: string,
): SiteOption {
  return { name, value, help, repeats: true, says: { column, as: 'item' } }
}

export const howToAsk: readonly SiteOption[] = [
  column('kind', 'KIND', 'http, tcp, tls, dns or icmp; the URL says it as well'),
  column('method', 'METHOD', 'GET HEAD POST PUT PATCH DELETE OPTIONS (default GET)'),
  {
    name: 'header',
    value: "'NAME: VALUE'",
    help: 'a header to send; may be given again',
    repeats: true,
    says: { column: 'headers', as: 'header' },
  },
  column('body', 'TEXT', 'what to send; not with GET or HEAD'),
  column('timeout_ms', 'MS', 'for the whole check, 100 to 60000 (default 10000)'),
  column('max_redirects', 'N', '0 to 20; 0: a redirect is an answer (default 5)'),
  column('ip_family', 'FAMILY', 'any, ipv4 or ipv6 (default any)'),
  column('http_version', 'VERSION', '1.1, 2 or auto (default 1.1)'),
  column('host_header', 'HOST[:PORT]', "in place of the URL's"),
]

export const credentials: readonly SiteOption[] = [
  column('basic_auth_user', 'USER', 'needs the next'),
  column('basic_auth_password_secret', 'NAME', 'a file in the folder of secrets'),
  column('bearer_token_secret', 'NAME', 'a file in the folder of secrets'),
]

export const tls: readonly SiteOption[] = [
  flag('no-verify-tls', 'verify_tls', 'false', 'an invalid certificate is told, and is no failure'),
  column('tls_server_name', 'NAME', 'the name that the certificate must be for'),
  column('tls_ca_file', 'NAME', 'PEM in the folder of secrets, in place of the usual roots'),
  column('tls_client_cert_file', 'NAME', 'PEM in the same; needs the next'),
  column('tls_client_key_file', 'NAME', 'PEM in the same'),
  column('cert_days_min', 'DAYS', 'the certificate must be valid for that many days more'),
]

export const expectations: readonly SiteOption[] = [
  column('expected_status', 'CODES', 'codes and ranges, 200-299,301 (default 200-299)'),
  {
    name: 'expected-header',
    value: 'NAME[=REGEX]',
    help: 'must be there, and match; may be given again',
    repeats: true,
    says: { column: 'expected_headers', as: 'expected_header' },
  },
  column('body_contains', 'TEXT', 'must be in the body'),
  column('body_not_contains', 'TEXT', 'must not be'),
  column('json_path', 'PATH', 'a value of a JSON body, data.items[0].id; it must be there'),
  column('body_regex', 'REGEX', 'RE2, must match; its first group is the value'),
  column('value_operator', 'OPERATOR', '== != < <= > >= contains exists (default ==)'),
  column('expected_value', 'VALUE', 'with which the value is compared'),
  column('body_bytes_min', 'BYTES', '0 to 1048576'),
  column('body_bytes_max', 'BYTES', '0 to 1048576'),
  column('sla_ms', 'MS', 'slower is told'),
  flag('sla-is-failure', 'sla_is_failure', 'true', 'slower is also a failure'),
  {
    name: 'condition',
    value: 'RULE',
    help: 'as in docs/conditions.md: \'[BODY].status == "OK"\'; may be given again',
    repeats: true,
    says: { column: 'conditions', as: 'line' },
  },
]

/** Of a site that is watched, beside what a check by hand asks for. */
export const watching: readonly SiteOption[] = [
  column('name', 'NAME', 'what people call it'),
  column('cadence', 'NAME', '1m, 5m, 10m, 1h, or one of yours (default 5m)'),
  flag('disabled', 'enabled', 'false', 'do not watch it yet'),
  column('heartbeat_max_age_s', 'SECONDS', 'how long its job may be silent; heartbeats alone'),
  item('tag', 'TAG', 'tags', 'may be given again'),
]

export const alerting: readonly SiteOption[] = [
  column('failure_threshold', 'N', 'so many failures in a row are an outage, 1 to 10 (default 2)'),
  column('recovery_threshold', 'N', 'so many good checks in a row end it, 1 to 10 (default 2)'),
  column('recheck_after_s', 'SECONDS', 'a second look after that, 0: none (default 10)'),
  item('alert-email', 'ADDRESS', 'alert_emails', 'in place of ALERT_EMAIL_TO; may be given again'),
]

export const publishing: readonly SiteOption[] = [
  column('slo_target', 'PERCENT', 'what is promised: 99.9'),
  flag('published', 'published', 'true', 'show it on the status page'),
  column('public_name', 'NAME', 'what it is called there (default: its name)'),
  column('page_group', 'HEADING', 'the heading under which it stands there'),
]
