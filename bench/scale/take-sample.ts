import { readFileSync } from 'node:fs'
import { type Usage, usageOf } from '../process-usage.ts'
import { gaugeSum } from './gauge-sum.ts'

/** What is known at one moment; Linux only. */
export type Sample = {
  readonly atMs: number
  readonly processes: Readonly<Record<string, SampledUsage>>
  /** Of each core since the machine's start. */
  readonly cores: readonly CoreTime[]
  /** Connections of the machine that are closed and whose ports are not free yet. */
  readonly timeWaits: number
  readonly gauges: Gauges
}

export type SampledUsage = Usage & { readonly pid: number }

export type CoreTime = { readonly busyTicks: number; readonly allTicks: number }

/** As the processes tell them at /metrics; null: not told. */
export type Gauges = {
  readonly queueWaiting: number | null
  readonly lagRecords: number | null
  readonly checksInFlight: number | null
  readonly resultsUnsettled: number | null
}

export type Sampled = {
  /** By name; what is named `target` is not Uptick. Those that each has started are counted with it. */
  readonly pids: Readonly<Record<string, () => number>>
  readonly metricsUrls: readonly string[]
}

export async function takeSample({ pids, metricsUrls }: Sampled): Promise<Sample> {
  const scraped = (await Promise.all(metricsUrls.map(scrape))).join('\n')
  return {
    atMs: Date.now(),
    processes: {
      ...Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, usageNow(pid())])),
      bench: ownUsage(),
    },
    cores: readCores(),
    timeWaits: readTimeWaits(),
    gauges: {
      queueWaiting: gaugeSum(scraped, 'uptick_queue_jobs', 'queue="check",state="waiting"'),
      lagRecords: gaugeSum(scraped, 'uptick_consumer_lag_records'),
      checksInFlight: gaugeSum(scraped, 'uptick_worker_checks_in_flight'),
      resultsUnsettled: gaugeSum(scraped, 'uptick_worker_results_unsettled'),
    },
  }
}

const usageNow = (pid: number): SampledUsage => ({ pid, ...usageOf(pid) })

/** Without its children, who are everybody. */
function ownUsage(): SampledUsage {
  const { user, system } = process.cpuUsage()
  const { pid } = process
  return { pid, cpuMicros: user + system, rssBytes: process.memoryUsage.rss() }
}

const SCRAPE_WITHIN_MS = 2_000

/** A process that is too busy to answer has told nothing this time. */
async function scrape(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(SCRAPE_WITHIN_MS) })
    return await answer.text()
  } catch {
    return ''
  }
}

function readCores(): readonly CoreTime[] {
  const lines = readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .filter((line) => /^cpu\d/.test(line))
  return lines.map((line) => {
    const ticks = line.split(/\s+/).slice(1, 9).map(Number)
    const allTicks = ticks.reduce((sum, count) => sum + count, 0)
    const [, , , idle = 0, waiting = 0] = ticks
    return { busyTicks: allTicks - idle - waiting, allTicks }
  })
}

function readTimeWaits(): number {
  return Number(/^TCP:.* tw (\d+)/m.exec(readFileSync('/proc/net/sockstat', 'utf8'))?.[1] ?? 0)
}
