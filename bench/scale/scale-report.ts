import type { Detections } from './read-detections.ts'
import {
  detectionLine,
  minuteTable,
  processTable,
  sideTable,
  stepTable,
  summaryLines,
} from './report-text.ts'
import type { ScaleOptions } from './scale-options.ts'
import type { SideBySide } from './side-by-side.ts'
import { HOLDS, tellLimit, verdictOn } from './tell-limit.ts'
import type { WindowFigures } from './window-figures.ts'

/** All that a run of bench-scale found; what it did not get to is empty, and `trouble` says why. */
export type ScaleReport = {
  readonly at: string
  readonly commit: string
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly memoryMiB: number
    readonly kernel: string
    readonly node: string
    /** Of one minute, before anything was started: others at work spoil the figures. */
    readonly loadBefore: number
  }
  readonly options: ScaleOptions
  readonly before: SideBySide
  readonly after: SideBySide
  /** One for a run. In the order in which they were made. */
  readonly steps: readonly WindowFigures[]
  readonly detections: Detections | null
  readonly trouble: string | null
}

export type Doubled = {
  readonly from: number
  readonly to: number
  /** Each cost as a multiple of what it was, divided by the multiple of the sites: at most 1 is at most in proportion. */
  readonly ratios: Readonly<Record<string, number>>
}

/** As Markdown. Pure. */
export function reportText(report: ScaleReport): string {
  const { options, steps, machine, trouble } = report
  const largest = steps.at(-1)
  const head = [
    `# bench-scale: ${options.kind}, ${options.scheme}`,
    '',
    `${report.at}, commit ${report.commit}; ${machine.cores} cores (${machine.cpu}), ${machine.memoryMiB} MiB, Linux ${machine.kernel}, Node ${machine.node}, load ${machine.loadBefore.toFixed(2)} before. ${options.workers} worker(s); the target on the same machine.`,
    ...(options.isProfiled ? ['', 'Profiled: every cost is higher than without.'] : []),
    ...(trouble === null ? [] : ['', `**Not finished:** ${trouble}`]),
    '',
  ]
  if (largest === undefined) return [...head, 'Nothing was measured.', ''].join('\n')
  const body = options.kind === 'run' ? runText(report, largest) : stepsText(report)
  return [...head, ...body, ''].join('\n')
}

function runText({ before, after, detections }: ScaleReport, figures: WindowFigures) {
  return [
    ...summaryLines(figures).flatMap((line) => [line, '']),
    ...(detections === null ? [] : [detectionLine(detections), '']),
    minuteTable(figures),
    '',
    processTable(figures),
    '',
    sideTable(before, after, figures.cpuMicrosPerCheck),
  ]
}

function stepsText({ options, steps, before, after }: ScaleReport): readonly string[] {
  const held = heldBest(steps)
  const missed = steps.find((step) => verdictOn(step).outcome === 'not_held')
  const conclusion =
    options.kind === 'step'
      ? [
          held === null
            ? 'No step was held.'
            : `Held at most: **${held.offeredPerSecond.toFixed(0)} checks a second** (${held.sites} sites every ${held.cadenceSeconds} s): p99 lateness below ${HOLDS.latenessP99Ms} ms and coverage of ${HOLDS.coverage * 100} % for ${held.minutes} minutes.`,
          ...(held === null ? [] : [`At that rate: ${tellLimit(held)}`]),
          ...(missed === undefined
            ? []
            : [`Not held at ${missed.offeredPerSecond.toFixed(0)}: ${tellLimit(missed)}`]),
        ]
      : doublings(steps).map(doubledLine)
  const last = held ?? steps.at(-1)
  return [
    ...conclusion.flatMap((line) => [line, '']),
    stepTable(steps),
    ...(last === undefined
      ? []
      : [
          '',
          `At ${last.sites} sites:`,
          '',
          processTable(last),
          '',
          sideTable(before, after, last.cpuMicrosPerCheck),
        ]),
  ]
}

/** The largest rate that was held; null: none was. */
export function heldBest(steps: readonly WindowFigures[]): WindowFigures | null {
  const held = steps.filter((step) => verdictOn(step).outcome === 'held')
  return held.toSorted((a, b) => b.offeredPerSecond - a.offeredPerSecond)[0] ?? null
}

/** Each step beside the one before. */
export function doublings(steps: readonly WindowFigures[]): readonly Doubled[] {
  return steps.slice(1).flatMap((step, index) => {
    const before = steps[index]
    if (before === undefined) return []
    const growth = step.sites / before.sites
    const ratio = (cost: (step: WindowFigures) => number) => cost(step) / cost(before) / growth
    const perSecond = (cost: (step: WindowFigures) => number) =>
      ratio((each) => cost(each) * each.checksPerSecond)
    return [
      {
        from: before.sites,
        to: step.sites,
        ratios: {
          CPU: perSecond(({ cpuMicrosPerCheck }) => cpuMicrosPerCheck),
          rows: perSecond(({ bytesPerCheck }) => bytesPerCheck.resultHeap),
          indexes: perSecond(({ bytesPerCheck }) => bytesPerCheck.resultIndexes),
          log: perSecond(({ bytesPerCheck }) => bytesPerCheck.wal),
          Kafka: perSecond(({ bytesPerCheck }) => bytesPerCheck.kafka),
          memory: ratio(({ memoryMiB }) => memoryMiB),
        },
      },
    ]
  })
}

/** A little more is noise: batches and vacuum do not come at the same moments. */
const PROPORTION_MAX = 1.05

function doubledLine({ from, to, ratios }: Doubled): string {
  const all = Object.entries(ratios).filter(([, ratio]) => Number.isFinite(ratio))
  const more = all.filter(([, ratio]) => ratio > PROPORTION_MAX).map(([name]) => name)
  const verdict =
    more.length === 0 ? 'at most in proportion' : `more than in proportion: ${more.join(', ')}`
  const told = all.map(([name, ratio]) => `${name} ${ratio.toFixed(2)}`)
  return `From ${from} to ${to} sites, growth of each cost as a part of the growth of sites: ${told.join(', ')}; ${verdict}.`
}
