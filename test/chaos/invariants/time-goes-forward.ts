import type { Evidence, InjectedFault } from '../evidence.ts'
import type { Finding, Invariant } from '../invariant.ts'
import {
  type AuditedJob,
  type HandMove,
  type RowEvent,
  readHandMoves,
  readJobs,
  readOutages,
  readRowEvents,
  readRows,
  type StoredOutage,
  type StoredRow,
} from '../run-history.ts'
import { at, felt, meet } from '../spans.ts'

/** A tick of the hand. Workers and database are on one machine here, with one clock. */
const TICK_MS = 1_000

/** A worker looks at a check's age as it begins; what its clock says then is what the row says. */
const BEGIN_MS = 500

/** I13 */
export const timeGoesForward: Invariant = {
  id: 'I13',
  sentence:
    'Slots of a site only grow, nothing is from the future, and nothing took less than no time',
  async examine({ db, faults }: Evidence) {
    const [jobs, moves, rows, rowEvents, outages] = await Promise.all([
      readJobs(db),
      readHandMoves(db),
      readRows(db),
      readRowEvents(db),
      readOutages(db),
    ])
    return judgeTimes({ jobs, moves, rows, rowEvents, outages, faults })
  },
}

export type TimeFacts = {
  /** In the order of their insertion. */
  readonly jobs: readonly AuditedJob[]
  readonly moves: readonly HandMove[]
  readonly rows: readonly StoredRow[]
  readonly rowEvents: readonly RowEvent[]
  readonly outages: readonly StoredOutage[]
  readonly faults: readonly InjectedFault[]
}

export function judgeTimes(facts: TimeFacts): Finding {
  const { jobs, moves, rows, rowEvents, outages } = facts
  const clocks = rows.map((row) => ({ row, wrong: wrongClock(row, facts.faults) }))
  const stored = rowEvents.filter(({ event }) => event === 'stored')
  return {
    compared: jobs.length + moves.length + rows.length + outages.length,
    of: 'jobs, moves, rows and outages',
    violations: [
      ...goingBack(jobs),
      ...moves
        .filter(({ fromMs, toMs }) => toMs < fromMs)
        .map(({ fromMs, toMs }) => `the hand went back from ${at(fromMs)} to ${at(toMs)}`),
      ...rows
        .filter(({ leastMs }) => (leastMs ?? 0) < 0)
        .map((row) => `${whatOf(row)}: a duration of ${row.leastMs} ms`),
      ...stored
        .filter(({ slotMs, atMs }) => slotMs > atMs)
        .map((row) => `${whatOf(row)}: stored at ${at(row.atMs)}, before it`),
      ...clocks.flatMap(({ wrong }) => (wrong.outcome === 'wrong' ? [wrong.why] : [])),
      ...madeTooOld(facts),
      ...outages.flatMap(turnedRound),
    ],
    remarks: [
      `rows timed by a clock that was set wrong: ${clocks.filter(({ wrong }) => wrong.outcome === 'excused').length}`,
    ],
  }
}

function whatOf({ siteId, slotMs }: { readonly siteId: number; readonly slotMs: number }): string {
  return `site ${siteId}, slot ${at(slotMs)}`
}

/** Within one turn the two queues are written one after the other, in no order. */
function goingBack(jobs: readonly AuditedJob[]): readonly string[] {
  const newest = new Map<number, { readonly slotMs: number; readonly atMs: number }>()
  const inOrder = jobs.toSorted((a, b) => insertedAtMs(a) - insertedAtMs(b))
  return inOrder.flatMap((job) => {
    const before = newest.get(job.siteId)
    const isNewer = before === undefined || job.slotMs > before.slotMs
    if (isNewer) newest.set(job.siteId, { slotMs: job.slotMs, atMs: insertedAtMs(job) })
    if (isNewer || insertedAtMs(job) - before.atMs < TICK_MS / 2) return []
    return [`${whatOf(job)}: came after that of ${at(before.slotMs)}`]
  })
}

function insertedAtMs(job: AuditedJob): number {
  return job.insertedAtMs[0] ?? 0
}

type Clock =
  | { readonly outcome: 'right' | 'excused' }
  | { readonly outcome: 'wrong'; readonly why: string }

function wrongClock(row: StoredRow, faults: readonly InjectedFault[]): Clock {
  if (row.checkedAtMs >= row.slotMs - TICK_MS) return { outcome: 'right' }
  return isClockSet(row, faults)
    ? { outcome: 'excused' }
    : {
        outcome: 'wrong',
        why: `${whatOf(row)}: checked at ${at(row.checkedAtMs)}, before it was due`,
      }
}

function isClockSet({ slotMs, worker }: StoredRow, faults: readonly InjectedFault[]): boolean {
  const slot = { fromMs: slotMs, untilMs: slotMs }
  return felt(
    faults,
    { worker: 60_000 },
    ({ name, victim }) => victim === worker && /clock/.test(name),
  ).some((span) => meet(span, slot))
}

/** A look that comes when the next one is due tells of another time than its slot: it is not made. */
function madeTooOld({ jobs, rows, faults }: TimeFacts): readonly string[] {
  const cadences = new Map(jobs.map((job) => [whatOf(job), job.cadenceSeconds]))
  return rows.flatMap((row) => {
    const cadenceSeconds = cadences.get(whatOf(row))
    if (cadenceSeconds === undefined) return []
    const oldAtMs = row.slotMs + cadenceSeconds * 1_000 + BEGIN_MS
    if (row.checkedAtMs <= oldAtMs || isClockSet(row, faults)) return []
    return [`${whatOf(row)}: checked at ${at(row.checkedAtMs)}, when it was older than its cadence`]
  })
}

function turnedRound(outage: StoredOutage): readonly string[] {
  const { id, startedAtMs, openedSlotMs, endedAtMs, closedSlotMs } = outage
  const points = [startedAtMs, openedSlotMs, endedAtMs, closedSlotMs].filter(
    (point) => point !== null,
  )
  const isOrdered = points.every((point, index) => point >= (points[index - 1] ?? point))
  return isOrdered
    ? []
    : [`outage ${id}: its instants are not in order: ${points.map(at).join(', ')}`]
}
