import { describe, expect, test } from 'vitest'
import { tellLimit, verdictOn } from './tell-limit.ts'
import type { WindowFigures } from './window-figures.ts'

const spread = { p50: 100, p99: 200, max: 300 }
const figures: WindowFigures = {
  sites: 1_000,
  cadenceSeconds: 60,
  minutes: 1,
  warmUp: 'done',
  warmUpMs: 1,
  offeredPerSecond: 17,
  checksPerSecond: 17,
  slots: { expected: 1_000, done: 1_000, coverage: 1, latenessMs: spread, storedMs: spread },
  byMinute: [],
  processes: [],
  restarted: [],
  cpuMicrosPerCheck: 1,
  memoryMiB: 1,
  bytesPerCheck: { resultHeap: 1, resultIndexes: 1, otherTables: 1, wal: 1, kafka: 1 },
  coresBusy: [0.5, 0.5],
  queueWaitingMax: 0,
  lagRecordsMax: 0,
  timeWaitsMax: 0,
}
const late = (p99: number) => ({ ...figures.slots, latenessMs: { ...spread, p99 } })
const covered = (coverage: number) => ({ ...figures.slots, coverage })
const share = (name: string, coreShare: number) => ({
  name,
  isUptick: name !== 'target',
  cpuMicrosPerCheck: 1,
  coreShare,
  memoryMiB: { first: 1, last: 1, max: 1 },
})

describe('a rate', () => {
  test.each([
    ['is held with 99.9 % of its slots and a p99 just below 5 s', covered(0.999), late(4_999)],
    ['is held with all of its slots', covered(1), late(0)],
  ])('%s', (_, slots, lateness) => {
    expect(verdictOn({ ...figures, slots }).outcome).toBe('held')
    expect(verdictOn({ ...figures, slots: lateness }).outcome).toBe('held')
  })

  test.each([
    ['its p99 lateness is 5 s', { slots: late(5_000) }, 'p99 lateness 5000 ms'],
    ['a slot too many has no row', { slots: covered(0.9989) }, 'coverage 99.89 %'],
    ['a process died in between', { restarted: ['worker-1'] }, 'worker-1 ended'],
    ['it never got warm', { warmUp: 'late' as const }, 'not warm'],
  ])('is not held when %s', (_, change, reason) => {
    const { outcome, reasons } = verdictOn({ ...figures, ...change })
    expect(outcome).toBe('not_held')
    expect(reasons.join()).toContain(reason)
  })
})

describe('the limit', () => {
  test.each([
    [
      'is the machine when all cores are busy',
      [0.95, 0.96],
      [share('worker-1', 0.95)],
      'The machine was full',
    ],
    [
      'is a process of one thread that has a core',
      [0.95, 0.3],
      [share('worker-1', 0.92)],
      'worker-1 had a whole core',
    ],
    ['is not a server of many processes', [0.6, 0.6], [share('postgres', 0.95)], 'Neither'],
    ['may be somewhere else', [0.2, 0.2], [share('worker-1', 0.2)], 'Neither'],
  ])('%s', (_, coresBusy, processes, sentence) => {
    expect(tellLimit({ ...figures, coresBusy, processes })).toContain(sentence)
  })
})
