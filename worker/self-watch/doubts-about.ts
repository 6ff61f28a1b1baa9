import type { Failure } from '#shared/domain/failure.ts'
import type { Suspect } from '../probe/self-watch.ts'

/** What could have made a verdict what it is, other than the site. Null: that could not. */
export type Doubts = {
  /** Whether we were too slow: for the verdict, or only for how long it took. */
  readonly time: { readonly concerns: 'verdict' | 'latency'; readonly limitMs: number } | null
  /** The address that we may have no route to. */
  readonly route: string | null
  /** The name that our name servers may have failed to answer. */
  readonly name: string | null
  readonly network: 'doubted' | null
}

/** What a network that is away can look like. An answer, however bad, came over one that is there. */
const OF_NETWORK: ReadonlySet<Failure> = new Set<Failure>([
  'dns',
  'refused',
  'unreachable',
  'connect_timeout',
  'timeout',
  'tls_handshake',
  'reset',
])

/** What a worker that did not run makes of a site that answered: time is up, or the site gave up waiting. */
const OF_TIME: ReadonlySet<Failure> = new Set<Failure>([
  'dns',
  'connect_timeout',
  'timeout',
  'tls_handshake',
  'reset',
])

/** Which questions a verdict raises. Null: none, it stands as it is. */
export function doubtsAbout(suspect: Suspect): Doubts | null {
  const { check, observation, verdict } = suspect
  // What a job said of itself came with the check: nothing was asked that we could have missed.
  if (check.target.kind === 'heartbeat') return null
  const { failure } = verdict
  const time = timeDoubt(suspect)
  const isAnswered = observation?.outcome === 'answered'
  const isOfNetwork = failure !== null && OF_NETWORK.has(failure) && !isAnswered
  if (!isOfNetwork && time === null) return null
  const stop = observation?.outcome === 'failed' ? observation : null
  const isSaid = stop?.basis === 'answer'
  return {
    time: isSaid ? null : time,
    route: failure === 'unreachable' ? (stop?.address ?? null) : null,
    name: failure === 'dns' && isOfNetwork && !isSaid ? nameIn(check.target.url) : null,
    // Also of a name that does not exist: some routers say so of any name when they are cut off.
    network: isOfNetwork ? 'doubted' : null,
  }
}

/** What an answer says stands, but for a rule on how long it may take: that is a `timeout` too. */
function timeDoubt({ check, observation, verdict }: Suspect): Doubts['time'] {
  const { failure, slaMet } = verdict
  const { timeoutMs } = check.target
  if (observation?.outcome !== 'answered') {
    const isOfTime = failure !== null && OF_TIME.has(failure)
    return isOfTime ? { concerns: 'verdict', limitMs: timeoutMs } : null
  }
  const limitMs = check.expectation.slaMs ?? observation.phases.totalMs ?? timeoutMs
  if (failure === 'timeout') return { concerns: 'verdict', limitMs }
  return slaMet === false ? { concerns: 'latency', limitMs } : null
}

/** `dns:` has a name where other kinds have a host. */
function nameIn(url: string): string {
  const parsed = URL.parse(url)
  return parsed?.hostname || (parsed?.pathname ?? '')
}
