import type { Db } from '#db/connect.ts'
import type { Served, TruthSite } from '../ground-truth/truth.ts'
import type { TopicRecord } from '../support/invariants.ts'
import type { SinkMail } from '../support/smtp-sink.ts'

/** All that a run left behind, for the invariants to judge. All instants are epoch milliseconds of this machine's true clock. */
export type Evidence = {
  readonly seed: number
  /** As the owner. `chaos_job` (audit-log.ts) has each job that was ever inserted, and what became of it. */
  readonly db: Db
  /** From the first slot that counts until scheduling was switched off. */
  readonly window: Span
  /** When the queue and the stream had run empty after that; null: they never did within the time given. */
  readonly drainedAtMs: number | null
  readonly fleet: Fleet
  readonly faults: readonly InjectedFault[]
  /** In order. */
  readonly served: readonly Served[]
  /** The whole topic. */
  readonly records: readonly TopicRecord[]
  /** In the order of their acceptance, those that were read and not answered among them. */
  readonly mails: readonly ArrivedMail[]
  readonly deadManPingsMs: readonly number[]
  readonly memory: readonly MemorySample[]
  readonly counters: readonly CounterScrape[]
  /** What `web` and the metrics answered when they were asked for all that they tell: texts by address. */
  readonly answers: ReadonlyMap<string, string>
  /** Of the logs, by file; no secret that was planted may turn up there, nor anywhere else. */
  readonly logFolder: string
  readonly secrets: readonly string[]
}

export type Span = { readonly fromMs: number; readonly untilMs: number }

export type Fleet = {
  readonly cadenceSeconds: number
  readonly timeoutMs: number
  readonly failureThreshold: number
  readonly recoveryThreshold: number
  /** Site ids to what is true of them. */
  readonly sites: ReadonlyMap<number, TruthSite>
  /** The target's zero of time. */
  readonly truthStartMs: number
  /** What an hour is in this run, for those that flap: the setting FLAPPING_WINDOW_S. */
  readonly flappingWindowMs: number
}

/** What a fault was done to. `target`: what all sites do, by order. */
export type FaultPlace =
  | 'scheduler'
  | 'worker'
  | 'consumer'
  | 'notifier'
  | 'web'
  | 'postgres'
  | 'kafka'
  | 'smtp'
  | 'stream'
  | 'target'

export type InjectedFault = Span & {
  /** As in the fault table: `kill`, `suspend`, `postgres link cut`, `fail point worker.before_publish kill`. */
  readonly name: string
  readonly place: FaultPlace
  /** The process or link, `worker-2`. */
  readonly victim: string
}

export type ArrivedMail = SinkMail & {
  readonly atMs: number
  /** `unclear`: read whole, and the connection broken in place of an answer. */
  readonly answer: 'accepted' | 'unclear'
}

/** Of one incarnation of one process. */
export type MemorySample = {
  readonly atMs: number
  readonly process: string
  readonly pid: number
  readonly rssBytes: number
}

/** `/metrics` of one incarnation of one process. */
export type CounterScrape = {
  readonly atMs: number
  readonly process: string
  readonly pid: number
  /** Series as they are written, `name{label="value"}`. */
  readonly values: ReadonlyMap<string, number>
}
