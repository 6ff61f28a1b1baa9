import { coresOf, storedPerSecond } from './report-text.ts'
import type { ScaleReport } from './scale-report.ts'
import { type Series, svgPlot } from './svg-plot.ts'
import type { WindowFigures } from './window-figures.ts'

/** A file's name without its folder and ending, and what is in it. */
export type Drawing = { readonly name: string; readonly svg: string }

/** The plots of a report; none where nothing was measured. Pure. */
export function drawPlots({ options, steps }: ScaleReport): readonly Drawing[] {
  const [first] = steps
  if (first === undefined) return []
  if (options.kind === 'run') return runPlots(first)
  return options.kind === 'step' ? stepPlots(steps) : doublingPlots(steps)
}

function runPlots({ byMinute, sites, cadenceSeconds }: WindowFigures): readonly Drawing[] {
  const of = (
    name: string,
    value: (minute: WindowFigures['byMinute'][number]) => number,
  ): Series => ({
    name,
    points: byMinute.map((minute) => [minute.minute, value(minute)]),
  })
  const fleet = `${sites} sites every ${cadenceSeconds} s`
  const x = { label: 'minute', scale: 'linear' } as const
  return [
    {
      name: 'latency',
      svg: svgPlot({
        title: `From slot to check and to row, ${fleet}`,
        x,
        y: { label: 'ms', scale: 'linear' },
        series: [
          of('check began, p50', ({ latenessMs }) => latenessMs.p50),
          of('check began, p99', ({ latenessMs }) => latenessMs.p99),
          of('row committed, p50', ({ storedMs }) => storedMs.p50),
          of('row committed, p99', ({ storedMs }) => storedMs.p99),
        ],
      }),
    },
    {
      name: 'memory',
      svg: svgPlot({
        title: `Memory of all processes, ${fleet}`,
        x,
        y: { label: 'MiB', scale: 'linear' },
        series: [of('private memory', ({ memoryMiB }) => memoryMiB)],
      }),
    },
  ]
}

function stepPlots(steps: readonly WindowFigures[]): readonly Drawing[] {
  const of = (name: string, value: (step: WindowFigures) => number): Series => ({
    name,
    points: bySize(steps).map((step) => [step.offeredPerSecond, value(step)]),
  })
  return [
    {
      name: 'lateness',
      svg: svgPlot({
        title: 'How late checks begin as the rate rises',
        x: { label: 'checks a second, offered', scale: 'linear' },
        y: { label: 'ms', scale: 'log' },
        series: [
          of('p50', ({ slots }) => slots.latenessMs.p50),
          of('p99', ({ slots }) => slots.latenessMs.p99),
        ],
      }),
    },
    {
      name: 'cpu',
      svg: svgPlot({
        title: 'CPU of a check as the rate rises',
        x: { label: 'checks a second, offered', scale: 'linear' },
        y: { label: 'us per check', scale: 'linear' },
        series: [
          of('all of Uptick', ({ cpuMicrosPerCheck }) => cpuMicrosPerCheck),
          ...namesOf(steps).map((name) => of(name, (step) => cpuOf(step, name))),
        ],
      }),
    },
  ]
}

/** Each cost as a multiple of what it was at the smallest size, beside the line of twice as much for twice as many. */
function doublingPlots(steps: readonly WindowFigures[]): readonly Drawing[] {
  const [first] = steps
  if (first === undefined) return []
  const grown = (name: string, cost: (step: WindowFigures) => number): Series => ({
    name,
    points: steps.map((step) => [step.sites, cost(step) / cost(first)]),
  })
  const title = 'What each cost grows to, per second of time, as sites double'
  return [
    {
      name: 'doubling',
      svg: svgPlot({
        title,
        x: { label: 'sites', scale: 'log' },
        y: { label: `times the cost at ${first.sites} sites`, scale: 'log' },
        series: [
          grown('CPU', coresOf),
          grown('rows', storedPerSecond),
          grown('log', ({ bytesPerCheck, checksPerSecond }) => bytesPerCheck.wal * checksPerSecond),
          grown('memory', ({ memoryMiB }) => memoryMiB),
          {
            name: 'in proportion',
            points: steps.map(({ sites }) => [sites, sites / first.sites]),
            isReference: true,
          },
        ],
      }),
    },
  ]
}

const bySize = (steps: readonly WindowFigures[]) => [...steps].sort((a, b) => a.sites - b.sites)

const namesOf = (steps: readonly WindowFigures[]): readonly string[] => [
  ...new Set(
    steps.flatMap(({ processes }) =>
      processes.flatMap((each) => (each.isUptick && each.name !== 'web' ? [each.name] : [])),
    ),
  ),
]

const cpuOf = ({ processes }: WindowFigures, name: string): number =>
  processes.find((each) => each.name === name)?.cpuMicrosPerCheck ?? 0
