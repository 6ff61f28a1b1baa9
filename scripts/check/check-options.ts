import type { LoadedColumn } from '#db/loaded-columns.ts'
import {
  type CommandOption,
  helpOption,
  noColorOption,
  type OptionGroup,
} from '../command-shape.ts'

/** What an option says of the site, in the columns that `make load-data` reads as well. */
export type Saying =
  /** The column's value, as it would stand in a CSV. */
  | { readonly column: LoadedColumn; readonly as: 'text' }
  /** One line of several. */
  | { readonly column: 'conditions'; readonly as: 'line' }
  /** `Name: value`. */
  | { readonly column: 'headers'; readonly as: 'header' }
  /** `name`, or `name=regex`. */
  | { readonly column: 'expected_headers'; readonly as: 'expected_header' }
  /** The option has no value: that it is there says this. */
  | { readonly column: LoadedColumn; readonly as: 'true' | 'false' }

/** How the check is made or told, whatever the site. */
export type Manner = 'secrets_dir' | 'dns_servers' | 'allow_private_targets'
export type Telling = 'json' | 'no_color' | 'help'

export type CheckOption = CommandOption & {
  readonly says:
    | Saying
    | { readonly manner: Manner; readonly as: 'text' }
    | { readonly telling: Telling; readonly as: 'flag' }
}

function column(name: LoadedColumn, value: string, help: string): CheckOption {
  return { name: name.replaceAll('_', '-'), value, help, says: { column: name, as: 'text' } }
}

const howToAsk: readonly CheckOption[] = [
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

const secrets: readonly CheckOption[] = [
  column('basic_auth_user', 'USER', 'needs the next'),
  column('basic_auth_password_secret', 'NAME', 'a file of --secrets-dir'),
  column('bearer_token_secret', 'NAME', 'a file of --secrets-dir'),
  {
    name: 'secrets-dir',
    value: 'DIR',
    help: 'where secrets and PEM files are (default $SECRETS_DIR)',
    says: { manner: 'secrets_dir', as: 'text' },
  },
]

const tls: readonly CheckOption[] = [
  {
    name: 'no-verify-tls',
    value: null,
    help: 'an invalid certificate is told, and is no failure',
    says: { column: 'verify_tls', as: 'false' },
  },
  column('tls_server_name', 'NAME', 'the name that the certificate must be for'),
  column('tls_ca_file', 'NAME', 'PEM in --secrets-dir, in place of the usual roots'),
  column('tls_client_cert_file', 'NAME', 'PEM in --secrets-dir; needs the next'),
  column('tls_client_key_file', 'NAME', 'PEM in --secrets-dir'),
  column('cert_days_min', 'DAYS', 'the certificate must be valid for that many days more'),
]

const expectations: readonly CheckOption[] = [
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
  {
    name: 'sla-is-failure',
    value: null,
    help: 'slower is also a failure',
    says: { column: 'sla_is_failure', as: 'true' },
  },
  {
    name: 'condition',
    value: 'RULE',
    help: 'as in docs/conditions.md: \'[BODY].status == "OK"\'; may be given again',
    repeats: true,
    says: { column: 'conditions', as: 'line' },
  },
]

const fromHere: readonly CheckOption[] = [
  {
    name: 'dns-servers',
    value: 'LIST',
    help: 'address[:port],... in place of the system (default $DNS_SERVERS)',
    says: { manner: 'dns_servers', as: 'text' },
  },
  {
    name: 'allow-private-targets',
    value: 'true|false',
    help: 'loopback and private addresses (default $ALLOW_PRIVATE_TARGETS, else true)',
    says: { manner: 'allow_private_targets', as: 'text' },
  },
]

const output: readonly CheckOption[] = [
  {
    name: 'json',
    value: null,
    help: 'one JSON object (docs/cli.md)',
    says: { telling: 'json', as: 'flag' },
  },
  { ...noColorOption, says: { telling: 'no_color', as: 'flag' } },
  { ...helpOption, says: { telling: 'help', as: 'flag' } },
]

/** Every option of `uptick check`: what it reads and what its help shows. */
export const checkOptions: readonly OptionGroup<CheckOption>[] = [
  { title: 'How to ask', options: howToAsk },
  { title: 'Secrets, by the names of their files', options: secrets },
  { title: 'TLS', options: tls },
  { title: 'What must be true of the answer', options: expectations },
  { title: 'From where it is asked', options: fromHere },
  { title: 'Output', options: output },
]
