import { decodeResult } from '#shared/contracts/result-record.ts'
import type { TopicRecord } from '../../support/invariants.ts'
import type { Evidence, InjectedFault } from '../evidence.ts'
import type { Finding, Invariant } from '../invariant.ts'
import {
  type AuditedJob,
  type JobChange,
  type RowEvent,
  readJobs,
  readRowEvents,
  readSiteIds,
} from '../run-history.ts'
import { at, felt, meet } from '../spans.ts'

/** From the fetch of a job to the look at its age: one pass through an event loop that is busy. */
const FETCH_MS = 500
/** A job is tried once, and again this often (shared/contracts/queues.ts). */
const TRIES_MAX = 6

/** I2 */
export const probedJobsHaveOneRow: Invariant = {
  id: 'I2',
  sentence: 'Every check that was made has one row, and every row had a check',
  async examine(evidence: Evidence) {
    const [jobs, rows, sites] = await Promise.all([
      readJobs(evidence.db),
      readRowEvents(evidence.db),
      readSiteIds(evidence.db),
    ])
    return judgeRowsOfJobs({
      jobs,
      rows,
      sites,
      records: evidence.records,
      faults: evidence.faults,
    })
  },
}

export type RowsOfJobs = {
  readonly jobs: readonly AuditedJob[]
  readonly rows: readonly RowEvent[]
  readonly sites: ReadonlySet<number>
  readonly records: readonly TopicRecord[]
  readonly faults: readonly InjectedFault[]
}

export function judgeRowsOfJobs(facts: RowsOfJobs): Finding {
  const { jobs, rows } = facts
  const stored = Map.groupBy(
    rows.filter(({ event }) => event === 'stored'),
    keyOf,
  )
  const known = new Set(jobs.map(keyOf))
  const published = publishedKeys(facts.records)
  const ends = jobs
    .filter((job) => !stored.has(keyOf(job)))
    .map((job) => endWithoutRow(job, published, facts))
  return {
    compared: jobs.length + stored.size,
    of: 'jobs and rows',
    violations: [
      ...[...stored]
        .filter(([, events]) => events.length > 1)
        .map(([key, events]) => `${key}: stored ${events.length} times`),
      ...[...stored.keys()]
        .filter((key) => !known.has(key))
        .map((key) => `${key}: a row without a job`),
      ...rows
        .filter(({ event }) => event === 'deleted')
        .map((row) => `${keyOf(row)}: its row was deleted`),
      ...ends.flatMap((end) => (end.outcome === 'wrong' ? [end.why] : [])),
    ],
    remarks: remarksOf(ends),
  }
}

/** Of a job that has no row. Only what was never looked at may end without one. */
type End =
  | { readonly outcome: 'missed' | 'given up' | 'of a deleted site' }
  | { readonly outcome: 'wrong'; readonly why: string }

function endWithoutRow(
  job: AuditedJob,
  published: ReadonlySet<string>,
  { sites, faults }: RowsOfJobs,
): End {
  const key = keyOf(job)
  const wrong = (why: string): End => ({ outcome: 'wrong', why: `${key}: ${why}` })
  if (!sites.has(job.siteId)) return { outcome: 'of a deleted site' }
  if (published.has(key)) return wrong('was published and has no row')
  const last = job.changes.findLast(({ event }) => event !== 'deleted')
  const deletedAtMs = job.changes.find(({ event }) => event === 'deleted')?.atMs
  if (last?.event === 'completed')
    return isMissed(job, last, faults) ? { outcome: 'missed' } : wrong('completed without a row')
  if (last?.event === 'failed') {
    const tries = job.changes.filter(({ event }) => event === 'active').length
    return tries >= TRIES_MAX ? { outcome: 'given up' } : wrong(`failed after ${tries} tries`)
  }
  if (deletedAtMs === undefined) return wrong('never came to an end')
  const isOld = deletedAtMs >= job.slotMs + job.cadenceSeconds * 1_000
  return isOld ? { outcome: 'missed' } : wrong('was deleted before it was older than its cadence')
}

/** A worker may complete what is older than its cadence unseen: it was when it was fetched, or a fault kept the worker until it was. */
function isMissed(job: AuditedJob, done: JobChange, faults: readonly InjectedFault[]): boolean {
  const oldAtMs = job.slotMs + job.cadenceSeconds * 1_000
  const fetched = job.changes.findLast(({ event, atMs }) => event === 'active' && atMs <= done.atMs)
  if (fetched === undefined || done.atMs <= oldAtMs) return false
  const held = { fromMs: fetched.atMs, untilMs: done.atMs }
  const isHeldUp = felt(faults, { worker: 0, postgres: 0 }).some((span) => meet(span, held))
  return fetched.atMs + FETCH_MS > oldAtMs || isHeldUp
}

function publishedKeys(records: readonly TopicRecord[]): ReadonlySet<string> {
  return new Set(
    records.flatMap(({ value, key }) => {
      const decoded = decodeResult(value, key, Date.now())
      return decoded.ok ? [keyOf(decoded.result)] : []
    }),
  )
}

function remarksOf(ends: readonly End[]): readonly string[] {
  const counts = Map.groupBy(ends, ({ outcome }) => outcome)
  return (['missed', 'given up', 'of a deleted site'] as const).flatMap((outcome) => {
    const count = counts.get(outcome)?.length ?? 0
    return count === 0 ? [] : [`jobs without a row, ${outcome}: ${count}`]
  })
}

function keyOf({ siteId, slotMs }: { readonly siteId: number; readonly slotMs: number }): string {
  return `site ${siteId}, slot ${at(slotMs)}`
}
