import type { CommandShape } from '../command-shape.ts'
import { checkOptions } from './check-options.ts'

const URLS = `URL
  https://host/path, http://...       a page must answer
  tcp://host:port                     a port must accept a connection
  tls://host, tls://host:port         a certificate must be valid
  dns:name?type=MX, dns://server/name a record must be there
  icmp://host                         a host must answer a ping`

export const checkShape: CommandShape = {
  name: 'check',
  summary: 'look at a site once, as a worker would',
  about: ['Looks at a site once, as a worker would, without database and queue.', URLS],
  words: { name: 'URL', min: 1, max: 1 },
  groups: checkOptions,
  examples: [
    'uptick check https://example.com --cert-days-min 14',
    `uptick check https://example.com/health --condition '[BODY].status == "OK"' --sla-ms 500`,
    "uptick check 'dns:example.com?type=MX' --expected-value '10 mail.example.com' --json",
  ],
  exitCodes: '0 up, 1 down, 2 wrong usage, 3 inconclusive (a fault of ours), 70 a bug',
}
