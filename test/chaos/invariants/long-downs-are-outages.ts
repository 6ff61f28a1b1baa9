import { expectedOf } from '../../ground-truth/expected-of.ts'
import { isTlsMode } from '../../ground-truth/truth.ts'
import type { Evidence, Fleet, Span } from '../evidence.ts'
import type { Finding, Invariant } from '../invariant.ts'
import {
  isWatchedFor,
  readOutages,
  readRows,
  readWatchedSpans,
  type StoredOutage,
  type StoredRow,
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
/** I10 */
export const longDownsAreOutages: Invariant = {
  id: 'I10',
  sentence:
    'A site that is down for long has one outage, one that is seen down too seldom has none',
  async examine(evidence: Evidence) {
    const [outages, spans, rows] = await Promise.all([
      readOutages(evidence.db),
      readWatchedSpans(evidence.db),
      readRows(evidence.db),
    ])
    return judgeDowns({ ...evidence, outages, spans, rows })
  },
}

export type DownFacts = Pick<Evidence, 'fleet' | 'faults' | 'window' | 'served'> & {
  readonly rows: readonly Pick<StoredRow, 'siteId' | 'slotMs' | 'result'>[]
  readonly outages: readonly StoredOutage[]
  readonly spans: readonly WatchedSpan[]
}

export function judgeDowns(facts: DownFacts): Finding {
  const all = Map.groupBy(scriptedDowns(facts.fleet), ({ siteId }) => siteId)
  const asked = Map.groupBy(facts.served, ({ site }) => site)
  const rows = Map.groupBy(facts.rows, ({ siteId }) => siteId)
  const downs = [...all.values()].flatMap((ofSite) => {
    const [first] = ofSite
    const siteId = first?.siteId ?? 0
    const looks = asked.get(facts.fleet.sites.get(siteId)?.number ?? 0) ?? []
    const seen = rows.get(siteId) ?? []
    return ofSite.map((down, index) => ({
      down: within(down, facts.window),
      isSeldom:
        isSeldom(down, looks, facts) &&
        isApart(down, ofSite[index - 1], ofSite[index + 1], seen, facts),
    }))
  })
  const watched = downs.filter(({ down }) => isWatchedFor(facts.spans, down.siteId, down))
  const long = watched.filter(({ down }) => isLong(down, facts))
  const seldom = watched.filter(({ isSeldom }) => isSeldom)
  return {
    compared: long.length + seldom.length,
    of: 'times that sites were down',
    violations: [
      ...long.flatMap(({ down }) => {
        const count = facts.outages.filter((outage) => isOf(outage, down, facts)).length
        return count === 1 ? [] : [`${whatOf(down)}: ${count} outages`]
      }),
      ...seldom
        .filter(({ down }) => facts.outages.some((outage) => isBy(outage, down, facts)))
        .map(({ down }) => `${whatOf(down)}: an outage`),
    ],
    remarks: [
      `long: ${long.length}, seen down too seldom: ${seldom.length}, neither: ${watched.length - long.length - seldom.length}`,
    ],
  }
}

function within(down: ScriptedDown, { fromMs, untilMs }: Span): ScriptedDown {
  return {
    ...down,
    fromMs: Math.max(down.fromMs, fromMs),
    untilMs: Math.min(down.untilMs, untilMs),
  }
}

function whatOf({ siteId, fromMs, untilMs }: ScriptedDown): string {
  return `site ${siteId}, down from ${at(fromMs)} to ${at(untilMs)}`
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

/**
 * By the target's log: fewer checks than the threshold ever found it down. Only where each of them
 * would be in the log.
 */
function isSeldom(
  down: ScriptedDown,
  looks: DownFacts['served'],
  { fleet, faults }: DownFacts,
): boolean {
  const { cadenceSeconds, timeoutMs, failureThreshold } = fleet
  const lookMs = cadenceSeconds * 1_000 + timeoutMs
  const around = { fromMs: down.fromMs - lookMs, untilMs: down.untilMs + lookMs }
  const isCutOff = felt(faults, { worker: 0 }, ({ name }) => /network/.test(name)).some((span) =>
    meet(span, around),
  )
  if (isCutOff || !isLogged(down, fleet)) return false
  const found = looks.filter(
    ({ atMs, mode }) =>
      atMs >= down.fromMs && atMs <= down.untilMs && expectedOf(mode).result === 'down',
  )
  return new Set(found.map(({ checkId }) => checkId)).size < failureThreshold
}

/** Good rows between it and its neighbours: else its failures and theirs are in one streak, the good looks between them being lost. */
function isApart(
  down: ScriptedDown,
  before: ScriptedDown | undefined,
  after: ScriptedDown | undefined,
  rows: DownFacts['rows'],
  { fleet }: DownFacts,
): boolean {
  const lookMs = fleet.cadenceSeconds * 1_000 + fleet.timeoutMs
  const isGoodBetween = (fromMs: number, untilMs: number) =>
    rows.some(
      ({ result, slotMs }) => result === 'up' && slotMs > fromMs && slotMs + lookMs < untilMs,
    )
  const isFresh = isGoodBetween(before?.untilMs ?? Number.NEGATIVE_INFINITY, down.fromMs)
  return isFresh && (after === undefined || isGoodBetween(down.untilMs, after.fromMs))
}

/** Who was refused, or shown a bad certificate, has told no check id. */
function isLogged(down: ScriptedDown, { sites, truthStartMs }: Fleet): boolean {
  const script = sites.get(down.siteId)?.script ?? []
  return script.every(({ fromMs, untilMs, mode }) => {
    const isThen = meet(down, { fromMs: truthStartMs + fromMs, untilMs: truthStartMs + untilMs })
    return !isThen || (mode !== 'refuse' && !isTlsMode(mode))
  })
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

/** Opened by what was seen in this time alone: a streak may go on in the next one. */
function isBy(
  { siteId, startedAtMs, openedSlotMs }: StoredOutage,
  down: ScriptedDown,
  { fleet }: DownFacts,
): boolean {
  const cadenceMs = fleet.cadenceSeconds * 1_000
  const near = { fromMs: down.fromMs - cadenceMs, untilMs: down.untilMs }
  return siteId === down.siteId && startedAtMs >= near.fromMs && openedSlotMs <= near.untilMs
}
