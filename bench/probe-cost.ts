import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { BLACKBOX, type Contender, startBlackbox } from './blackbox.ts'
import type { Bill, Errand } from './check-process.ts'
import { isInstalled, type PageTarget, startPageTarget } from './page-target.ts'

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
/** What issue 3 asks for: ours as a part of theirs. */
const LIMITS = { http: 0.6, https: 1 } as const
const schemes = ['http', 'https'] as const
type Scheme = (typeof schemes)[number]

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-probe-cost-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const target = await startPageTarget(folder)
  stack.defer(() => target.end())
  const contenders = new Map([['uptick', await startUptick(target)]])
  const { caFile } = target
  const { concurrency } = options
  if (isInstalled(BLACKBOX))
    contenders.set('blackbox', await startBlackbox({ folder, caFile, concurrency }))
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
