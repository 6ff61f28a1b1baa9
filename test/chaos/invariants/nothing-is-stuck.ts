import { sql } from 'kysely'
import { nothingIsStuck as activePastExpiry } from '../../support/invariants.ts'
import type { Evidence, InjectedFault, Span } from '../evidence.ts'
import type { Finding, Invariant } from '../invariant.ts'
import { type AuditedJob, readJobs } from '../run-history.ts'
import { at, coveredMs, type Excuse, felt } from '../spans.ts'

/** By 3.1, for 100,000 sites; a small fleet has no longer. */
const DRAIN_MAX_MS = 5 * 60_000
/** Jobs are looked for that are past their expiry every 5 s, by whichever scheduler or consumer comes first. */
const PAST_EXPIRY_MAX_MS = 10_000
/** What looks for them may be away, and looks again when it is back. */
const EXCUSE: Excuse = { postgres: 15_000, scheduler: 5_000, consumer: 5_000 }

/** I11 */
export const nothingIsStuck: Invariant = {
  id: 'I11',
  sentence:
    'Queue and stream run empty after the last fault, and no job is forgotten by its worker',
  async examine({ db, window, drainedAtMs, faults }: Evidence) {
    const { rows } = await sql<{ what: string; count: number }>`
      select name || ' ' || state as what, count(*) as count from pgboss.job
      where state in ('created', 'retry', 'active') and name <> 'notify' group by 1
      union all select 'notifications unsent', count(*) from notifications where sent_at is null and failed_at is null
      having count(*) > 0`.execute(db)
    return judgeFlow({
      jobs: await readJobs(db),
      window,
      drainedAtMs,
      faults,
      left: [
        ...rows.map(({ what, count }) => `${what}: ${count}`),
        ...(await activePastExpiry(db)),
      ],
    })
  },
}

export type FlowFacts = {
  readonly jobs: readonly AuditedJob[]
  readonly window: Span
  readonly drainedAtMs: number | null
  readonly faults: readonly InjectedFault[]
  /** What is there at the end and should not be, in words. */
  readonly left: readonly string[]
}

export function judgeFlow({ jobs, window, drainedAtMs, faults, left }: FlowFacts): Finding {
  const endMs = drainedAtMs ?? window.untilMs
  const held = jobs.flatMap((job) => attemptsOf(job, endMs).map((attempt) => ({ job, attempt })))
  const away = felt(faults, EXCUSE)
  const forgotten = held.filter(({ job, attempt }) => {
    const allowedMs = job.expireSeconds * 1_000 + PAST_EXPIRY_MAX_MS
    return attempt.untilMs - attempt.fromMs > allowedMs + coveredMs(attempt, away)
  })
  const longestMs = Math.max(0, ...held.map(({ attempt }) => attempt.untilMs - attempt.fromMs))
  return {
    compared: held.length,
    of: 'attempts',
    violations: [
      ...drained(window, drainedAtMs),
      ...left,
      ...forgotten.map(({ job, attempt }) => {
        const seconds = Math.round((attempt.untilMs - attempt.fromMs) / 1_000)
        return `site ${job.siteId}, slot ${at(job.slotMs)}: was one worker's for ${seconds} s, with an expiry of ${job.expireSeconds} s`
      }),
    ],
    remarks: [
      `run empty after: ${drainedAtMs === null ? 'never' : `${Math.round((drainedAtMs - window.untilMs) / 1_000)} s`}`,
      `longest attempt: ${Math.round(longestMs / 1_000)} s`,
    ],
  }
}

function drained(window: Span, drainedAtMs: number | null): readonly string[] {
  if (drainedAtMs === null) return ['queue and stream did not run empty']
  const tookMs = drainedAtMs - window.untilMs
  return tookMs > DRAIN_MAX_MS ? [`running empty took ${Math.round(tookMs / 1_000)} s`] : []
}

/** From each fetch to what came next. */
function attemptsOf({ changes }: AuditedJob, endMs: number): readonly Span[] {
  return changes.flatMap(({ event, atMs }, index) =>
    event === 'active' ? [{ fromMs: atMs, untilMs: changes[index + 1]?.atMs ?? endMs }] : [],
  )
}
