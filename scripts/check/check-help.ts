import { type CheckOption, checkOptions } from './check-options.ts'

const NAME_WIDTH = 36

const USAGE = `usage: uptick check URL [options]

Looks at a site once, as a worker would, without database and queue.`

const URLS = `URL
  https://host/path, http://...       a page must answer
  tcp://host:port                     a port must accept a connection
  tls://host, tls://host:port         a certificate must be valid
  dns:name?type=MX, dns://server/name a record must be there
  icmp://host                         a host must answer a ping`

const EXAMPLES = `Examples
  uptick check https://example.com --cert-days-min 14
  uptick check https://example.com/health --condition '[BODY].status == "OK"' --sla-ms 500
  uptick check 'dns:example.com?type=MX' --expected-value '10 mail.example.com' --json`

const EXIT_CODES = `Exit codes
  0 up, 1 down, 2 wrong usage, 3 inconclusive (a fault of ours), 70 a bug`

/** What `uptick check --help` prints, from the table of its options. Pure. */
export function checkHelp(): string {
  const groups = checkOptions.map(({ title, options }) =>
    [title, ...options.map(optionLine)].join('\n'),
  )
  return `${[USAGE, URLS, ...groups, EXAMPLES, EXIT_CODES].join('\n\n')}\n`
}

function optionLine({ name, value, help }: CheckOption): string {
  const left = `  --${name}${value === null ? '' : ` ${value}`}`
  return `${left.padEnd(NAME_WIDTH + 2)}${help}`
}
