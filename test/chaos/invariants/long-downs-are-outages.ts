import type { Evidence } from '../evidence.ts'
import type { Finding, Invariant } from '../invariant.ts'
import {
  isWatchedFor,
  readOutages,
  readWatchedSpans,
  type StoredOutage,
  type WatchedSpan,
} from '../run-history.ts'
import { type ScriptedDown, scriptedDowns } from '../scripted-downs.ts'
import { at, coveredMs, type Excuse, felt, meet } from '../spans.ts'

/** By 3.1, on top of what the thresholds take. */
const MARGIN_MS = 30_000
/**
 * What keeps looks from being made for as long as it lasts. A single worker does not, there are others,
 * and what it held is made again within the margin; what comes late through stream and consumer is
 * folded in all the same.
 */
const UNSEEN: Excuse = { scheduler: 0, postgres: 0, kafka: 0 }
/** Around a short one there must have been nothing that makes looks late or leaves them out. */
const UNDISTURBED: Excuse = { scheduler: 20_000, worker: 20_000, postgres: 20_000, kafka: 20_000 }

/** I10 */
export const longDownsAreOutages: Invariant = {
  id: 'I10',
  sentence: 'A site that is down for long has one outage, one that is down for a moment has none',
  async examine(evidence: Evidence) {
    const [outages, spans] = await Promise.all([
      readOutages(evidence.db),
      readWatchedSpans(evidence.db),
    ])
    return judgeDowns({ ...evidence, outages, spans })
  },
}

export type DownFacts = Pick<Evidence, 'fleet' | 'faults' | 'window'> & {
  readonly outages: readonly StoredOutage[]
  readonly spans: readonly WatchedSpan[]
}

export function judgeDowns(facts: DownFacts): Finding {
  const downs = scriptedDowns(facts.fleet).filter((down) => isWatched(down, facts))
  const long = downs.filter((down) => isLong(down, facts))
  const short = downs.filter((down) => isShort(down, downs, facts))
  return {
    compared: long.length + short.length,
    of: 'times that sites were down',
    violations: [
      ...long.flatMap((down) => {
        const count = facts.outages.filter((outage) => isOf(outage, down, facts)).length
        return count === 1 ? [] : [`${whatOf(down)}: ${count} outages`]
      }),
      ...short
        .filter((down) => facts.outages.some((outage) => isBy(outage, down, facts)))
        .map((down) => `${whatOf(down)}: an outage`),
    ],
    remarks: [
      `long: ${long.length}, short: ${short.length}, neither or disturbed: ${downs.length - long.length - short.length}`,
    ],
  }
}

function whatOf({ siteId, fromMs, untilMs }: ScriptedDown): string {
  return `site ${siteId}, down from ${at(fromMs)} to ${at(untilMs)}`
}

function isWatched(down: ScriptedDown, { spans, window }: DownFacts): boolean {
  const isIn = down.fromMs >= window.fromMs && down.untilMs <= window.untilMs
  return isIn && isWatchedFor(spans, down.siteId, down)
}

function neededMs({ fleet }: DownFacts): number {
  const { cadenceSeconds, failureThreshold, timeoutMs } = fleet
  return failureThreshold * (cadenceSeconds * 1_000 + timeoutMs)
}

/** Long enough even without the time in which nobody may have looked. */
function isLong(down: ScriptedDown, facts: DownFacts): boolean {
  const leftMs = down.untilMs - down.fromMs - coveredMs(down, felt(facts.faults, UNSEEN))
  return leftMs >= neededMs(facts) + MARGIN_MS
}

function isShort(down: ScriptedDown, downs: readonly ScriptedDown[], facts: DownFacts): boolean {
  const { cadenceSeconds, failureThreshold, timeoutMs } = facts.fleet
  const cadenceMs = cadenceSeconds * 1_000
  const aroundMs = failureThreshold * cadenceMs + timeoutMs
  const around = { fromMs: down.fromMs - 2 * aroundMs, untilMs: down.untilMs + 2 * aroundMs }
  const isAlone = downs.every(
    (other) => other === down || other.siteId !== down.siteId || !meet(other, around),
  )
  const isQuiet = !felt(facts.faults, UNDISTURBED).some((span) => meet(span, around))
  return down.untilMs - down.fromMs < (failureThreshold - 1) * cadenceMs && isAlone && isQuiet
}

/** What lies in the time when there must be an outage; the next one may begin as soon as this is over. */
function isOf(
  { siteId, startedAtMs, endedAtMs }: StoredOutage,
  down: ScriptedDown,
  facts: DownFacts,
): boolean {
  const untilMs = down.untilMs - facts.fleet.cadenceSeconds * 1_000
  const isIn = startedAtMs < untilMs && (endedAtMs ?? untilMs) >= down.fromMs + neededMs(facts)
  return siteId === down.siteId && isIn
}

function isBy(
  { siteId, startedAtMs }: StoredOutage,
  down: ScriptedDown,
  { fleet }: DownFacts,
): boolean {
  const cadenceMs = fleet.cadenceSeconds * 1_000
  const near = { fromMs: down.fromMs - cadenceMs, untilMs: down.untilMs + cadenceMs }
  return siteId === down.siteId && meet({ fromMs: startedAtMs, untilMs: startedAtMs }, near)
}
