import { dnsProber } from './dns-prober.ts'
import { heartbeatProber } from './heartbeat-prober.ts'
import { httpProber } from './http-prober.ts'
import { icmpProber } from './icmp-prober.ts'
import type { Prober } from './prober.ts'
import { proberRegistry } from './prober-registry.ts'
import { systemResolver } from './resolver.ts'
import { tcpProber } from './tcp-prober.ts'
import { tlsProber } from './tls-prober.ts'

export type ProbersOptions = {
  /** Of Uptick, for the header `User-Agent`. */
  readonly version: string
  /** False: loopback and private addresses are `blocked`, as link-local and metadata ones always are. */
  readonly allowPrivateTargets: boolean
  /** Whom to ask for addresses and records, `address[:port]`; empty: the system's. */
  readonly dnsServers: readonly string[]
  /** Null: there are no secrets. */
  readonly secretsDir: string | null
  /** Told of each name that had an address. */
  readonly onResolved?: (name: string) => void
}

/** One prober for all kinds of check: what a worker looks with, and a person at a terminal. */
export function openProbers(options: ProbersOptions): Prober {
  const { version, allowPrivateTargets, dnsServers, secretsDir, onResolved } = options
  const addresses = { allowPrivate: allowPrivateTargets }
  const servers = dnsServers.length > 0 ? { servers: dnsServers } : {}
  const resolve = systemResolver({
    ...servers,
    ...(onResolved === undefined ? {} : { onResolved }),
  })
  return proberRegistry({
    http: httpProber({ version, addresses, resolve, secretsDir }),
    tcp: tcpProber({ addresses, resolve, secretsDir }),
    tls: tlsProber({ addresses, resolve, secretsDir }),
    dns: dnsProber({ ...servers, addresses, resolve }),
    icmp: icmpProber({ addresses, resolve }),
    heartbeat: heartbeatProber,
  })
}
