import { checkId } from '#shared/domain/identity.ts'
import { type Expected, expectedOf } from '../../ground-truth/expected-of.ts'
import type { Mode, Script, Served } from '../../ground-truth/truth.ts'
import type { Evidence, Fleet, InjectedFault, Span } from '../evidence.ts'
import type { Finding, Invariant } from '../invariant.ts'
import { readRows, type StoredRow } from '../run-history.ts'
import { at, felt, meet } from '../spans.ts'

/** A door opens and closes by a timer, and a log is written by another process than the one that looked. */
const SLACK_MS = 1_000
/** What no request can tell of: there was none. */
const UNLOGGED: ReadonlySet<Mode> = new Set([
  'refuse',
  'tls_expired',
  'tls_wrong_host',
  'tls_self_signed',
])
/** What a worker says of its own trouble, and the consumer of a worker's. */
const OURS = /\bthis worker\b|^the worker is stopping|^worker .* is not believed/
/** So many of all rows may be inconclusive without a fault: starved by what else this machine does. */
const UNTOLD_SHARE_MAX = 0.02
/**
 * What needs most of its time by design, being slow or redirected, may need more than that where
 * target, workers and all else share two cores: so many of all rows, and only as a timeout.
 */
const STARVED_SHARE_MAX = 0.001
const STARVABLE: ReadonlySet<Mode> = new Set(['slow', 'redirect_loop'])

/** I4 */
export const verdictsAreTrue: Invariant = {
  id: 'I4',
  sentence: 'Every verdict is what the site did when it was looked at',
  async examine(evidence: Evidence) {
    return judgeVerdicts({ ...evidence, rows: await readRows(evidence.db) })
  },
}

export type VerdictFacts = Pick<Evidence, 'fleet' | 'faults' | 'served'> & {
  readonly rows: readonly StoredRow[]
}

export function judgeVerdicts(facts: VerdictFacts): Finding {
  const { rows, fleet } = facts
  const asked = Map.groupBy(facts.served, (served) => served.checkId)
  const known = rows.filter(({ siteId }) => fleet.sites.has(siteId))
  const verdicts = known.map((row) => ({ row, verdict: verdictOf(row, facts, asked) }))
  const of = (outcome: Verdict['outcome']) =>
    verdicts.filter(({ verdict }) => verdict.outcome === outcome)
  const starved = of('starved')
  const mostStarved = Math.ceil(known.length * STARVED_SHARE_MAX)
  const untold = of('untold')
  const mostUntold = Math.ceil(known.length * UNTOLD_SHARE_MAX)
  return {
    compared: known.length,
    of: 'rows',
    violations: [
      ...verdicts.flatMap(({ row, verdict }) =>
        verdict.outcome === 'false'
          ? [`site ${row.siteId}, slot ${at(row.slotMs)}: ${verdict.why}`]
          : [],
      ),
      ...(starved.length > mostStarved
        ? [
            `${starved.length} rows of slow or redirected sites are timeouts, of at most ${mostStarved}`,
          ]
        : []),
      ...(untold.length > mostUntold
        ? [`${untold.length} rows are inconclusive without a fault, of at most ${mostUntold}`]
        : []),
    ],
    remarks: [
      `timeouts of sites that need most of their time: ${starved.length} of at most ${mostStarved}`,
      `inconclusive by a fault: ${of('excused').length}`,
      `inconclusive by our own trouble without one: ${untold.length} of at most ${mostUntold}`,
      `down by a worker's lost network: ${of('cut_off').length}`,
    ],
  }
}

type Verdict =
  | { readonly outcome: 'true' | 'excused' | 'untold' | 'cut_off' | 'starved' }
  | { readonly outcome: 'false'; readonly why: string }

type Asked = ReadonlyMap<string | null, readonly Served[]>

function verdictOf(row: StoredRow, { fleet, faults }: VerdictFacts, asked: Asked): Verdict {
  const look = lookOf(row, fleet, faults)
  if (row.result === 'inconclusive') return whyInconclusive(row, look, faults)
  const modes = new Set([
    ...(asked.get(checkId(row.siteId, row.slotMs)) ?? []).map(({ mode }) => mode),
    ...unloggedModes(fleet, row.siteId, look),
  ])
  if ([...modes].some((mode) => agrees(row, expectedOf(mode)))) return { outcome: 'true' }
  if (row.result === 'down' && isCutOff(row, look, faults)) return { outcome: 'cut_off' }
  if (row.failure === 'timeout' && [...modes].some((mode) => STARVABLE.has(mode)))
    return { outcome: 'starved' }
  const did = modes.size === 0 ? 'was not asked' : `was ${[...modes].join(' or ')}`
  const said = row.failure === null ? row.result : `${row.result} (${row.failure})`
  return { outcome: 'false', why: `stored as ${said} by ${row.worker}, the site ${did}` }
}

function agrees(row: StoredRow, expected: Expected): boolean {
  if (expected.result === 'up' || row.result !== 'down') return row.result === expected.result
  return expected.failures.some((failure) => failure === row.failure)
}

/** When a row's look was: by its worker's clock, or by its slot alone where that clock was wrong. */
function lookOf(row: StoredRow, fleet: Fleet, faults: readonly InjectedFault[]): Span {
  const { cadenceSeconds, timeoutMs } = fleet
  const latestMs = row.slotMs + cadenceSeconds * 1_000 + timeoutMs
  const bySlot = { fromMs: row.slotMs - SLACK_MS, untilMs: latestMs + SLACK_MS }
  const isSkewed = felt(faults, { worker: SLACK_MS }, (fault) =>
    isOf(fault, row.worker, /clock/),
  ).some((span) => meet(span, bySlot))
  if (isSkewed) return bySlot
  return { fromMs: row.checkedAtMs - SLACK_MS, untilMs: row.checkedAtMs + timeoutMs + SLACK_MS }
}

function unloggedModes(
  { sites, truthStartMs }: Fleet,
  siteId: number,
  look: Span,
): readonly Mode[] {
  const script: Script = sites.get(siteId)?.script ?? []
  return script.flatMap(({ fromMs, untilMs, mode }) => {
    const isThen = meet(look, { fromMs: truthStartMs + fromMs, untilMs: truthStartMs + untilMs })
    return isThen && UNLOGGED.has(mode) ? [mode] : []
  })
}

/** By the letter of 3.1: only within a fault, give or take the time that a check has; or by its own word, rarely. */
function whyInconclusive(row: StoredRow, look: Span, faults: readonly InjectedFault[]): Verdict {
  const nearMs = look.untilMs - look.fromMs
  const isFault = felt(faults, {
    worker: nearMs,
    target: nearMs,
    kafka: nearMs,
    postgres: nearMs,
  }).some((span) => meet({ ...span, fromMs: span.fromMs - nearMs }, look))
  const isOurs = OURS.test(row.message ?? '')
  if (isFault && isOurs) return { outcome: 'excused' }
  if (isOurs) return { outcome: 'untold' }
  return { outcome: 'false', why: `inconclusive for no trouble of ours: ${row.message}` }
}

/** A worker alone cannot know that its network is gone; what it says then stands until others contradict it. */
function isCutOff(row: StoredRow, look: Span, faults: readonly InjectedFault[]): boolean {
  const isSilence = row.failure === 'timeout' || row.failure === 'connect_timeout'
  return (
    isSilence &&
    felt(faults, { worker: 0 }, (fault) => isOf(fault, row.worker, /network/)).some((span) =>
      meet(span, look),
    )
  )
}

function isOf({ name, victim }: InjectedFault, worker: string, kind: RegExp): boolean {
  return victim === worker && kind.test(name)
}
