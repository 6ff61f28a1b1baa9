import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { connect, type Db } from '#db/connect.ts'
import { migrate } from '#db/migrate.ts'
import { queueDefinitions } from '#shared/contracts/queues.ts'
import { openLog } from '#shared/runtime/log.ts'
import { installQueues } from '#shared/runtime/queue.ts'
import { startKafka } from '../scripts/support/kafka.ts'
import { startPostgres } from '../scripts/support/postgres.ts'
import { type ServiceName, type ServiceProcess, startService } from '../test/support/stack.ts'
import { addFleet, allFleet, measureSlots, type SlotFigures } from './fleet.ts'
import { type Usage, usageOf } from './process-usage.ts'
import { startTarget } from './start-target.ts'

/**
 * `make bench`: the whole pipeline, as it ships, against a target on this machine; CPU per check by
 * process, next to the bare probe in the same run. SITES, CADENCE_SECONDS, SECONDS, WARMUP_SECONDS,
 * HANG_PERCENT, WORKERS and STREAM set it up; HEAP_MIB caps each service's heap, which tells a leak
 * from a heap that merely has room.
 */

const number = (name: string, fallback: number) => Number(process.env[name] ?? fallback)
const options = {
  sites: number('SITES', 15_000),
  cadenceSeconds: number('CADENCE_SECONDS', 10),
  warmupSeconds: number('WARMUP_SECONDS', 30),
  seconds: number('SECONDS', 60),
  hangPercent: number('HANG_PERCENT', 0),
  workers: number('WORKERS', 1),
  stream: process.env.STREAM ?? 'kafka',
  heapMiB: number('HEAP_MIB', 0),
}
const resultsFolder = path.join(import.meta.dirname, 'results')
const SAMPLE_EVERY_MS = 10_000

type Pids = Readonly<Record<string, () => number>>

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-bench-'))
  await chmod(folder, 0o755)
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(folder, { recursive: true, force: true }))

  const { port, pid: targetPid, end } = await startTarget()
  stack.defer(end)
  const bare = await bareProbe(port)
  const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), durable: true })
  stack.defer(() => postgres.stop({ remove: true }))
  const kafka =
    options.stream === 'kafka' ? await startKafka({ dir: path.join(folder, 'kafka') }) : null
  if (kafka !== null && !kafka.available) throw new Error(kafka.reason)
  if (kafka !== null) stack.defer(() => kafka.stop({ remove: true }))

  const db = connect(
    { connectionString: postgres.url, applicationName: 'bench', maxConnections: 2 },
    () => undefined,
  )
  stack.defer(() => db.destroy())
  const log = openLog('bench', 'silent')
  await migrate(db, {
    rolePassword: null,
    installQueues: () => installQueues(postgres.url, queueDefinitions, log),
  })
  await addFleet(db, { ...options, port })

  const env = {
    DATABASE_URL: postgres.url,
    RESULT_STREAM: options.stream,
    ...(kafka !== null && { KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers }),
    SMTP_URL: 'smtp://127.0.0.1:9',
    SMTP_FROM: 'uptick@example.org',
    ALERT_EMAIL_TO: 'ops@example.org',
    LOG_LEVEL: 'error',
    ...(options.heapMiB > 0 && { NODE_OPTIONS: `--max-old-space-size=${options.heapMiB}` }),
  }
  const start = async (service: ServiceName, name: string): Promise<ServiceProcess> => {
    const started = await startService(service, name, { env, logFolder: folder })
    stack.defer(async () => void (await started.stop()))
    return started
  }
  const consumer = await start('consumer', 'consumer')
  const workers = await Promise.all(
    Array.from({ length: options.workers }, (_, index) => start('worker', `worker-${index + 1}`)),
  )
  const scheduler = await start('scheduler', 'scheduler')
  const pids: Pids = {
    scheduler: scheduler.pid,
    ...Object.fromEntries(workers.map((worker) => [worker.name, worker.pid])),
    consumer: consumer.pid,
    postgres: postgres.pid,
    ...(kafka !== null && { kafka: kafka.pid }),
    'target (not counted)': () => targetPid,
  }
  const report = await measure(db, pids)
  await publish({ options, ...report, bareProbeMicros: bare })
}

type Sample = { readonly atMs: number; readonly usage: Readonly<Record<string, Usage>> }

const sample = (pids: Pids): Sample => ({
  atMs: Date.now(),
  usage: Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, usageOf(pid())])),
})

async function measure(db: Db, pids: Pids) {
  await sleep(options.warmupSeconds * 1000)
  const samples = [sample(pids)]
  const rowsBefore = await allFleet(db)
  const endAtMs = Date.now() + options.seconds * 1000
  while (Date.now() < endAtMs) {
    await sleep(Math.min(SAMPLE_EVERY_MS, endAtMs - Date.now()))
    samples.push(sample(pids))
  }
  const checks = (await allFleet(db)) - rowsBefore
  const [first] = samples
  const last = samples.at(-1)
  if (first === undefined || last === undefined) throw new Error('nothing was measured')
  const slots = await measureSlots(db, {
    cadenceSeconds: options.cadenceSeconds,
    fromMs: first.atMs,
    toMs: last.atMs,
  })
  return { checks, samples, slots }
}

type Report = Awaited<ReturnType<typeof measure>> & {
  readonly options: typeof options
  readonly bareProbeMicros: number
}

async function publish(report: Report): Promise<void> {
  const table = tableOf(report)
  const name = `pipeline-${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}`
  await mkdir(resultsFolder, { recursive: true })
  const [{ model = 'unknown' } = {}] = os.cpus()
  const machine = { cpu: model, cores: os.cpus().length, node: process.version }
  const commit = await promisify(execFile)('git', ['rev-parse', '--short', 'HEAD']).then(
    ({ stdout }) => stdout.trim(),
    () => 'unknown',
  )
  const json = JSON.stringify({ at: new Date().toISOString(), commit, machine, ...report }, null, 2)
  await writeFile(path.join(resultsFolder, `${name}.json`), `${json}\n`)
  await writeFile(path.join(resultsFolder, `${name}.md`), table)
  process.stdout.write(`${table}\nwritten to bench/results/${name}.{json,md}\n`)
}

function tableOf({ checks, samples, slots, bareProbeMicros, options: set }: Report): string {
  const first = samples[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined) return ''
  const seconds = (last.atMs - first.atMs) / 1000
  const names = Object.keys(last.usage)
  const micros = (name: string) =>
    ((last.usage[name]?.cpuMicros ?? 0) - (first.usage[name]?.cpuMicros ?? 0)) / checks
  const mebibytes = (usage: Usage | undefined) => ((usage?.rssBytes ?? 0) / 2 ** 20).toFixed(0)
  const rows = names.map(
    (name) =>
      `| ${name} | ${micros(name).toFixed(0)} | ${mebibytes(first.usage[name])} | ${mebibytes(last.usage[name])} |`,
  )
  const sum = names
    .filter((name) => !name.startsWith('target'))
    .reduce((total, name) => total + micros(name), 0)
  return [
    `${set.sites} sites every ${set.cadenceSeconds} s, ${set.hangPercent} % of them hanging, ${set.workers} worker(s), stream ${set.stream}, ${seconds.toFixed(0)} s`,
    '',
    '| process | CPU us per check | private memory at start, MiB | at end |',
    '|---|---|---|---|',
    ...rows,
    `| **sum without the target** | **${sum.toFixed(0)}** | | |`,
    `| the bare probe alone (undici, 100 in flight) | ${bareProbeMicros.toFixed(0)} | | |`,
    '',
    `${checks} checks, ${(checks / seconds).toFixed(0)} a second, offered ${(set.sites / set.cadenceSeconds).toFixed(0)}.`,
    slotLine(slots),
    '',
  ].join('\n')
}

function slotLine(slots: SlotFigures): string {
  const { expected, missing, latenessMs } = slots
  return `Slots expected ${expected}, missing ${missing}; start lateness p50 ${latenessMs.p50} ms, p99 ${latenessMs.p99} ms, max ${latenessMs.max} ms.`
}

async function bareProbe(port: number): Promise<number> {
  const script = path.join(import.meta.dirname, 'bare-probe.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [
    script,
    `http://127.0.0.1:${port}`,
  ])
  return JSON.parse(stdout).cpuMicrosPerProbe
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))

await main()
process.exit(0)
