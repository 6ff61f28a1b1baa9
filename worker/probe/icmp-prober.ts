import { parseIcmpUrl } from '#shared/domain/icmp-url.ts'
import type { AddressPolicy } from './address-guard.ts'
import type { Deadline } from './deadline.ts'
import type { Journey } from './journey.ts'
import { locate } from './locate.ts'
import { type PingVerdict, pingVerdict } from './ping-verdict.ts'
import type { Phases, Prober, Stop } from './prober.ts'
import { type Resolve, systemResolver } from './resolver.ts'
import { runPing } from './run-ping.ts'
import { nothingSaid, type Said, singleLook, unreadableUrl } from './single-look.ts'
import { type Turn, Turns } from './turns.ts'

export type IcmpProberOptions = {
  readonly addresses: AddressPolicy
  /** The system's way by default. */
  readonly resolve?: Resolve
  /** A path, or a name in the usual folders; `ping` by default. */
  readonly program?: string
  /** Processes at once; 50 by default. */
  readonly pingsMax?: number
}

const PINGS_MAX = 50
/** Later than this part of the time, an echo would have too little of it left to be judged by. */
const TURN_SHARE_MAX = 0.5

const NO_TURN: Stop = {
  outcome: 'inconclusive',
  message: 'this worker has too many pings under way',
}

/** Sends one echo request by the system's ping, and measures how long the echo takes. */
export function icmpProber(options: IcmpProberOptions): Prober {
  const { addresses, resolve = systemResolver() } = options
  const { program = 'ping', pingsMax = PINGS_MAX } = options
  const turns = new Turns(pingsMax)
  return singleLook(async (target, _want, journey) => {
    const parsed = parseIcmpUrl(target.url)
    if (!parsed.ok) return unreadableUrl(parsed.reason)
    const turnUntilMs = performance.now() + target.timeoutMs * TURN_SHARE_MAX
    const address = await locate({ hostname: parsed.host, ipFamily: target.ipFamily }, journey, {
      resolve,
      addresses,
    })
    if (typeof address !== 'string') return address
    const turn = turns.take()
    const stop = await waitFor(turn, turnUntilMs - performance.now(), journey.deadline)
    if (stop === null) return echo(program, address, journey, turn)
    turn.leave()
    return stop
  })
}

async function waitFor(turn: Turn, patienceMs: number, deadline: Deadline): Promise<Stop | null> {
  const { promise, resolve } = Promise.withResolvers<Stop | null>()
  const timer = setTimeout(resolve, patienceMs, NO_TURN)
  deadline.watch(() => resolve(deadline.stop('answer')))
  const stop = await Promise.race([turn.ready.then(() => null), promise])
  clearTimeout(timer)
  return stop
}

async function echo(
  program: string,
  address: string,
  { deadline, trace }: Journey,
  turn: Turn,
): Promise<Said | Stop> {
  trace.connectedTo(address)
  const ping = runPing(program, address, deadline.timeoutMs)
  const { promise: interrupted, resolve } = Promise.withResolvers<PingVerdict>()
  deadline.watch(() => {
    ping.kill()
    resolve({ outcome: 'silence' })
  })
  const verdict = ping.run.then((run) => {
    // Not before the process is gone: it is the processes that are bounded.
    turn.leave()
    return pingVerdict(run, address)
  })
  const seen = await Promise.race([verdict, interrupted])
  if (seen.outcome === 'silence') return deadline.stop('answer')
  if (seen.outcome !== 'echo') return seen
  return { ...nothingSaid, phases: timedByPing(trace.read().phases, seen.echoMs) }
}

/** As ping measured it: starting the program takes our time, not the target's. */
function timedByPing(phases: Phases, echoMs: number): Phases {
  const totalMs = Math.round(((phases.dnsMs ?? 0) + echoMs) * 100) / 100
  return { ...phases, ttfbMs: echoMs, totalMs }
}
