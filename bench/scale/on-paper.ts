import { table } from './report-text.ts'
import type { WindowFigures } from './window-figures.ts'

/** What a fleet would take, reckoned from figures that were measured on a smaller one. Pure. */
export type OnPaper = {
  readonly sites: number
  readonly cadenceSeconds: number
  readonly checksPerSecond: number
  readonly cores: Readonly<Record<Part, number>>
  readonly processes: Readonly<Record<Part, number>>
  /** At once, when each takes its time on the way to a site and back. */
  readonly inFlight: number
  readonly partitions: number
  readonly memoryMiB: number
  readonly connections: number
  readonly bytesPerDay: {
    readonly rows: number
    readonly indexes: number
    readonly log: number
    readonly kafka: number
  }
}

const parts = ['scheduler', 'worker', 'consumer', 'web', 'postgres', 'kafka'] as const
type Part = (typeof parts)[number]

/** Of a core, so that a minute with more to do, a restart or a lost machine leaves no backlog. */
const LOAD_MAX = 0.6
/** On loopback a check takes a millisecond; in the world, and with some that hang, about this much on average. */
const CHECK_SECONDS = 0.5
/** WORKER_CONCURRENCY, as it ships. */
const IN_FLIGHT_PER_WORKER = 500
/** Connections to Postgres of one process: its own pools (see the main.ts of each). */
const CONNECTIONS: Readonly<Record<Part, number>> = {
  scheduler: 6,
  worker: 3,
  consumer: 8,
  web: 10,
  postgres: 0,
  kafka: 0,
}
/** A second one waits for the first to fail; of those that share the work, a second for the same reason. */
const FEWEST: Readonly<Record<Part, number>> = {
  scheduler: 2,
  worker: 2,
  consumer: 2,
  web: 1,
  postgres: 1,
  kafka: 1,
}
const PARTITIONS_STEP = 6
const DAY_SECONDS = 86_400

export type PaperFleet = { readonly sites: number; readonly cadenceSeconds: number }

/** In proportion: `docs/scale.md` says by which measurement a cost is no more than that. */
export function onPaper(figures: WindowFigures, fleet: PaperFleet): OnPaper {
  const checksPerSecond = fleet.sites / fleet.cadenceSeconds
  const cores = byPart((part) => (microsOf(figures, part) * checksPerSecond) / 1e6)
  const inFlight = checksPerSecond * CHECK_SECONDS
  const byLoad = (part: Part) => Math.ceil(cores[part] / LOAD_MAX)
  // Only one scheduler at a time moves the hand: more of them do not share its work.
  const processes = {
    ...FEWEST,
    worker: Math.max(FEWEST.worker, byLoad('worker'), Math.ceil(inFlight / IN_FLIGHT_PER_WORKER)),
    consumer: Math.max(FEWEST.consumer, byLoad('consumer')),
  }
  const bytes = (perCheck: number) => perCheck * checksPerSecond * DAY_SECONDS
  return {
    ...fleet,
    checksPerSecond,
    cores,
    processes,
    inFlight,
    partitions: Math.ceil(processes.consumer / PARTITIONS_STEP) * PARTITIONS_STEP,
    memoryMiB: sum(parts.map((part) => processes[part] * memoryOf(figures, part))),
    connections: sum(parts.map((part) => processes[part] * CONNECTIONS[part])),
    bytesPerDay: {
      rows: bytes(figures.bytesPerCheck.resultHeap),
      indexes: bytes(figures.bytesPerCheck.resultIndexes),
      log: bytes(figures.bytesPerCheck.wal),
      kafka: bytes(figures.bytesPerCheck.kafka),
    },
  }
}

/** Columns side by side, by their titles. */
export function paperTable(papers: ReadonlyMap<string, OnPaper>): string {
  const all = [...papers.values()]
  const row = (what: string, value: (paper: OnPaper) => string) => [what, ...all.map(value)]
  return table(
    ['', ...papers.keys()],
    [
      row('checks a second', ({ checksPerSecond }) => checksPerSecond.toFixed(0)),
      row(`checks in flight, ${CHECK_SECONDS} s each`, ({ inFlight }) => inFlight.toFixed(0)),
      ...parts.map((part) =>
        row(`cores busy: ${part}`, ({ cores, processes }) =>
          part === 'worker' || part === 'consumer'
            ? `${cores[part].toFixed(1)} in ${processes[part]} processes`
            : cores[part].toFixed(1),
        ),
      ),
      row('cores busy in all', ({ cores }) => sum(Object.values(cores)).toFixed(1)),
      row(`cores to have, busy to ${LOAD_MAX * 100} %`, ({ cores }) =>
        Math.ceil(sum(Object.values(cores)) / LOAD_MAX).toFixed(0),
      ),
      row('partitions of the topic, at least', ({ partitions }) => String(partitions)),
      row('connections to Postgres', ({ connections }) => String(connections)),
      row('memory of the processes', ({ memoryMiB }) => `${(memoryMiB / 1024).toFixed(1)} GiB`),
      row(
        'rows a day',
        ({ checksPerSecond }) => `${((checksPerSecond * DAY_SECONDS) / 1e6).toFixed(0)} million`,
      ),
      row('results in Postgres a day, with indexes', ({ bytesPerDay }) =>
        gigabytes(bytesPerDay.rows + bytesPerDay.indexes),
      ),
      row('results in Postgres, 8 days (the least to keep)', ({ bytesPerDay }) =>
        gigabytes(8 * (bytesPerDay.rows + bytesPerDay.indexes)),
      ),
      row('write-ahead log a day', ({ bytesPerDay }) => gigabytes(bytesPerDay.log)),
      row('Kafka a day, before replication', ({ bytesPerDay }) => gigabytes(bytesPerDay.kafka)),
    ],
  )
}

function microsOf({ processes }: WindowFigures, part: Part): number {
  return sum(processes.filter(isOf(part)).map(({ cpuMicrosPerCheck }) => cpuMicrosPerCheck))
}

/** Of one process, the largest where there are several. */
function memoryOf({ processes }: WindowFigures, part: Part): number {
  return Math.max(0, ...processes.filter(isOf(part)).map(({ memoryMiB }) => memoryMiB.max))
}

const isOf =
  (part: Part) =>
  ({ name }: { readonly name: string }): boolean =>
    name === part || name.startsWith(`${part}-`)

function byPart(value: (part: Part) => number): Record<Part, number> {
  const [scheduler, worker, consumer] = [value('scheduler'), value('worker'), value('consumer')]
  return {
    scheduler,
    worker,
    consumer,
    web: value('web'),
    postgres: value('postgres'),
    kafka: value('kafka'),
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(0)} GB`
