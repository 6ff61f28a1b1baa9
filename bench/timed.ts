import { quantile } from './open-loop.ts'

/** One line of the report. */
export type Measure = {
  readonly what: string
  /** What it must stay below; null: it is told for comparison. */
  readonly limitMs: number | null
  readonly runs: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly note?: string
}

const RUNS = 25
/** What takes longer is measured less often. */
const PATIENCE_MS = 60_000

/**
 * Does something again and again, after one run that fills the caches, and tells how long it took. `act` is
 * given the number of the run, so that it can ask for another site each time.
 */
export async function timed(
  what: string,
  limitMs: number | null,
  act: (run: number) => Promise<unknown>,
): Promise<Measure> {
  const startMs = performance.now()
  await act(0)
  const firstMs = performance.now() - startMs
  const tookMs: number[] = []
  while (tookMs.length < RUNS && performance.now() - startMs < PATIENCE_MS) {
    const beganMs = performance.now()
    await act(tookMs.length + 1)
    tookMs.push(performance.now() - beganMs)
  }
  tookMs.sort((a, b) => a - b)
  const runs = tookMs.length
  const note = `first ${firstMs.toFixed(0)} ms`
  return { what, limitMs, runs, p50Ms: quantile(tookMs, 0.5), p99Ms: quantile(tookMs, 0.99), note }
}

/** A Markdown table, a limit beside what was measured; p99 is what counts. */
export function tableOf(measures: readonly Measure[]): string {
  const ms = (value: number) => value.toFixed(value < 10 ? 1 : 0)
  const rows = measures.map(({ what, limitMs, runs, p50Ms, p99Ms, note = '' }) => {
    const verdict = limitMs === null ? '' : p99Ms <= limitMs ? 'kept' : 'MISSED'
    const limit = limitMs === null ? '' : String(limitMs)
    return `| ${what} | ${limit} | ${ms(p50Ms)} | ${ms(p99Ms)} | ${verdict} | ${runs} | ${note} |`
  })
  return [
    '| what | limit, ms | p50, ms | p99, ms | | runs | |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}
