import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Agent, request } from 'undici'
import type { Bill, Errand } from './check-process.ts'
import {
  freePort,
  isInstalled,
  type PageTarget,
  startPageTarget,
  untilListening,
} from './page-target.ts'
import { usageOf } from './process-usage.ts'

/**
 * `make bench-probe`: what a check costs, side by side with Debian's blackbox_exporter where it is
 * installed: the same target, as many probes at once, in turns. CPU microseconds, user and system,
 * of the process that probes; medians of the rounds. CHECKS, ROUNDS and CONCURRENCY set it up.
 */

const number = (name: string, fallback: number) => Number(process.env[name] ?? fallback)
const options = {
  checks: number('CHECKS', 2_000),
  rounds: number('ROUNDS', 7),
  concurrency: number('CONCURRENCY', 50),
}
const BLACKBOX = 'prometheus-blackbox-exporter'
/** What issue 3 asks for: ours as a part of theirs. */
const LIMITS = { http: 0.6, https: 1 } as const
const schemes = ['http', 'https'] as const
type Scheme = (typeof schemes)[number]

/** Makes a number of checks and says what CPU each cost; throws when one of them is not up. */
type Contender = { measure(url: string, count: number): Promise<number>; end(): Promise<void> }

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-probe-cost-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const target = await startPageTarget(folder)
  stack.defer(() => target.end())
  const contenders = new Map([['uptick', await startUptick(target)]])
  if (isInstalled(BLACKBOX)) contenders.set('blackbox', await startBlackbox(folder, target))
  else console.log(`${BLACKBOX} is not installed: only ours is measured`)
  for (const contender of contenders.values()) stack.defer(() => contender.end())
  await tell(target, await measureAll(target, contenders))
}

type Samples = Readonly<Record<Scheme, Map<string, number[]>>>

async function measureAll(
  { httpPort, httpsPort }: PageTarget,
  contenders: ReadonlyMap<string, Contender>,
): Promise<Samples> {
  const urls = { http: `http://localhost:${httpPort}/`, https: `https://localhost:${httpsPort}/` }
  const samples: Samples = { http: new Map(), https: new Map() }
  // Round 0 warms up.
  for (let round = 0; round <= options.rounds; round++) {
    for (const scheme of schemes) {
      for (const [name, contender] of contenders) {
        const micros = await contender.measure(urls[scheme], options.checks)
        if (round > 0) samples[scheme].set(name, [...(samples[scheme].get(name) ?? []), micros])
      }
    }
  }
  return samples
}

async function startUptick({ caFile }: PageTarget): Promise<Contender> {
  const child = fork(path.join(import.meta.dirname, 'check-process.ts'), [caFile])
  return {
    async measure(url, count) {
      const errand: Errand = { url, count, concurrency: options.concurrency }
      child.send(errand)
      const [bill]: [Bill] = await once(child, 'message').then(([first]) => [first])
      if (bill.up !== count)
        throw new Error(`${count - bill.up} checks were not up: ${bill.example}`)
      return bill.cpuMicros / count
    },
    async end() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

/** Driven over its own endpoint by this process, whose cost counts for nobody. */
async function startBlackbox(folder: string, { caFile }: PageTarget): Promise<Contender> {
  const port = await freePort()
  const config = path.join(folder, 'blackbox.yml')
  await writeFile(config, blackboxConfig(caFile))
  const child = spawn(
    BLACKBOX,
    [`--config.file=${config}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'],
    { stdio: 'ignore' },
  )
  await untilListening(port)
  const agent = new Agent({ connections: options.concurrency })
  return {
    async measure(url, count) {
      const pid = child.pid ?? 0
      const before = usageOf(pid).cpuMicros
      let left = count
      const lane = async () => {
        while (left-- > 0) await probeOnce(port, url, agent)
      }
      await Promise.all(Array.from({ length: options.concurrency }, lane))
      return (usageOf(pid).cpuMicros - before) / count
    },
    async end() {
      await agent.close()
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

async function probeOnce(port: number, url: string, dispatcher: Agent): Promise<void> {
  const query = `module=http_2xx&target=${encodeURIComponent(url)}`
  const { body } = await request(`http://127.0.0.1:${port}/probe?${query}`, { dispatcher })
  const text = await body.text()
  if (!text.includes('\nprobe_success 1'))
    throw new Error(`${BLACKBOX} did not find it up: ${text}`)
}

function blackboxConfig(caFile: string): string {
  return `modules:
  http_2xx:
    prober: http
    timeout: 10s
    http:
      preferred_ip_protocol: ip4
      tls_config:
        ca_file: ${caFile}
`
}

async function tell({ kind }: PageTarget, samples: Samples): Promise<void> {
  const figures = Object.fromEntries(
    schemes.map((scheme) => {
      const medians = [...samples[scheme]].map(([name, all]) => [name, median(all)] as const)
      return [scheme, { ...Object.fromEntries(medians), ratio: ratioOf(new Map(medians)) }]
    }),
  )
  for (const scheme of schemes) {
    console.log(scheme, JSON.stringify(figures[scheme]), `limit ${LIMITS[scheme]}`)
  }
  const folder = path.join(import.meta.dirname, 'results')
  const file = path.join(
    folder,
    `probe-cost-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.json`,
  )
  const raw = Object.fromEntries(
    schemes.map((scheme) => [scheme, Object.fromEntries(samples[scheme])]),
  )
  await mkdir(folder, { recursive: true })
  await writeFile(
    file,
    `${JSON.stringify({ target: kind, options, limits: LIMITS, figures, raw }, null, 2)}\n`,
  )
  console.log(path.relative(process.cwd(), file))
}

function ratioOf(medians: ReadonlyMap<string, number>): number | null {
  const [ours, theirs] = [medians.get('uptick'), medians.get('blackbox')]
  return ours === undefined || theirs === undefined ? null : Number((ours / theirs).toFixed(3))
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0)
}

await main()
