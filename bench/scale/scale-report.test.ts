import { describe, expect, test } from 'vitest'
import { drawPlots } from './draw-plots.ts'
import { readScaleOptions } from './scale-options.ts'
import { doublings, heldBest, reportText, type ScaleReport } from './scale-report.ts'
import type { WindowFigures } from './window-figures.ts'

const spread = { p50: 100, p99: 200, max: 300 }
const slots = { expected: 100, done: 100, coverage: 1, latenessMs: spread, storedMs: spread }
const step = (sites: number, change: Partial<WindowFigures> = {}): WindowFigures => ({
  sites,
  cadenceSeconds: 60,
  minutes: 2,
  warmUp: 'done',
  warmUpMs: 1_000,
  offeredPerSecond: sites / 60,
  checksPerSecond: sites / 60,
  slots,
  byMinute: [],
  processes: [],
  restarted: [],
  cpuMicrosPerCheck: 300,
  memoryMiB: 500,
  bytesPerCheck: { resultHeap: 100, resultIndexes: 50, otherTables: 5, wal: 400, kafka: 300 },
  coresBusy: [0.5, 0.5],
  queueWaitingMax: 0,
  lagRecordsMax: null,
  timeWaitsMax: 0,
  ...change,
})
const late = { slots: { ...slots, latenessMs: { ...spread, p99: 9_000 } } }

const report = (env: Record<string, string>, change: Partial<ScaleReport>): ScaleReport => ({
  at: '2026-01-01T00:00:00.000Z',
  commit: 'abc1234',
  machine: { cpu: 'a CPU', cores: 2, memoryMiB: 8_000, kernel: '6', node: 'v24', loadBefore: 0 },
  options: readScaleOptions(env),
  before: { 'bare undici': [200, 210, 220], blackbox_exporter: [590, 600, 610] },
  after: {},
  steps: [],
  detections: null,
  trouble: null,
  ...change,
})

describe('a report', () => {
  test('of a run that failed at once says so, and has no plot', () => {
    const failed = report({}, { trouble: 'no broker' })
    expect(reportText(failed)).toContain('**Not finished:** no broker')
    expect(reportText(failed)).toContain('Nothing was measured.')
    expect(drawPlots(failed)).toEqual([])
  })

  test('of a run sets all of Uptick beside the probes alone', () => {
    expect(reportText(report({}, { steps: [step(100_000)] }))).toContain(
      '| blackbox_exporter | 600 | - | 0.50 |',
    )
  })

  test('of a step test tells the highest rate that held, whatever came after it', () => {
    const steps = [step(60_000), step(120_000, late), step(90_000), step(100_000, late)]
    expect(heldBest(steps)?.sites).toBe(90_000)
    const text = reportText(report({ STEP: '1' }, { steps }))
    expect(text).toContain('**1500 checks a second** (90000 sites every 60 s)')
    expect(text).toContain('p99 lateness 9000 ms, not below 5000 ms')
  })

  test('of a step test of which nothing held says that', () => {
    expect(reportText(report({ STEP: '1' }, { steps: [step(60_000, late)] }))).toContain(
      'No step was held.',
    )
  })
})

describe('doubling', () => {
  const ratiosOf = (change: Partial<WindowFigures>) =>
    doublings([step(1_000), step(2_000, change)])[0]?.ratios

  test('at the same cost per check is in proportion, and memory that stays is half of that', () => {
    expect(ratiosOf({})).toEqual({ CPU: 1, rows: 1, indexes: 1, log: 1, Kafka: 1, memory: 0.5 })
  })

  test('that costs more for each check is more than in proportion, by name', () => {
    expect(ratiosOf({ cpuMicrosPerCheck: 330 })?.CPU).toBeCloseTo(1.1)
    const steps = [step(1_000), step(2_000, { cpuMicrosPerCheck: 330 })]
    expect(reportText(report({ DOUBLING: '1' }, { steps }))).toContain(
      'more than in proportion: CPU.',
    )
  })

  test('counts the last step, which is no doubling, by its own growth', () => {
    expect(doublings([step(64_000), step(100_000)])[0]?.ratios.CPU).toBeCloseTo(1)
  })

  test('leaves out a cost that was nothing before', () => {
    const nothing = { ...step(1_000).bytesPerCheck, resultIndexes: 0 }
    const steps = [step(1_000, { bytesPerCheck: nothing }), step(2_000)]
    const text = reportText(report({ DOUBLING: '1' }, { steps }))
    expect(text).not.toMatch(/Infinity|NaN/)
    expect(text).toContain('at most in proportion')
  })
})
