import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { openHistory } from './history/open-history.ts'
import { type InsertFigures, insertTable, measureInserts } from './measure-inserts.ts'
import { measurePages } from './measure-pages.ts'
import { measureReports } from './measure-reports.ts'
import { type Measure, tableOf } from './timed.ts'

/**
 * `make bench-reports`: how long reports, charts and pages take over 50 million results of 10,000 sites. The
 * history is made once and kept in BENCH_FOLDER (30 GB of disk); ROWS makes a smaller one.
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
  const measures = [
    ...(await measureReports(db, shape)),
    ...(await measurePages({ db, databaseUrl, logFolder, sites: shape.sites })),
  ]
  await publish(measures, await measureInserts(history))
}

async function publish(
  measures: readonly Measure[],
  inserts: readonly InsertFigures[],
): Promise<void> {
  const at = new Date().toISOString()
  const name = `reports-${at.replaceAll(':', '-').slice(0, 19)}`
  const [{ model = 'unknown' } = {}] = os.cpus()
  const machine = { cpu: model, cores: os.cpus().length, node: process.version }
  const [load = 0] = os.loadavg()
  const commit = await promisify(execFile)('git', ['rev-parse', '--short', 'HEAD']).then(
    ({ stdout }) => stdout.trim(),
    () => 'unknown',
  )
  const tables = `${tableOf(measures)}\n${insertTable(inserts)}`
  await mkdir(resultsFolder, { recursive: true })
  const json = JSON.stringify({ at, commit, machine, load, rows, measures, inserts }, null, 2)
  await writeFile(path.join(resultsFolder, `${name}.json`), `${json}\n`)
  await writeFile(path.join(resultsFolder, `${name}.md`), tables)
  process.stdout.write(`${tables}\nwritten to bench/results/${name}.{json,md}\n`)
}

await main()
process.exit(0)
