import { isIPv6 } from 'node:net'
import type { SeenSite } from '#db/seen-sites.ts'

type Gauge = {
  readonly name: string
  readonly help: string
  /** Nothing where it does not apply to the site. */
  readonly read: (site: SeenSite) => readonly Value[]
}

/** The value, and labels of its own. */
type Value = { readonly value: number; readonly labels?: string }

const one = (value: number | null): readonly Value[] => (value === null ? [] : [{ value }])
const seconds = (ms: number | null) => (ms === null ? null : ms / 1_000)

/** As blackbox_exporter names them, so that its dashboards and alerts work with these as well. */
const gauges: readonly Gauge[] = [
  {
    name: 'probe_success',
    help: 'Whether the newest check was up (1) or down (0); nothing where we could not tell.',
    read: ({ result }) => (result === 'inconclusive' ? [] : one(result === 'up' ? 1 : 0)),
  },
  {
    name: 'probe_duration_seconds',
    help: 'How long the newest check took.',
    read: ({ latencyMs }) => one(seconds(latencyMs)),
  },
  {
    name: 'probe_http_status_code',
    help: 'Status of the answer.',
    read: ({ statusCode }) => one(statusCode),
  },
  {
    name: 'probe_http_duration_seconds',
    help: 'Phases of the newest check, each summed over all redirects.',
    read: (site) => (site.kind === 'http' ? phasesOf(site) : []),
  },
  {
    name: 'probe_http_redirects',
    help: 'How many redirects were followed.',
    read: ({ kind, hops, statusCode }) =>
      kind === 'http' && statusCode !== null ? one(Math.max(0, (hops ?? 1) - 1)) : [],
  },
  {
    name: 'probe_http_version',
    help: 'Version of HTTP that was spoken.',
    read: ({ httpVersion }) => (httpVersion === null ? [] : one(Number(httpVersion))),
  },
  {
    name: 'probe_http_ssl',
    help: 'Whether TLS was used.',
    read: ({ kind, statusCode, tlsMs }) =>
      kind === 'http' && statusCode !== null ? one(tlsMs === null ? 0 : 1) : [],
  },
  {
    name: 'probe_ssl_earliest_cert_expiry',
    help: 'When the first of its certificates expires, in seconds since 1970.',
    read: ({ certExpiresAtMs }) => one(seconds(certExpiresAtMs)),
  },
  {
    name: 'probe_dns_lookup_time_seconds',
    help: 'How long its name took to look up.',
    read: ({ dnsMs }) => one(seconds(dnsMs)),
  },
  {
    name: 'probe_ip_protocol',
    help: 'Whether IPv4 (4) or IPv6 (6) was spoken.',
    read: ({ remoteAddress }) => (remoteAddress === null ? [] : one(isIPv6(remoteAddress) ? 6 : 4)),
  },
  {
    name: 'probe_failure_info',
    help: 'Why the newest check was down; always 1.',
    read: ({ failure }) => (failure === null ? [] : [{ value: 1, labels: `reason="${failure}"` }]),
  },
]

function phasesOf({ latencyMs, dnsMs, connectMs, tlsMs, ttfbMs }: SeenSite): readonly Value[] {
  const soFarMs = (dnsMs ?? 0) + (connectMs ?? 0) + (tlsMs ?? 0) + (ttfbMs ?? 0)
  // Without a first byte there is nothing to transfer: the time went into what never came.
  const transferMs = latencyMs === null || ttfbMs === null ? null : latencyMs - soFarMs
  return [
    ...phase('resolve', dnsMs),
    ...phase('connect', connectMs),
    ...phase('tls', tlsMs),
    ...phase('processing', ttfbMs),
    ...phase('transfer', transferMs),
  ]
}

function phase(name: string, ms: number | null): readonly Value[] {
  return ms === null ? [] : [{ value: Math.max(0, ms) / 1_000, labels: `phase="${name}"` }]
}

/** Of one part of the text: a few milliseconds' work, after which others may have their turn. */
const SITES_PER_PART = 1_000

/** The gauges of all these sites in Prometheus' text format, in parts that follow one another. */
export function* siteGauges(sites: readonly SeenSite[]): Generator<string> {
  const labelled = sites.map((site) => ({ site, labels: labelsOf(site) }))
  for (const gauge of gauges) {
    yield `# HELP ${gauge.name} ${gauge.help}\n# TYPE ${gauge.name} gauge\n`
    for (let start = 0; start < labelled.length; start += SITES_PER_PART) {
      yield samplesOf(gauge, labelled.slice(start, start + SITES_PER_PART))
    }
  }
}

type Labelled = { readonly site: SeenSite; readonly labels: string }

function samplesOf({ name, read }: Gauge, sites: readonly Labelled[]): string {
  let text = ''
  for (const { site, labels } of sites) {
    for (const { value, labels: own } of read(site)) {
      text += `${name}{${labels}${own === undefined ? '' : `,${own}`}} ${value}\n`
    }
  }
  return text
}

/** A heartbeat's URL is its token, and whoever knows that can call in its place. */
function labelsOf({ siteId, name, url, kind }: SeenSite): string {
  const instance = kind === 'heartbeat' ? 'heartbeat:***' : url
  return `instance="${quoted(instance)}",site="${siteId}",name="${quoted(name ?? instance)}"`
}

function quoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
