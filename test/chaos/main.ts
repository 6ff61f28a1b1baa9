import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { countsOf, isClean, reportOf } from './report.ts'
import { type ChaosOutcome, runChaos } from './run-chaos.ts'
import { readFamilies, seededRun } from './seeded-run.ts'

/**
 * `make chaos`: the real processes under faults by chance, and what must hold afterwards. SEED= (of
 * the day by default), MINUTES=5, SITES=100, FAULTS=all or families by name, RATE=70 faults a minute.
 * Ends with 1 when anything is violated, or when something was not compared at all.
 */

const number = (name: string, fallback: number): number => {
  const text = process.env[name] || String(fallback)
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new Error(`${name} is "${text}": must be a number above 0`)
}

const options = {
  seed: Math.floor(
    number('SEED', Number(new Date().toISOString().slice(0, 10).replaceAll('-', ''))),
  ),
  minutes: number('MINUTES', 5),
  sites: Math.floor(number('SITES', 100)),
  families: readFamilies(process.env.FAULTS || 'all'),
  perMinute: number('RATE', 70),
}

const beganMs = Date.now()
const tell = (line: string) =>
  void process.stderr.write(`${((Date.now() - beganMs) / 1_000).toFixed(1).padStart(7)} ${line}\n`)

function publish(outcome: ChaosOutcome): string {
  const folder = path.join(import.meta.dirname, '../../bench/results')
  mkdirSync(folder, { recursive: true })
  const at = new Date().toISOString()
  const file = path.join(
    folder,
    `chaos-${options.seed}-${at.replaceAll(':', '-').slice(0, 19)}.json`,
  )
  const { planned, faults, skipped, examined, violations, trouble, tookMs } = outcome
  const report = {
    at,
    commit: execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim(),
    machine: { cpus: os.cpus().length, model: os.cpus()[0]?.model, memory_bytes: os.totalmem() },
    options,
    took_s: Math.round(tookMs / 1_000),
    planned: planned.length,
    injected: faults.length,
    injected_by_name: Object.fromEntries(
      countsOf(outcome).map(([name, times]) => [name, Number(times)]),
    ),
    not_injected: Object.fromEntries(
      Object.entries(Object.groupBy(skipped, ({ name, reason }) => `${name}: ${reason}`)).map(
        ([what, list]) => [what, list?.length ?? 0],
      ),
    ),
    invariants: examined,
    violations,
    trouble,
  }
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`)
  return file
}

tell(`seed ${options.seed}`)
const outcome = await runChaos(seededRun({ ...options, tell }))
const file = publish(outcome)
process.stdout.write(`${reportOf(outcome)}\n\nwritten to ${path.relative('.', file)}\n`)
process.exit(isClean(outcome) ? 0 : 1)
