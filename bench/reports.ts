import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { openHistory } from './history/open-history.ts'
import { measurePages } from './measure-pages.ts'
import { type Measure, tableOf } from './timed.ts'

/**
 * `make bench-reports`: how long reports, charts and pages take over 50 million results of 10,000 sites. The
 * history is made once and kept in BENCH_FOLDER (15 GB of disk); ROWS makes a smaller one.
 */

const rows = Number(process.env.ROWS ?? 50_000_000)
const folder = process.env.BENCH_FOLDER ?? '/var/tmp/uptick-bench-reports'
const resultsFolder = path.join(import.meta.dirname, 'results')

async function main(): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const logFolder = await mkdtemp(path.join(os.tmpdir(), 'uptick-bench-reports-'))
  stack.defer(() => rm(logFolder, { recursive: true, force: true }))
  const history = await openHistory(folder, rows)
  stack.defer(() => history.close())
  const { db, postgres, shape } = history
  const asWeb = { username: 'uptick_web', password: 'bench' }
  const databaseUrl = Object.assign(new URL(postgres.url), asWeb).href
  await publish(rows, await measurePages({ db, databaseUrl, logFolder, sites: shape.sites }))
}

async function publish(rows: number, measures: readonly Measure[]): Promise<void> {
  const at = new Date().toISOString()
  const name = `reports-${at.replaceAll(':', '-').slice(0, 19)}`
  const [{ model = 'unknown' } = {}] = os.cpus()
  const machine = { cpu: model, cores: os.cpus().length, node: process.version }
  const commit = await promisify(execFile)('git', ['rev-parse', '--short', 'HEAD']).then(
    ({ stdout }) => stdout.trim(),
    () => 'unknown',
  )
  await mkdir(resultsFolder, { recursive: true })
  const json = JSON.stringify({ at, commit, machine, rows, measures }, null, 2)
  await writeFile(path.join(resultsFolder, `${name}.json`), `${json}\n`)
  await writeFile(path.join(resultsFolder, `${name}.md`), tableOf(measures))
  process.stdout.write(`${tableOf(measures)}\nwritten to bench/results/${name}.{json,md}\n`)
}

await main()
process.exit(0)
