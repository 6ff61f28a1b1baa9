import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { errorText } from '#shared/runtime/log.ts'
import { startSmtpSink } from '../test/support/smtp-sink.ts'
import { type CpuProfile, hotFunctions } from './scale/hot-functions.ts'
import { makeRun } from './scale/make-run.ts'
import { type Bench, fallIdle, makeDoublings, makeStepTest } from './scale/make-steps.ts'
import { aboutThisRun, publishReport } from './scale/publish-report.ts'
import type { Detections } from './scale/read-detections.ts'
import { table } from './scale/report-text.ts'
import { readScaleOptions } from './scale/scale-options.ts'
import { startScaleTarget } from './scale/scale-target.ts'
import { type SideBySide, sideBySide } from './scale/side-by-side.ts'
import { startSystem } from './scale/start-system.ts'
import type { WindowFigures } from './scale/window-figures.ts'

/**
 * `make bench-scale`: the whole of Uptick on this machine against the ground-truth target. SITES,
 * CADENCE (1m), MINUTES, SCHEME, WORKERS; STEP=1 finds the highest rate that holds (from SITES on,
 * each step FACTOR times the one before, by adding sites), DOUBLING=1 doubles the sites up to SITES;
 * ROUNDS of other probes for comparison; PROFILE=1 also prints the functions that took the time.
 * Whatever was measured is published, also when the run fails.
 */

const options = readScaleOptions(process.env)
const root = path.join(import.meta.dirname, '..')
const say = (text: string) => process.stdout.write(`${new Date().toISOString()} ${text}\n`)

/** As a shell has it. */
const INTERRUPTED = 130

/** Filled as the run goes on. */
type Findings = {
  before: SideBySide
  after: SideBySide
  readonly steps: WindowFigures[]
  detections: Detections | null
}

type Folders = { readonly run: string; readonly profiles: string | null }

async function main(): Promise<void> {
  const about = await aboutThisRun()
  const findings: Findings = { before: {}, after: {}, steps: [], detections: null }
  const publish = (trouble: string | null) =>
    publishReport({ ...about, options, ...findings, trouble })
  const folders = await makeFolders()
  process.once('SIGINT', () => {
    // What was started ends with this process.
    void publish('interrupted')
      .then((text) => process.stdout.write(text), console.error)
      .then(() => say(`logs and data are in ${folders.run}`))
      .finally(() => process.exit(INTERRUPTED))
  })
  const trouble = await measure(folders, findings, publish).then(
    () => null,
    (error: unknown) => {
      console.error(error)
      return errorText(error)
    },
  )
  process.stdout.write(await publish(trouble))
  if (folders.profiles !== null) process.stdout.write(await profileText(folders.profiles))
  else if (trouble === null) await rm(folders.run, { recursive: true, force: true })
  if (folders.profiles !== null || trouble !== null) say(`logs and profiles are in ${folders.run}`)
  process.exitCode = trouble === null ? 0 : 1
}

async function makeFolders(): Promise<Folders> {
  const run = await mkdtemp(path.join(os.tmpdir(), 'uptick-scale-'))
  await chmod(run, 0o755)
  if (!options.isProfiled) return { run, profiles: null }
  const profiles = path.join(run, 'profiles')
  await mkdir(profiles)
  return { run, profiles }
}

type Publish = (trouble: string | null) => Promise<string>

async function measure(folders: Folders, findings: Findings, publish: Publish): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const { scheme, cadenceSeconds, workers, rounds } = options
  const target = await startScaleTarget(scheme, cadenceSeconds, folders.run)
  stack.defer(() => target.end())
  const sides = { target, folder: folders.run, rounds }
  findings.before = await sideBySide(sides)
  const sink = await startSmtpSink()
  stack.defer(() => sink.goAway())
  const system = await startSystem(
    {
      workers,
      folder: folders.run,
      smtpUrl: sink.url,
      caFile: target.caFile,
      profileFolder: folders.profiles,
      bystanders: { target: () => target.pid },
    },
    stack,
  )
  const onStep: Bench['onStep'] = async (figures) => {
    findings.steps.push(figures)
    await publish('it was still under way when this was written')
  }
  const bench = { system, target, options, say, onStep }
  if (options.kind === 'step') await makeStepTest(bench)
  if (options.kind === 'doubling') await makeDoublings(bench)
  if (options.kind === 'run') findings.detections = await makeRun(bench, sink)
  await fallIdle(bench)
  findings.after = await sideBySide(sides)
}

async function profileText(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.cpuprofile')).sort()
  const texts = files.map(async (file) => {
    const profile: CpuProfile = JSON.parse(await readFile(path.join(folder, file), 'utf8'))
    const rows = hotFunctions(profile, root, 15).map(({ name, place, selfMicros, share }) => [
      name,
      place,
      (selfMicros / 1_000).toFixed(0),
      `${(share * 100).toFixed(1)} %`,
    ])
    return `\n${file}\n\n${table(['function', 'where', 'self, ms', 'of busy time'], rows)}\n`
  })
  return (await Promise.all(texts)).join('')
}

await main()
process.exit()
