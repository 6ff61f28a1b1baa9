import { checkId } from '#shared/domain/identity.ts'
import { newestSlotMs, slotsBetween } from '#shared/domain/slot.ts'
import type { Evidence, InjectedFault, Span } from '../evidence.ts'
import type { Finding, Invariant } from '../invariant.ts'
import {
  type AuditedJob,
  type HandMove,
  readHandMoves,
  readJobs,
  readWatchedSpans,
  type WatchedSpan,
} from '../run-history.ts'
import { at, type Excuse, felt, meet } from '../spans.ts'

/**
 * A site that was changed in a second may have been looked at before or after in that turn, and the
 * turn of a slot comes within a second of it.
 */
const EDGE_MS = 2_000
/**
 * A scheduler that is cut off while it holds the hand holds it until the server ends its idle
 * transaction after 15 s; Postgres is answered again within 15 s of its return (backoff included).
 */
const EXCUSE: Excuse = { scheduler: 17_000, postgres: 15_000 }

/** I1 */
export const slotsHaveOneJob: Invariant = {
  id: 'I1',
  sentence: 'Every slot gets its job, once',
  async examine(evidence: Evidence) {
    const [jobs, moves, spans] = await Promise.all([
      readJobs(evidence.db),
      readHandMoves(evidence.db),
      readWatchedSpans(evidence.db),
    ])
    return judgeSlots({ jobs, moves, spans, window: evidence.window, faults: evidence.faults })
  },
}

export type SlotFacts = {
  readonly jobs: readonly AuditedJob[]
  readonly moves: readonly HandMove[]
  readonly spans: readonly WatchedSpan[]
  readonly window: Span
  readonly faults: readonly InjectedFault[]
}

export function judgeSlots(facts: SlotFacts): Finding {
  const { jobs, spans, window } = facts
  const known = new Set(jobs.map(({ siteId, slotMs }) => `${siteId} ${slotMs}`))
  const due = spans.flatMap((span) => dueSlots(span, window))
  const missing = due.filter(({ siteId, slotMs }) => !known.has(`${siteId} ${slotMs}`))
  const verdicts = missing.map((slot) => whyMissing(slot, facts))
  const excused = verdicts.filter((verdict) => verdict === null).length
  return {
    compared: due.length,
    of: 'slots',
    violations: [...doubled(jobs), ...verdicts.filter((verdict) => verdict !== null)],
    remarks: excused === 0 ? [] : [`missed slots: ${excused} of at most ${mostMissed(facts)}`],
  }
}

type DueSlot = { readonly siteId: number; readonly slotMs: number; readonly seconds: number }

function dueSlots({ siteId, seconds, fromMs, untilMs }: WatchedSpan, window: Span): DueSlot[] {
  const from = Math.max(fromMs, window.fromMs) + EDGE_MS
  const until = Math.min(untilMs ?? window.untilMs, window.untilMs) - EDGE_MS
  return slotsBetween(siteId, seconds, from, until).map((slotMs) => ({ siteId, slotMs, seconds }))
}

function doubled(jobs: readonly AuditedJob[]): readonly string[] {
  const ids = new Map<string, string>()
  return jobs.flatMap(({ id, siteId, slotMs, insertedAtMs }) => {
    const what = `site ${siteId}, slot ${at(slotMs)}`
    const other = ids.get(what)
    ids.set(what, id)
    return [
      ...(insertedAtMs.length > 1
        ? [`${what}: its job was inserted ${insertedAtMs.length} times`]
        : []),
      ...(other === undefined ? [] : [`${what}: has the jobs ${other} and ${id}`]),
      ...(id === checkId(siteId, slotMs) ? [] : [`${what}: ${id} is not the id of its job`]),
    ]
  })
}

/** Null: it is excused. The hand may pass a slot only where it stood still until the next one was due. */
function whyMissing(
  { siteId, slotMs, seconds }: DueSlot,
  { moves, faults }: SlotFacts,
): string | null {
  const what = `site ${siteId}, slot ${at(slotMs)}`
  const move = moves.find(({ fromMs, toMs }) => fromMs < slotMs && slotMs <= toMs)
  if (move === undefined) return `${what}: no job, and the hand never came to it`
  if (newestSlotMs(siteId, seconds, move.toMs) === slotMs)
    return `${what}: the hand passed it without a job`
  const still = { fromMs: move.fromMs, untilMs: move.atMs }
  const isExcused = felt(faults, EXCUSE).some((span) => meet(span, still))
  return isExcused
    ? null
    : `${what}: no job, the hand stood still without a fault of scheduler or Postgres`
}

/** By the faults alone: so many slots of each site as fit into the time of each, and one more. */
function mostMissed({ spans, faults, window }: SlotFacts): number {
  const cadences = new Map(spans.map(({ siteId, seconds }) => [siteId, seconds]))
  const stalls = felt(faults, EXCUSE).filter((span) => meet(span, window))
  return [...cadences.values()]
    .flatMap((seconds) =>
      stalls.map(({ fromMs, untilMs }) => Math.ceil((untilMs - fromMs) / 1_000 / seconds) + 1),
    )
    .reduce((sum, slots) => sum + slots, 0)
}
