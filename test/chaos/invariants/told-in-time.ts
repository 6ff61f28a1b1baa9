import type { Evidence, InjectedFault, Span } from '../evidence.ts'
import type { Finding, Invariant } from '../invariant.ts'
import {
  isWatchedFor,
  readNotifications,
  readOutages,
  readWatchedSpans,
  type StoredNotification,
  type StoredOutage,
  type WatchedSpan,
} from '../run-history.ts'
import { type ScriptedDown, scriptedDowns } from '../scripted-downs.ts'
import { coveredMs, type Excuse, felt, meet, sufferer } from '../spans.ts'

/** What queue, stream, consumer and mail server take when nothing is wrong. */
const PIPELINE_MS = 5_000
/**
 * What it takes to get over a fault once it is over, of the slowest that met the wait: 30 s by 3.1. A
 * sender that was killed holds its claim for 60 s and its job for 75 s, and a mail server that was
 * away is tried again within a minute: those take longer, by design (ADR 0008).
 */
const AFTERMATH_MS: Excuse = {
  scheduler: 30_000,
  worker: 30_000,
  postgres: 30_000,
  kafka: 30_000,
  stream: 30_000,
  consumer: 90_000,
  notifier: 90_000,
  smtp: 90_000,
}
/** Meeting a second such fault on the way is bad luck, which this share of all may have. */
const UNLUCKY_SHARE_MAX = 0.01

/** I8 */
export const toldInTime: Invariant = {
  id: 'I8',
  sentence: 'An outage is told in time after the site fails, and its end after the site is well',
  async examine(evidence: Evidence) {
    const [outages, notifications, spans] = await Promise.all([
      readOutages(evidence.db),
      readNotifications(evidence.db),
      readWatchedSpans(evidence.db),
    ])
    return judgeDelays({ ...evidence, outages, notifications, spans })
  },
}

export type DelayFacts = Pick<Evidence, 'fleet' | 'faults' | 'window'> & {
  readonly spans: readonly WatchedSpan[]
  readonly outages: readonly StoredOutage[]
  readonly notifications: readonly StoredNotification[]
  readonly mails: readonly Pick<Evidence['mails'][number], 'atMs' | 'parsed'>[]
}

type Wait = Span & {
  readonly what: string
  readonly isDisturbed: boolean
  readonly usualMs: number
  readonly allowedMs: number
  readonly aftermathMs: number
}

export function judgeDelays(facts: DelayFacts): Finding {
  const downs = Map.groupBy(scriptedDowns(facts.fleet), ({ siteId }) => siteId)
  const told = firstCopies(facts)
  const restless = new Set(
    facts.outages.flatMap(({ siteId, heldBy }) => (heldBy === null ? [] : [siteId])),
  )
  const waits = facts.outages
    .filter(({ siteId }) => !restless.has(siteId))
    .flatMap((outage) => waitsOf(outage, downs.get(outage.siteId) ?? [], told, facts))
  const tookMs = ({ fromMs, untilMs }: Wait) => untilMs - fromMs
  const slow = waits.filter((wait) => tookMs(wait) > wait.allowedMs)
  const mostUnlucky = Math.ceil(waits.length * UNLUCKY_SHARE_MAX)
  const tooSlow = slow.filter(
    (wait) => !wait.isDisturbed || tookMs(wait) > wait.allowedMs + wait.aftermathMs,
  )
  const unlucky = slow.length - tooSlow.length
  const sentence = (wait: Wait) =>
    `${wait.what} was told after ${seconds(tookMs(wait))}, of at most ${seconds(wait.allowedMs)}`
  return {
    compared: waits.length,
    of: 'outages and recoveries',
    violations: [
      ...tooSlow.map(sentence),
      ...(unlucky > mostUnlucky
        ? slow.filter((wait) => !tooSlow.includes(wait)).map(sentence)
        : []),
    ],
    remarks: [
      `undisturbed: ${waits.filter(({ isDisturbed }) => !isDisturbed).length}`,
      `slower than usual because of a fault: ${waits.filter((wait) => tookMs(wait) > wait.usualMs && wait.isDisturbed).length}`,
      `met two faults on the way: ${unlucky} of at most ${mostUnlucky}`,
      `slowest: ${seconds(Math.max(0, ...waits.map(tookMs)))}`,
    ],
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}

/** When each recovery, and each outage, was first told, by `<outage> <kind>`. */
function firstCopies({ notifications, mails }: DelayFacts): ReadonlyMap<string, number> {
  const arrived = new Map<string | undefined, number>()
  for (const { parsed, atMs } of mails.toSorted((a, b) => b.atMs - a.atMs))
    arrived.set(parsed.messageId, atMs)
  const first = new Map<string, number>()
  for (const { outageId, kind, messageId } of notifications) {
    const atMs = arrived.get(messageId)
    const key = `${outageId} ${kind}`
    if (atMs !== undefined) first.set(key, Math.min(atMs, first.get(key) ?? atMs))
  }
  return first
}

type Told = ReadonlyMap<string, number>

/** Of sites none of whose outages were held: those are told later on purpose. */
function waitsOf(
  outage: StoredOutage,
  downs: readonly ScriptedDown[],
  told: Told,
  facts: DelayFacts,
): readonly Wait[] {
  const lookMs = facts.fleet.cadenceSeconds * 1_000 + facts.fleet.timeoutMs
  const began = downs.findLast(
    (down) => down.fromMs <= outage.startedAtMs + lookMs && down.untilMs >= outage.startedAtMs,
  )
  const ended = endBefore(downs, outage, lookMs)
  return [
    ...waitFor('outage', outage, began?.fromMs, told, facts),
    ...waitFor('recovery', outage, ended?.untilMs, told, facts),
  ]
}

function endBefore(
  downs: readonly ScriptedDown[],
  { endedAtMs }: StoredOutage,
  lookMs: number,
): ScriptedDown | undefined {
  return endedAtMs === null
    ? undefined
    : downs.findLast(({ untilMs }) => untilMs <= endedAtMs + lookMs)
}

/** From what was true to the first copy of the first email about it. */
function waitFor(
  kind: 'outage' | 'recovery',
  outage: StoredOutage,
  fromMs: number | undefined,
  told: Told,
  { fleet, faults, window, spans }: DelayFacts,
): readonly Wait[] {
  const untilMs = told.get(`${outage.id} ${kind}`)
  if (fromMs === undefined || untilMs === undefined) return []
  const wait = { fromMs, untilMs }
  // A site that was down before anybody watched it was found when it was looked at first.
  const isWatched = isWatchedFor(spans, outage.siteId, { fromMs, untilMs: fromMs })
  if (fromMs < window.fromMs || !isWatched) return []
  const met = faults.filter((fault) => isMet(fault, wait))
  const aftermathMs = Math.max(0, ...met.map((fault) => AFTERMATH_MS[sufferer(fault)] ?? 0))
  const usualMs = usualWaitMs(fleet, kind)
  return [
    {
      ...wait,
      what: `site ${outage.siteId}: ${kind} of ${outage.id}`,
      isDisturbed: met.length > 0,
      usualMs,
      allowedMs: usualMs + coveredMs(wait, met) + aftermathMs,
      aftermathMs,
    },
  ]
}

/** A fault that was over just before is felt as well. */
function isMet(fault: InjectedFault, wait: Span): boolean {
  return felt([fault], AFTERMATH_MS).some((span) => meet(span, wait))
}

/** The formula of 3.1, a second look being the next slot at these cadences. */
function usualWaitMs(fleet: Evidence['fleet'], kind: 'outage' | 'recovery'): number {
  const needed = kind === 'outage' ? fleet.failureThreshold : fleet.recoveryThreshold
  const cadenceMs = fleet.cadenceSeconds * 1_000
  return cadenceMs + (needed - 1) * cadenceMs + needed * fleet.timeoutMs + PIPELINE_MS
}
