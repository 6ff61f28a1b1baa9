import {
  type CommandOption,
  helpOption,
  noColorOption,
  type OptionGroup,
} from '../command-shape.ts'
import { credentials, expectations, howToAsk, type SiteOption, tls } from '../site-options.ts'

/** How the check is made or told, whatever the site. */
export type Manner = 'secrets_dir' | 'dns_servers' | 'allow_private_targets'
export type Telling = 'json' | 'no_color' | 'help'

export type CheckOption =
  | SiteOption
  | (CommandOption & {
      readonly says:
        | { readonly manner: Manner; readonly as: 'text' }
        | { readonly telling: Telling; readonly as: 'flag' }
    })

const secrets: readonly CheckOption[] = [
  ...credentials,
  {
    name: 'secrets-dir',
    value: 'DIR',
    help: 'where secrets and PEM files are (default $SECRETS_DIR)',
    says: { manner: 'secrets_dir', as: 'text' },
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
