import { isIPv6 } from 'node:net'
import type { Stop } from './prober.ts'
import type { PingRun } from './run-ping.ts'

/** `silence`: it waited, and no answer came. */
export type PingVerdict =
  | { readonly outcome: 'echo'; readonly echoMs: number }
  | { readonly outcome: 'silence' }
  | Stop

const ECHO = /\btime[=<]([\d.]+) ?ms/

/** What a router on the way, or our own system, says in place of an echo. */
const UNREACHABLE: readonly (readonly [said: RegExp, message: string])[] = [
  [/host unreachable|no route to host|address unreachable/i, 'no route to the host'],
  [/net(work)?( is)? unreachable|no route/i, 'the network is unreachable'],
  [/(port|protocol) unreachable/i, 'the host does not answer echoes'],
  [/prohibited|filtered/i, 'a filter on the way refuses echoes'],
  [/time to live exceeded|hop limit/i, 'the way to the host goes in circles'],
]

const NOT_PERMITTED =
  'ping is not permitted on this worker: its group must be in net.ipv4.ping_group_range, or it needs CAP_NET_RAW'

const NOT_STARTED: Readonly<Record<string, string>> = {
  ENOENT: 'ping is not installed on this worker',
  EACCES: 'ping may not be run by this worker',
  EPERM: NOT_PERMITTED,
}

/** Reads what ping of iputils or busybox wrote about one echo. Pure. */
export function pingVerdict(run: PingRun, address: string): PingVerdict {
  if (run.outcome === 'not_started')
    return ours(NOT_STARTED[run.code] ?? `ping cannot be started: ${run.code}`)
  const { exitCode, stdout, stderr } = run
  const echoMs = exitCode === 0 ? ECHO.exec(stdout)?.[1] : undefined
  if (echoMs !== undefined) return { outcome: 'echo', echoMs: Number(echoMs) }
  const trouble = troubleIn(stderr, address)
  if (trouble !== null) return ours(trouble)
  const message = UNREACHABLE.find(([said]) => said.test(`${stdout}\n${stderr}`))?.[1]
  if (message !== undefined) return { outcome: 'failed', failure: 'unreachable', message }
  if (exitCode === 1 && stderr.trim() === '') return { outcome: 'silence' }
  return ours(`ping failed: ${firstLine(stderr) || firstLine(stdout) || `exit code ${exitCode}`}`)
}

/** What other hosts answer is on its standard output; the errors are of this one. */
function troubleIn(stderr: string, address: string): string | null {
  if (/socket: .*(not permitted|denied)|cap_net_raw|are you root/i.test(stderr))
    return NOT_PERMITTED
  const isWithoutIpv6 = /unreachable|not supported|cannot assign/i.test(stderr)
  return isIPv6(address) && isWithoutIpv6 ? 'this worker has no route for IPv6' : null
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]?.slice(0, 200) ?? ''
}

function ours(message: string): Stop {
  return { outcome: 'inconclusive', message }
}
