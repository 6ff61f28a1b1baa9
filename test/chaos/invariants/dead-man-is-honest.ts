import type { Evidence } from '../evidence.ts'
import type { Finding, Invariant } from '../invariant.ts'
import { type RowEvent, readRowEvents } from '../run-history.ts'
import { at, coveredMs, type Excuse, felt } from '../spans.ts'

/** From the commit of a row to the request: it follows at once, and is given up after 10 s. */
const AFTER_ROW_MAX_MS = 12_000
/** An older slot shows that something catches up (consumer/dead-man-ping.ts). */
const FRESH_MS = 120_000
/** Once a minute, and what the next fresh slot and its way take. */
const SILENT_MAX_MS = 90_000
/** All of these have a part in a loop. The longest that is felt after it: the session of a killed consumer. */
const EXCUSE: Excuse = {
  scheduler: 5_000,
  worker: 5_000,
  consumer: 30_000,
  postgres: 15_000,
  kafka: 30_000,
  stream: 30_000,
}

/** I14 */
export const deadManIsHonest: Invariant = {
  id: 'I14',
  sentence: "The dead man's ping comes while checks go all the way round, and never without one",
  async examine(evidence: Evidence) {
    return judgePings({ ...evidence, rows: await readRowEvents(evidence.db) })
  },
}

export type PingFacts = Pick<Evidence, 'deadManPingsMs' | 'faults' | 'window'> & {
  readonly rows: readonly RowEvent[]
}

export function judgePings(facts: PingFacts): Finding {
  const pings = facts.deadManPingsMs.toSorted((a, b) => a - b)
  const silences = silencesOf(pings, facts)
  return {
    compared: pings.length + silences.length,
    of: 'pings and silences',
    violations: [
      ...pings
        .filter((pingMs) => !isEarned(pingMs, facts))
        .map((pingMs) => `a ping at ${at(pingMs)}, without a check that had just gone round`),
      ...silences
        .filter(({ silentMs, excusedMs }) => silentMs > SILENT_MAX_MS + excusedMs)
        .map(
          ({ fromMs, silentMs }) =>
            `silent for ${Math.round(silentMs / 1_000)} s from ${at(fromMs)} on`,
        ),
    ],
    remarks: [
      `longest silence: ${Math.round(Math.max(0, ...silences.map(({ silentMs }) => silentMs)) / 1_000)} s`,
    ],
  }
}

/** A consumer that was suspended after its commit sends it when it is woken. */
function isEarned(pingMs: number, { rows, faults }: PingFacts): boolean {
  const last = rows.findLast(
    ({ event, occasion, slotMs, atMs }) =>
      event === 'stored' &&
      occasion === 'slot' &&
      atMs <= pingMs &&
      Math.abs(atMs - slotMs) <= FRESH_MS,
  )
  if (last === undefined) return false
  const asleep = felt(faults, { consumer: 0 }, ({ name }) => /suspend|stop/.test(name))
  const agoMs = pingMs - last.atMs
  return agoMs - coveredMs({ fromMs: last.atMs, untilMs: pingMs }, asleep) <= AFTER_ROW_MAX_MS
}

function silencesOf(pings: readonly number[], { window, faults }: PingFacts) {
  const points = [
    window.fromMs,
    ...pings.filter((ping) => ping > window.fromMs && ping < window.untilMs),
    window.untilMs,
  ]
  const away = felt(faults, EXCUSE)
  return points.slice(1).map((untilMs, index) => {
    const fromMs = points[index] ?? untilMs
    return { fromMs, silentMs: untilMs - fromMs, excusedMs: coveredMs({ fromMs, untilMs }, away) }
  })
}
