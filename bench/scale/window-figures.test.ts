import { describe, expect, test } from 'vitest'
import type { Measured } from './measure-window.ts'
import type { SlotMinute } from './read-slots.ts'
import type { Sample } from './take-sample.ts'
import { windowFigures } from './window-figures.ts'

const MIB = 2 ** 20
const startMs = 1_700_000_000_000

/** Every 30 s: a worker that uses half a core and grows, a target that uses all of one, and two cores. */
function sampleAt(seconds: number, waiting: number | null = 0): Sample {
  const usage = (pid: number, share: number, mebibytes: number) => ({
    pid,
    cpuMicros: 7e6 + seconds * share * 1e6,
    rssBytes: mebibytes * MIB,
  })
  return {
    atMs: startMs + seconds * 1_000 + 3,
    processes: { 'worker-1': usage(10, 0.5, 100 + seconds), target: usage(20, 1, 500) },
    cores: [
      { busyTicks: 50 + seconds * 100, allTicks: 1_000 + seconds * 100 },
      { busyTicks: 50 + seconds * 25, allTicks: 1_000 + seconds * 100 },
    ],
    timeWaits: 7,
    gauges: { queueWaiting: waiting, lagRecords: null, checksInFlight: 1, resultsUnsettled: 0 },
  }
}

const slots = (minute: number, expected: number, done: number): SlotMinute => ({
  minute,
  expected,
  done,
  latenessMs: { p50: 1, p99: 2, max: 3 },
  storedMs: { p50: 4, p99: 5, max: 6 },
})
const sizes = { resultHeap: 1_000, resultIndexes: 0, database: 2_000, wal: 0, kafka: 0 }

const measured: Measured = {
  sites: 120,
  cadenceSeconds: 60,
  window: { fromMs: startMs, untilMs: startMs + 120_000 },
  warmUp: 'done',
  warmUpMs: 5_000,
  samples: [0, 30, 60, 90, 120].map((seconds) => sampleAt(seconds, seconds === 60 ? 9 : 0)),
  stored: [10, 20, 30, 40],
  slots: [slots(0, 60, 60), slots(1, 60, 54), slots(-1, 120, 114)],
  sizes: {
    before: sizes,
    after: { resultHeap: 21_000, resultIndexes: 5_000, database: 29_000, wal: 40_000, kafka: 300 },
  },
}

describe('the figures of a window', () => {
  const figures = windowFigures(measured)

  test('are CPU for each row that was committed, without the target', () => {
    expect(figures.cpuMicrosPerCheck).toBeCloseTo(60e6 / 100)
    expect(figures.processes.map(({ name, coreShare }) => [name, coreShare])).toEqual([
      ['worker-1', expect.closeTo(0.5)],
      ['target', expect.closeTo(1)],
    ])
  })

  test('tell coverage of all slots and of each minute', () => {
    expect(figures.slots.coverage).toBe(0.95)
    expect(figures.byMinute.map(({ coverage }) => coverage)).toEqual([1, 0.9])
  })

  test('give each minute the rows and the CPU between its own samples', () => {
    expect(figures.byMinute.map(({ checks }) => checks)).toEqual([30, 70])
    expect(figures.byMinute.map(({ cpuMicrosPerCheck }) => cpuMicrosPerCheck)).toEqual([
      expect.closeTo(30e6 / 30),
      expect.closeTo(30e6 / 70),
    ])
  })

  test('tell memory at its end, and the largest queue; what nobody told is not known', () => {
    expect(figures.memoryMiB).toBe(220)
    expect(figures.queueWaitingMax).toBe(9)
    expect(figures.lagRecordsMax).toBeNull()
  })

  test('are bytes for each check, the rest of the database being what is not results', () => {
    expect(figures.bytesPerCheck).toEqual({
      resultHeap: 200,
      resultIndexes: 50,
      otherTables: 20,
      wal: 400,
      kafka: 3,
    })
  })

  test('tell how busy each core was', () => {
    expect(figures.coresBusy).toEqual([1, 0.25])
  })

  test('name a process that is another one at the end', () => {
    const last = sampleAt(120)
    const worker = { pid: 11, cpuMicros: 1, rssBytes: MIB }
    const samples = [sampleAt(0), { ...last, processes: { ...last.processes, 'worker-1': worker } }]
    expect(windowFigures({ ...measured, samples, stored: [1] }).restarted).toEqual(['worker-1'])
    expect(figures.restarted).toEqual([])
  })

  test('of a window without rows are no numbers that are none', () => {
    const stored = [0, 0, 0, 0]
    const text = JSON.stringify(windowFigures({ ...measured, stored, slots: [slots(-1, 0, 0)] }))
    // NaN and Infinity become null in JSON; what is not known is null as well.
    expect(text.match(/:null/g)).toHaveLength(1)
  })

  test('need two samples', () => {
    expect(() => windowFigures({ ...measured, samples: [] })).toThrow('two samples')
  })
})
