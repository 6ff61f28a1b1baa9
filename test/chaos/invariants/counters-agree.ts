import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'
import type { CounterScrape, Evidence, InjectedFault, Span } from '../evidence.ts'
import type { Finding, Invariant } from '../invariant.ts'
import { type AuditedJob, readJobs } from '../run-history.ts'

/** A figure is counted after the commit of what it counts, and a scrape takes a moment. */
const SLACK_MS = 2_000
/** Whoever the last fault killed is back. */
const SETTLED_MS = 6_000

/** What is counted twice: by the processes, and by the tables. */
type Pair = {
  readonly what: string
  readonly process: 'scheduler' | 'worker' | 'consumer'
  /** Whose increases are summed, with all labels. */
  readonly counters: readonly string[]
  /** The instants of what the tables have of it. */
  readonly instants: (evidence: Evidence, jobs: readonly AuditedJob[]) => Promise<readonly number[]>
}

/** Of whatever a restart does not lose: in the quiet end of a run nobody is killed. */
const pairs: readonly Pair[] = [
  {
    what: 'checks enqueued',
    process: 'scheduler',
    counters: ['uptick_scheduler_checks_enqueued_total'],
    instants: async (_, jobs) => jobs.flatMap(({ insertedAtMs }) => insertedAtMs),
  },
  {
    what: 'checks settled',
    process: 'worker',
    counters: [
      'uptick_worker_checks_total',
      'uptick_worker_jobs_missed_total',
      'uptick_worker_jobs_unreadable_total',
    ],
    instants: async (_, jobs) =>
      jobs.flatMap(({ changes }) =>
        changes.flatMap(({ event, atMs }) => (event === 'completed' ? [atMs] : [])),
      ),
  },
  {
    what: 'results stored',
    process: 'consumer',
    counters: ['uptick_consumer_results_stored_total'],
    instants: ({ db }) => instantsIn(db, `chaos_row where event = 'stored'`),
  },
  {
    what: 'dead letters',
    process: 'consumer',
    counters: ['uptick_consumer_dead_letters_total'],
    instants: ({ db }) => instantsIn(db, `dead_letter where topic <> 'email'`, 'received_at'),
  },
  {
    what: 'outages opened',
    process: 'consumer',
    counters: ['uptick_outages_total{change="opened"}'],
    instants: ({ db }) => instantsIn(db, `chaos_outage where event = 'opened'`),
  },
  {
    what: 'emails sent',
    process: 'consumer',
    counters: ['uptick_emails_total{outcome="sent"}'],
    instants: async ({ mails }) =>
      mails.filter(({ answer }) => answer === 'accepted').map(({ atMs }) => atMs),
  },
]

/** I16. That every record is a row, a duplicate or a dead letter is I3, by the tables; this is that the metrics say so as well. */
export const countersAgree: Invariant = {
  id: 'I16',
  sentence: 'What the metrics count in quiet is what the tables have',
  async examine(evidence: Evidence) {
    const jobs = await readJobs(evidence.db)
    const counted = await Promise.all(
      pairs.map(async ({ what, process, counters, instants }) => ({
        what,
        process,
        counters,
        instants: await instants(evidence, jobs),
      })),
    )
    return judgeCounters({ ...evidence, counted })
  },
}

export type CounterFacts = Pick<Evidence, 'counters' | 'faults' | 'window'> & {
  readonly counted: readonly (Omit<Pair, 'instants'> & { readonly instants: readonly number[] })[]
}

export function judgeCounters(facts: CounterFacts): Finding {
  const lives = livesIn(facts.counters, quietFrom(facts.faults, facts.window))
  const judged = facts.counted.flatMap(({ what, process, counters, instants }) => {
    const ofKind = lives.filter((life) => life.process.startsWith(process))
    if (ofKind.length === 0) return []
    const counted = ofKind
      .map((life) => counters.reduce((sum, name) => sum + increase(life, name), 0))
      .reduce((sum, one) => sum + one, 0)
    // Scrapes are not all at once, so what happened between the first and the last of a round may be in or out.
    const least = within(instants, latestBegin(ofKind) + SLACK_MS, earliestEnd(ofKind) - SLACK_MS)
    const most = within(instants, earliestBegin(ofKind) - SLACK_MS, latestEnd(ofKind) + SLACK_MS)
    return [{ what, counted, least, most }]
  })
  return {
    compared: judged.reduce((sum, { most }) => sum + most, 0),
    of: 'events of the quiet end',
    violations: judged
      .filter(({ counted, least, most }) => counted < least || counted > most)
      .map(
        ({ what, counted, least, most }) =>
          `${what}: the metrics say ${counted}, the tables ${least} to ${most}`,
      ),
    remarks: judged.map(({ what, counted }) => `${what}: ${counted}`),
  }
}

function quietFrom(faults: readonly InjectedFault[], window: Span): number {
  return Math.max(window.fromMs, ...faults.map(({ untilMs }) => untilMs + SETTLED_MS))
}

/** One incarnation, from its first scrape in the quiet time to its last. */
type Life = {
  readonly process: string
  readonly first: CounterScrape
  readonly last: CounterScrape
}

/**
 * Only where all processes went through the quiet time in one life, and were asked twice: what died took
 * its counts along, and of what came back late it is not known what it counted.
 */
function livesIn(scrapes: readonly CounterScrape[], fromMs: number): readonly Life[] {
  const quiet = scrapes.filter(({ atMs }) => atMs >= fromMs).toSorted((a, b) => a.atMs - b.atMs)
  const byProcess = [...Map.groupBy(quiet, ({ process }) => process)]
  const isSteady = byProcess.every(
    ([, ofProcess]) => ofProcess.length > 1 && new Set(ofProcess.map(({ pid }) => pid)).size === 1,
  )
  if (!isSteady) return []
  return byProcess.flatMap(([process, ofProcess]) => {
    const [first] = ofProcess
    const last = ofProcess.at(-1)
    return first === undefined || last === undefined ? [] : [{ process, first, last }]
  })
}

/** Of all series of that name; with labels, of those that have them. */
function increase({ first, last }: Life, counter: string): number {
  const [name = '', labels = ''] = counter.split('{')
  const wanted = labels.replace(/}$/, '')
  return [...last.values]
    .filter(([series]) => series.split('{')[0] === name && series.includes(wanted))
    .reduce((sum, [series, value]) => sum + value - (first.values.get(series) ?? 0), 0)
}

const latestBegin = (lives: readonly Life[]) => Math.max(...lives.map(({ first }) => first.atMs))
const earliestBegin = (lives: readonly Life[]) => Math.min(...lives.map(({ first }) => first.atMs))
const earliestEnd = (lives: readonly Life[]) => Math.min(...lives.map(({ last }) => last.atMs))
const latestEnd = (lives: readonly Life[]) => Math.max(...lives.map(({ last }) => last.atMs))

function within(instants: readonly number[], fromMs: number, untilMs: number): number {
  return instants.filter((instant) => instant > fromMs && instant <= untilMs).length
}

async function instantsIn(db: Db, from: string, column = 'at'): Promise<readonly number[]> {
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from ${sql.ref(column)}) * 1000)::float8 as ms from ${sql.raw(from)}`.execute(
    db,
  )
  return rows.map(({ ms }) => ms)
}
