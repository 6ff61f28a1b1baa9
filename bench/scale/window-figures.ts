import type { Usage } from '../process-usage.ts'
import type { Measured } from './measure-window.ts'
import type { Sizes } from './read-sizes.ts'
import type { SlotMinute, Spread } from './read-slots.ts'
import type { Sample } from './take-sample.ts'

/** What a window of time came to. */
export type WindowFigures = {
  readonly sites: number
  readonly cadenceSeconds: number
  readonly minutes: number
  readonly warmUp: Measured['warmUp']
  readonly warmUpMs: number
  readonly offeredPerSecond: number
  readonly checksPerSecond: number
  readonly slots: Slots
  readonly byMinute: readonly MinuteFigures[]
  readonly processes: readonly ProcessFigures[]
  /** Those that ended in the window and were started anew: their CPU is not known. */
  readonly restarted: readonly string[]
  /** Of all of Uptick: its processes, Postgres and Kafka. */
  readonly cpuMicrosPerCheck: number
  readonly memoryMiB: number
  readonly bytesPerCheck: BytesPerCheck
  /** Of each core, the part of the time that it was busy with anything, 0 to 1. */
  readonly coresBusy: readonly number[]
  readonly queueWaitingMax: number | null
  readonly lagRecordsMax: number | null
  readonly timeWaitsMax: number
}

export type Slots = {
  readonly expected: number
  readonly done: number
  /** 0 to 1; 1 where nothing was expected. */
  readonly coverage: number
  readonly latenessMs: Spread
  readonly storedMs: Spread
}

export type MinuteFigures = Slots & {
  readonly minute: number
  readonly checks: number
  readonly cpuMicrosPerCheck: number
  readonly memoryMiB: number
  readonly queueWaitingMax: number | null
  readonly lagRecordsMax: number | null
}

export type ProcessFigures = {
  readonly name: string
  readonly isUptick: boolean
  readonly cpuMicrosPerCheck: number
  /** Of one core, on average: 1 is all of it. */
  readonly coreShare: number
  /** Its own, without what it shares: Postgres's buffers are not in it. */
  readonly memoryMiB: { readonly first: number; readonly last: number; readonly max: number }
}

export type BytesPerCheck = {
  readonly resultHeap: number
  readonly resultIndexes: number
  /** Queues, rollups and all else in the database. It falls as well as grows: a queue is emptied in place. */
  readonly otherTables: number
  readonly wal: number
  readonly kafka: number
}

const MIB = 2 ** 20
/** The target, and the process that measures. */
const strangers = new Set(['target', 'bench'])

/** Pure. Throws when the window has no two samples. */
export function windowFigures(measured: Measured): WindowFigures {
  const { samples, stored, slots, window, sites, cadenceSeconds } = measured
  const first = at(samples, 0)
  const last = at(samples, samples.length - 1)
  const checks = sum(stored)
  const seconds = (last.atMs - first.atMs) / 1_000
  const processes = Object.keys(last.processes).map((name) => processOf(name, samples, checks))
  const ours = processes.filter(({ isUptick }) => isUptick)
  return {
    sites,
    cadenceSeconds,
    minutes: (window.untilMs - window.fromMs) / 60_000,
    warmUp: measured.warmUp,
    warmUpMs: measured.warmUpMs,
    offeredPerSecond: sites / cadenceSeconds,
    checksPerSecond: checks / seconds,
    slots: slotsOf(slots.find(({ minute }) => minute === -1)),
    byMinute: minutesOf(measured),
    processes,
    restarted: Object.keys(last.processes).filter(
      (name) => last.processes[name]?.pid !== first.processes[name]?.pid,
    ),
    cpuMicrosPerCheck: sum(ours.map(({ cpuMicrosPerCheck }) => cpuMicrosPerCheck)),
    memoryMiB: uptickMemory(last),
    bytesPerCheck: bytesOf(measured.sizes.before, measured.sizes.after, checks),
    coresBusy: coresBusy(first, last),
    queueWaitingMax: largest(samples, ({ gauges }) => gauges.queueWaiting),
    lagRecordsMax: largest(samples, ({ gauges }) => gauges.lagRecords),
    timeWaitsMax: Math.max(...samples.map(({ timeWaits }) => timeWaits)),
  }
}

function slotsOf(minute: SlotMinute | undefined): Slots {
  const nothing = { p50: 0, p99: 0, max: 0 }
  const { expected, done, latenessMs, storedMs } = minute ?? {
    expected: 0,
    done: 0,
    latenessMs: nothing,
    storedMs: nothing,
  }
  return { expected, done, coverage: expected === 0 ? 1 : done / expected, latenessMs, storedMs }
}

function processOf(name: string, samples: readonly Sample[], checks: number): ProcessFigures {
  const usages = samples.flatMap(({ processes }) => processes[name] ?? [])
  const [first, last] = [at(usages, 0), at(usages, usages.length - 1)]
  const cpuMicros = last.cpuMicros - first.cpuMicros
  const elapsedMs = at(samples, samples.length - 1).atMs - at(samples, 0).atMs
  const memory = usages.map(mebibytes)
  return {
    name,
    isUptick: !strangers.has(name),
    cpuMicrosPerCheck: cpuMicros / Math.max(1, checks),
    coreShare: cpuMicros / (elapsedMs * 1_000),
    memoryMiB: {
      first: at(memory, 0),
      last: at(memory, memory.length - 1),
      max: Math.max(...memory),
    },
  }
}

/** A minute's samples are those from its start to its end, both included. */
function minutesOf({ samples, stored, slots, window }: Measured): readonly MinuteFigures[] {
  return slots
    .filter(({ minute }) => minute >= 0)
    .map((slot) => {
      const fromMs = window.fromMs + slot.minute * 60_000
      // A sample is taken a little after its instant, never before it.
      const span = samples.flatMap(({ atMs }, index) =>
        atMs >= fromMs && atMs < fromMs + 65_000 ? [index] : [],
      )
      const own = span.flatMap((index) => samples[index] ?? [])
      const checks = sum(span.slice(1).map((index) => stored[index - 1] ?? 0))
      return {
        minute: slot.minute + 1,
        ...slotsOf(slot),
        checks,
        cpuMicrosPerCheck: uptickCpu(own) / Math.max(1, checks),
        memoryMiB: uptickMemory(at(own, own.length - 1)),
        queueWaitingMax: largest(own, ({ gauges }) => gauges.queueWaiting),
        lagRecordsMax: largest(own, ({ gauges }) => gauges.lagRecords),
      }
    })
}

function uptickCpu(samples: readonly Sample[]): number {
  const total = (sample: Sample) => sum(uptickUsages(sample).map(({ cpuMicros }) => cpuMicros))
  return total(at(samples, samples.length - 1)) - total(at(samples, 0))
}

function uptickMemory(sample: Sample): number {
  return sum(uptickUsages(sample).map(mebibytes))
}

function uptickUsages({ processes }: Sample): readonly Usage[] {
  return Object.entries(processes).flatMap(([name, usage]) => (strangers.has(name) ? [] : [usage]))
}

function bytesOf(before: Sizes, after: Sizes, checks: number): BytesPerCheck {
  const grown = (name: keyof Sizes) => (after[name] - before[name]) / Math.max(1, checks)
  const [resultHeap, resultIndexes] = [grown('resultHeap'), grown('resultIndexes')]
  return {
    resultHeap,
    resultIndexes,
    otherTables: grown('database') - resultHeap - resultIndexes,
    wal: grown('wal'),
    kafka: grown('kafka'),
  }
}

function coresBusy(first: Sample, last: Sample): readonly number[] {
  return last.cores.map(({ busyTicks, allTicks }, index) => {
    const before = first.cores[index]
    if (before === undefined || allTicks === before.allTicks) return 0
    return (busyTicks - before.busyTicks) / (allTicks - before.allTicks)
  })
}

function largest(samples: readonly Sample[], of: (sample: Sample) => number | null): number | null {
  const known = samples.flatMap((sample) => of(sample) ?? [])
  return known.length === 0 ? null : Math.max(...known)
}

const mebibytes = ({ rssBytes }: Usage): number => rssBytes / MIB
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

function at<T>(values: readonly T[], index: number): T {
  const value = values[index]
  if (value === undefined) throw new Error('a window needs two samples')
  return value
}
