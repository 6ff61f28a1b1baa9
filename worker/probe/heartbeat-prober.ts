import type { Heartbeat } from '#shared/domain/check.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import { CALL_PING_MS_MAX } from '#shared/domain/heartbeat-call.ts'
import type { Answered, Observation, Prober, Stop, Traced } from './prober.ts'

/** Looks at what a job last said of itself, which the check brings along: there is nothing to connect to. */
export const heartbeatProber: Prober = {
  probe: async ({ heartbeat }) =>
    heartbeat === null
      ? { outcome: 'inconclusive', message: 'the check does not say when the job last called' }
      : observe(heartbeat),
}

function observe(heartbeat: Heartbeat): Observation {
  const stop = stopOf(heartbeat)
  if (stop?.outcome === 'failed') {
    return { ...stop, ...traced(stop.failure === 'status' ? runMs(heartbeat) : null) }
  }
  return stop ?? answered(heartbeat)
}

/** Why the job cannot be said to be well, or null. The word of a run that failed holds until the next. */
function stopOf(heartbeat: Heartbeat): Stop | null {
  const { lastBeatAtMs, lastStatus, slotMs, maxAgeSeconds } = heartbeat
  if (lastBeatAtMs === null) return neverCalled(heartbeat)
  if (lastStatus === 'down')
    return { outcome: 'failed', failure: 'status', message: said(heartbeat) }
  const ageMs = slotMs - lastBeatAtMs
  if (ageMs <= maxAgeSeconds * 1000) return null
  const message = `no call for ${humanDuration(ageMs)}, ${expected(heartbeat)}`
  return { outcome: 'failed', failure: 'timeout', message }
}

function neverCalled(heartbeat: Heartbeat): Stop {
  const { waitingSinceMs, slotMs, maxAgeSeconds } = heartbeat
  const waitedMs = slotMs - waitingSinceMs
  const message = `no call yet in ${humanDuration(waitedMs)}, ${expected(heartbeat)}`
  return waitedMs <= maxAgeSeconds * 1000
    ? { outcome: 'inconclusive', message }
    : { outcome: 'failed', failure: 'timeout', message }
}

function expected({ maxAgeSeconds, startedAtMs, slotMs }: Heartbeat): string {
  const every = `expected one every ${humanDuration(maxAgeSeconds * 1000)}`
  if (startedAtMs === null) return every
  return `${every}; a run began ${humanDuration(slotMs - startedAtMs)} ago and has not ended`
}

function said({ lastMessage }: Heartbeat): string {
  return `the job reported a failure${lastMessage === null ? '' : `: ${lastMessage}`}`
}

function answered(heartbeat: Heartbeat): Answered {
  const text = heartbeat.lastMessage ?? ''
  return {
    outcome: 'answered',
    ...traced(runMs(heartbeat)),
    headers: {},
    body: { kind: 'whole', text },
    responseBytes: Buffer.byteLength(text),
    beginning: text,
  }
}

/** How long the run took; beyond a day it is no latency any more. */
function runMs({ lastPingMs }: Heartbeat): number | null {
  return lastPingMs !== null && lastPingMs <= CALL_PING_MS_MAX ? lastPingMs : null
}

function traced(totalMs: number | null): Traced {
  return {
    phases: { dnsMs: null, connectMs: null, tlsMs: null, ttfbMs: null, totalMs },
    hops: [],
    statusCode: null,
    httpVersion: null,
    remoteAddress: null,
    certExpiresAtMs: null,
    certificate: null,
  }
}
