import { describe, expect, test } from 'vitest'
import { onPaper, paperTable } from './on-paper.ts'
import type { WindowFigures } from './window-figures.ts'

const spread = { p50: 0, p99: 0, max: 0 }
const part = (name: string, cpuMicrosPerCheck: number, max: number) => ({
  name,
  isUptick: name !== 'target',
  cpuMicrosPerCheck,
  coreShare: 0,
  memoryMiB: { first: max, last: max, max },
})

const figures: WindowFigures = {
  sites: 100_000,
  cadenceSeconds: 60,
  minutes: 10,
  warmUp: 'done',
  warmUpMs: 0,
  offeredPerSecond: 1_667,
  checksPerSecond: 1_667,
  slots: { expected: 1, done: 1, coverage: 1, latenessMs: spread, storedMs: spread },
  byMinute: [],
  processes: [
    part('scheduler', 12, 100),
    part('worker-1', 60, 200),
    part('worker-2', 60, 300),
    part('consumer', 30, 100),
    part('web', 0, 100),
    part('postgres', 90, 100),
    part('kafka', 30, 200),
    part('target', 999, 999),
  ],
  restarted: [],
  cpuMicrosPerCheck: 282,
  memoryMiB: 0,
  bytesPerCheck: { resultHeap: 100, resultIndexes: 50, otherTables: 5, wal: 400, kafka: 300 },
  coresBusy: [1, 1],
  queueWaitingMax: 0,
  lagRecordsMax: 0,
  timeWaitsMax: 0,
}

describe('a fleet on paper', () => {
  const paper = onPaper(figures, { sites: 1_000_000, cadenceSeconds: 100 })

  test('needs cores in proportion to its checks, those of all workers taken together', () => {
    expect(paper.checksPerSecond).toBe(10_000)
    expect(paper.cores).toEqual({
      scheduler: expect.closeTo(0.12),
      worker: expect.closeTo(1.2),
      consumer: expect.closeTo(0.3),
      web: 0,
      postgres: expect.closeTo(0.9),
      kafka: expect.closeTo(0.3),
    })
  })

  test('has two of each process that may be lost, however small it is', () => {
    const small = onPaper(figures, { sites: 100, cadenceSeconds: 100 })
    expect(small.processes).toMatchObject({ scheduler: 2, worker: 2, consumer: 2, web: 1 })
  })

  test('has workers for the checks in flight, 500 in each', () => {
    expect(paper).toMatchObject({ inFlight: 5_000, processes: { worker: 10 } })
  })

  test('has workers that are busy to 60 % at the most, where that asks for more of them', () => {
    const dear = { ...figures, processes: [part('worker-1', 900, 100)] }
    expect(onPaper(dear, { sites: 1_000_000, cadenceSeconds: 100 }).processes.worker).toBe(15)
  })

  test('has a partition for each consumer, by sixes', () => {
    expect(paper.partitions).toBe(6)
    expect(onPaper(figures, { sites: 1e7, cadenceSeconds: 60 }).partitions).toBe(12)
  })

  test('writes as many bytes a day as its checks leave', () => {
    expect(paper.bytesPerDay).toEqual({
      rows: 86.4e9,
      indexes: 43.2e9,
      log: 345.6e9,
      kafka: 259.2e9,
    })
  })

  test('counts the largest of several workers for each of them, and not the target', () => {
    expect(paper.memoryMiB).toBe(2 * 100 + 10 * 300 + 2 * 100 + 100 + 100 + 200)
  })

  test('is told as a table with a column for each', () => {
    const text = paperTable(new Map([['one', paper]]))
    expect(text).toContain('| checks a second | 10000 |')
    expect(text).toContain('| cores busy: worker | 1.2 in 10 processes |')
    expect(text).toContain('| results in Postgres a day, with indexes | 130 GB |')
  })
})
