import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type FuzzReport, fuzzAnswers, type Offence } from '../test/fuzz/fuzz-answers.ts'

/**
 * `make fuzz`: answers after the grammar of HTTP, full of lies, through the real probe in a process
 * of its own, once without rules on the body and once with them. N answers in all, SEED, CONCURRENCY
 * and TIMEOUT_MS set it up. Ends with 1 when an answer led to a crash, a hang, or a verdict that
 * cannot be.
 */

const number = (name: string, fallback: number) => Number(process.env[name] ?? fallback)
const count = number('N', 100_000)
const limits = {
  seed: number('SEED', 1),
  concurrency: number('CONCURRENCY', 100),
  timeoutMs: number('TIMEOUT_MS', 300),
}
const MIB = 1024 * 1024
const GROWTH_MAX_BYTES = 64 * MIB
const OFFENCES_SHOWN = 20

async function main(): Promise<void> {
  const reports: FuzzReport[] = []
  for (const rules of ['none', 'body'] as const) {
    const report = await fuzzAnswers({ ...limits, rules, count: Math.ceil(count / 2) })
    process.stdout.write(`${summaryOf(report)}\n\n`)
    reports.push(report)
  }
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  const file = path.join(import.meta.dirname, 'results', `fuzz-${stamp}.json`)
  await writeFile(file, `${JSON.stringify(reports, null, 2)}\n`)
  process.stdout.write(`written to ${path.relative(process.cwd(), file)}\n`)
  process.exitCode = reports.every(isClean) ? 0 : 1
}

function isClean(report: FuzzReport): boolean {
  return report.offences.length === 0 && growthOf(report) < GROWTH_MAX_BYTES
}

function growthOf({ memory }: FuzzReport): number {
  return memory.end.residentBytes - memory.warm.residentBytes
}

function summaryOf(report: FuzzReport): string {
  const { options, durationMs, memory, slowestMs, slowestFairMs, good, goodButLate, offences } =
    report
  const { start, warm, end, peakBytes } = memory
  return [
    `${options.count} answers, seed ${options.seed}, rules on the body: ${options.rules}`,
    `  duration         ${(durationMs / 1_000).toFixed(1)} s, ${options.concurrency} at once`,
    `  slowest check    ${Math.round(slowestMs)} ms (${Math.round(slowestFairMs)} ms of them ours), deadline ${options.timeoutMs} ms`,
    `  resident memory  ${mib(start.residentBytes)} at the start, ${mib(warm.residentBytes)} warm, ${mib(peakBytes)} at most, ${mib(end.residentBytes)} at the end`,
    `  live memory      ${mib(start.liveBytes)} at the start, ${mib(warm.liveBytes)} warm, ${mib(end.liveBytes)} at the end`,
    `  good answers     ${good}, ${goodButLate} of them too late`,
    ...Object.entries(report.outcomes).map(
      ([outcome, times]) => `  ${outcome.padEnd(24)} ${times}`,
    ),
    `  offences         ${offences.length}`,
    ...offences.slice(0, OFFENCES_SHOWN).map(lineOf),
  ].join('\n')
}

function lineOf({ number, offence, result, message }: Offence): string {
  return `    answer ${number}: ${offence} (${result}: ${message})`
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(0)} MiB`
}

await main()
