import type { Detections } from './read-detections.ts'
import type { Spread } from './read-slots.ts'
import { median, type SideBySide } from './side-by-side.ts'
import { tellLimit, verdictOn } from './tell-limit.ts'
import type { BytesPerCheck, WindowFigures } from './window-figures.ts'

/** The figures as Markdown. All of it pure. */

type Cell = string | number | null

export function table(titles: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `| ${cells.map((cell) => cell ?? '-').join(' | ')} |`
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n')
}

const whole = (value: number) => value.toFixed(0)
const percent = (share: number) => `${(Math.floor(share * 1e5) / 1e3).toFixed(3)} %`
const spread = ({ p50, p99, max }: Spread) => `${p50} / ${p99} / ${max}`

/** One line for each minute of its slots. */
export function minuteTable({ byMinute }: WindowFigures): string {
  return table(
    [
      'minute',
      'slots',
      'coverage',
      'lateness p50 / p99 / max, ms',
      'slot to row p50 / p99 / max, ms',
      'CPU us per check',
      'memory, MiB',
      'queue',
      'lag',
    ],
    byMinute.map((minute) => [
      minute.minute,
      `${minute.done} of ${minute.expected}`,
      percent(minute.coverage),
      spread(minute.latenessMs),
      spread(minute.storedMs),
      whole(minute.cpuMicrosPerCheck),
      whole(minute.memoryMiB),
      minute.queueWaitingMax,
      minute.lagRecordsMax,
    ]),
  )
}

export function processTable(figures: WindowFigures): string {
  return table(
    ['process', 'CPU us per check', 'of a core', 'memory first / last / max, MiB'],
    [
      ...figures.processes.map(({ name, isUptick, cpuMicrosPerCheck, coreShare, memoryMiB }) => [
        isUptick ? name : `${name} (not counted)`,
        whole(cpuMicrosPerCheck),
        coreShare.toFixed(2),
        `${whole(memoryMiB.first)} / ${whole(memoryMiB.last)} / ${whole(memoryMiB.max)}`,
      ]),
      [
        '**all of Uptick**',
        `**${whole(figures.cpuMicrosPerCheck)}**`,
        '',
        whole(figures.memoryMiB),
      ],
    ],
  )
}

export function bytesLine(bytes: BytesPerCheck): string {
  const parts = [
    `rows ${whole(bytes.resultHeap)}`,
    `their indexes ${whole(bytes.resultIndexes)}`,
    `queues, rollups and all else ${whole(bytes.otherTables)}`,
    `write-ahead log ${whole(bytes.wal)}`,
    `Kafka ${whole(bytes.kafka)}`,
  ]
  return `Bytes per check: ${parts.join(', ')}.`
}

export function summaryLines(figures: WindowFigures): readonly string[] {
  const { slots } = figures
  return [
    `${figures.sites} sites every ${figures.cadenceSeconds} s for ${figures.minutes} minutes: ${whole(figures.checksPerSecond)} checks a second, offered ${whole(figures.offeredPerSecond)}.`,
    `Slots ${slots.done} of ${slots.expected}, coverage ${percent(slots.coverage)}; lateness p50 / p99 / max ${spread(slots.latenessMs)} ms; slot to committed row ${spread(slots.storedMs)} ms.`,
    `Queue at most ${figures.queueWaitingMax ?? 'unknown'}, lag at most ${figures.lagRecordsMax ?? 'unknown'} records; at most ${figures.timeWaitsMax} connections in TIME_WAIT. Warm-up ${whole(figures.warmUpMs / 1_000)} s (${figures.warmUp}).`,
    bytesLine(figures.bytesPerCheck),
    tellLimit(figures),
  ]
}

export function detectionLine(found: Detections): string {
  return `${found.sites} sites were made to fail: ${found.outages} outages, ${found.told} emails accepted; first failed slot to outage p50 / p99 / max ${spread(found.slotToOutageMs)} ms, to email ${spread(found.slotToEmailMs)} ms.`
}

export function sideTable(before: SideBySide, after: SideBySide, uptickMicros: number): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return table(
    ['probe alone', 'before, CPU us', 'after, CPU us', 'all of Uptick as a part of it'],
    names.map((name) => {
      const both = [...(before[name] ?? []), ...(after[name] ?? [])]
      const cost = (rounds: readonly number[] | undefined) =>
        rounds === undefined ? null : whole(median(rounds))
      return [name, cost(before[name]), cost(after[name]), (uptickMicros / median(both)).toFixed(2)]
    }),
  )
}

/** One line for each size that was measured, with its costs for each second of wall time. */
export function stepTable(steps: readonly WindowFigures[]): string {
  return table(
    [
      'sites',
      'checks/s',
      'coverage',
      'lateness p50 / p99 / max, ms',
      'CPU us per check',
      'cores used',
      'memory, MiB',
      'rows and indexes, bytes/s',
      'log, bytes/s',
      '',
    ],
    steps.map((step) => [
      step.sites,
      whole(step.checksPerSecond),
      percent(step.slots.coverage),
      spread(step.slots.latenessMs),
      whole(step.cpuMicrosPerCheck),
      coresOf(step).toFixed(2),
      whole(step.memoryMiB),
      whole(storedPerSecond(step)),
      whole(step.bytesPerCheck.wal * step.checksPerSecond),
      verdictOn(step).outcome === 'held' ? 'held' : verdictOn(step).reasons.join('; '),
    ]),
  )
}

/** CPU seconds of Uptick in each second. */
export const coresOf = ({ cpuMicrosPerCheck, checksPerSecond }: WindowFigures): number =>
  (cpuMicrosPerCheck * checksPerSecond) / 1e6

export const storedPerSecond = ({ bytesPerCheck, checksPerSecond }: WindowFigures): number =>
  (bytesPerCheck.resultHeap + bytesPerCheck.resultIndexes) * checksPerSecond
